"""A citizen in the widget, mediators at the desk: the whole story, in real browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import Assistant
from tests.desk.people import People, hears, open_all_week, wait_for_a_person
from tests.widget.conftest import Widget, browser  # noqa: F401 - a fixture
from tests.widget.test_accessibility import axe

TAKEN = "Une personne du guichet vous répond maintenant"
RETURNED = "vous a rendu la main"


@pytest.fixture(scope="module")
def people(own_assistant: Assistant, browser: Any) -> Iterator[People]:  # noqa: F811 - the fixture
    """The persons of these tests; no error may occur in their pages."""
    opened = People(own_assistant, browser)
    yield opened
    opened.close()
    assert opened.errors == []


@pytest.fixture(scope="module")
def marie(people: People) -> Any:
    """An administrator who opened the desk, and is there for citizens by her own word."""
    page = people.staff("administrator", "marie")
    open_all_week(page, "Mairie")
    page.get_by_role("switch", name="Disponible pour les usagers").click()
    page.get_by_text("Les usagers peuvent vous joindre").wait_for()
    return page


@pytest.fixture(scope="module")
def paul(people: People, marie: Any) -> Any:
    """A mediator beside her."""
    return people.staff("mediator", "paul")


def take(page: Any) -> None:
    page.get_by_role("button", name="Prendre").first.click()
    page.get_by_role("heading", name="Échanges").wait_for()


def test_a_conversation_goes_to_a_person_and_back(people: People, marie: Any, paul: Any) -> None:
    citizen = people.citizen()
    assert "commissariat" in citizen.ask("on m'a volé ma carte grise, j'ai une ancienne plaque 123 AB 35")
    assert "reprendre cette conversation" in citizen.ask("je veux parler à un conseiller")
    before = citizen.answers.count()
    citizen.page.get_by_role("button", name="Oui, d’accord").click()
    assert "prochaine personne" in citizen.wait_for_answer(before)

    # Both see it, both click: one has it, the other is told.
    for page in (marie, paul):
        page.goto(people.desk)
        page.get_by_role("button", name="Prendre").first.wait_for()
    take(paul)
    marie.get_by_role("button", name="Prendre").first.click()
    marie.get_by_text("Trop tard : paul vient de prendre").wait_for()

    hears(citizen, TAKEN)
    assert paul.locator('input[name="reason"][value="theft"]').is_checked()
    assert paul.locator('select[name="plate_format"]').input_value() == "fni"
    assert "123 AB 35" not in paul.content()
    assert "2,76" in paul.locator("#answer-price").locator("..").inner_text()

    # A person answers; what the citizen writes reaches the desk by itself, and the bot stays silent.
    paul.get_by_label("Votre réponse").fill("Bonjour ! Avez-vous déclaré le vol ?")
    paul.get_by_role("button", name="Envoyer").click()
    hears(citizen, "Avez-vous déclaré le vol")
    heard = citizen.answers.count()
    citizen.send("pas encore, combien coûte un duplicata ?")
    paul.locator("li.person", has_text="combien coûte").wait_for()
    assert citizen.answers.count() == heard

    # What the bot would have said is one click away.
    with paul.expect_navigation():
        paul.get_by_role("button", name="Proposer la réponse du robot").click()
    assert "13,76" in paul.get_by_label("Votre réponse").input_value()
    paul.get_by_role("button", name="Envoyer").click()
    hears(citizen, "13,76")
    assert "Une personne du guichet" in citizen.answers.last.inner_text()

    paul.get_by_role("button", name="Rendre la conversation au robot").click()
    hears(citizen, RETURNED)
    assert "FranceConnect" in citizen.ask("où faire la demande de duplicata en ligne")
    assert paul.get_by_role("heading", name="File d’attente").is_visible()


def test_both_sides_survive_reload_and_restart(people: People, paul: Any) -> None:
    citizen = people.citizen()
    wait_for_a_person(citizen)
    paul.goto(people.desk)
    take(paul)
    hears(citizen, TAKEN)

    # What is said while the citizen's window is away is there when it comes back, once.
    address = citizen.page.url
    citizen.page.goto("about:blank")
    paul.get_by_label("Votre réponse").fill("Premier message du guichet")
    paul.get_by_role("button", name="Envoyer").click()
    paul.locator("li.mediator", has_text="Premier message").wait_for()
    citizen.page.goto(address)
    hears(citizen, "Premier message du guichet")

    people.restart("bot.mediator")
    people.restart("bot.server")
    paul.reload()
    paul.get_by_label("Votre réponse").fill("Second message du guichet")
    paul.get_by_role("button", name="Envoyer").click()
    hears(citizen, "Second message du guichet")
    heard = citizen.answers.count()
    citizen.send("merci, je vous lis")
    paul.locator("li.person", has_text="je vous lis").wait_for()

    # Nothing that is unseen makes the page longer than its footer, and the menu stands on one line.
    footer = paul.locator("body > footer").bounding_box()
    scrolled = paul.evaluate("scrollY")
    height = paul.evaluate("document.documentElement.scrollHeight")
    assert height <= max(900, footer["y"] + footer["height"] + scrolled) + 1
    assert len({link.bounding_box()["y"] for link in paul.locator(".top nav a").all()}) == 1

    citizen.page.reload()
    hears(citizen, "Second message du guichet")
    assert citizen.answers.count() == heard
    assert citizen.answers.filter(has_text="Premier message du guichet").count() == 1

    paul.get_by_role("button", name="Rendre la conversation au robot").click()
    hears(citizen, RETURNED)


def test_a_code_opens_the_conversation_at_the_desk_once(people: People, marie: Any, paul: Any) -> None:
    citizen = people.citizen()
    citizen.ask("ma carte grise est abîmée")
    citizen.ask("je veux parler à un conseiller")
    before = citizen.answers.count()
    citizen.page.get_by_role("button", name="Je suis au guichet").click()
    shown = citizen.wait_for_answer(before)
    code = re.search(r"\b(?:[A-Z0-9] ){5}[A-Z0-9]\b", shown)
    assert code, shown
    for page in (paul, marie):
        page.goto(people.desk)
        page.get_by_label("Code affiché par la personne").fill(code[0].lower())
    paul.get_by_role("button", name="Ouvrir la conversation").click()
    paul.get_by_role("heading", name="Échanges").wait_for()
    assert paul.locator('input[name="reason"][value="damage"]').is_checked()
    marie.get_by_role("button", name="Ouvrir la conversation").click()
    marie.get_by_text("déjà utilisé ou périmé").wait_for()
    hears(citizen, "La personne qui est avec vous au guichet")
    paul.get_by_role("button", name="Rendre la conversation au robot").click()
    hears(citizen, RETURNED)


def test_the_case_sheet_follows_the_ticks_and_answers_questions(people: People, paul: Any) -> None:
    paul.goto(f"{people.desk}/fiche")
    paul.locator("label", has_text="Carte volée").click()
    paul.locator("#answers", has_text="gendarmerie").wait_for()
    paul.get_by_label("Format de la plaque").select_option("fni")
    paul.locator("#answers", has_text="2,76").wait_for()
    question = "combien de temps pour la recevoir ?"
    paul.get_by_label("Poser une question avec les mots de l’usager").fill(question)
    paul.get_by_role("button", name="Demander").click()
    asked = paul.locator(".asked")
    asked.wait_for()
    conversation = people.assistant.conversation()
    bot = conversation.send(question)[0]["metadata"]["body"]
    first = bot.replace("**", "").splitlines()[0]
    assert " ".join(first.split()) in " ".join(asked.inner_text().split())
    paul.reload()
    assert paul.locator('input[name="reason"][value="theft"]').is_checked()


def test_a_sentence_fills_the_sheet_and_what_follows_is_corrected_in_place(people: People, paul: Any) -> None:
    paul.goto(f"{people.desk}/fiche")
    sentence = paul.get_by_label("Décrivez la situation en une phrase")
    sentence.fill("scooter perdu par un mineur, refus il y a six semaines")
    sentence.press("Enter")
    read = paul.locator("#read")
    read.wait_for()
    assert "Carte au nom d’un mineur" in read.inner_text()
    assert read.evaluate("element => element === document.activeElement")
    assert paul.locator('input[name="reason"][value="loss"]').is_checked()
    assert "contesté" in paul.locator(".brief li").first.inner_text()

    # What is typed next is read too; a day that cannot be stays, with the reason beside it.
    refused = paul.get_by_label("Refus reçu le", exact=True)
    refused.fill("il y a 3 jours")
    refused.press("Tab")
    expect(refused).to_have_value(re.compile("/"))
    refused.fill("31/02/2026")
    refused.press("Tab")
    paul.locator("#fact-refused_on-fault").wait_for()
    assert refused.input_value() == "31/02/2026"
    assert axe(paul) == []

    # The fields follow: questions on a theft come and go with the theft.
    paul.locator("label", has_text="Carte volée").click()
    paul.locator('[data-field="theft_declared"]').wait_for()
    paul.locator("label", has_text="Carte abîmée").click()
    paul.locator('[data-field="theft_declared"]').wait_for(state="detached")


def test_on_a_narrow_screen_the_answer_is_one_link_away(people: People, paul: Any) -> None:
    paul.set_viewport_size({"width": 390, "height": 844})
    paul.goto(f"{people.desk}/fiche?reason=loss")
    paul.get_by_role("link", name="Aller à la réponse").click()
    assert paul.locator("#result").bounding_box()["y"] < 100
    paul.set_viewport_size({"width": 1280, "height": 900})


def test_an_answer_of_the_bot_in_a_conversation_is_reported_in_one_click(
    people: People, marie: Any, paul: Any
) -> None:
    citizen = people.citizen()
    citizen.ask("combien coûte un duplicata")
    wait_for_a_person(citizen)
    paul.goto(people.desk)
    take(paul)
    paul.get_by_role("button", name="Cette réponse est fausse").first.click()
    marie.goto(f"{people.desk}/ameliorer")
    reported = marie.locator("#fausses").locator("..")
    assert "combien coûte un duplicata" in reported.inner_text()
    assert axe(marie) == []
    paul.get_by_role("button", name="Rendre la conversation au robot").click()
    hears(citizen, RETURNED)


def test_the_case_sheet_works_without_scripts_and_by_keyboard(people: People) -> None:
    page = people.staff("mediator", "zoe", java_script_enabled=False)
    page.goto(f"{people.desk}/fiche")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.locator('input[name="reason"][value="loss"]').focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Mettre à jour").focus()
    page.keyboard.press("Enter")
    page.locator("#answer-eligibility").wait_for()
    assert page.locator('input[name="reason"][value="loss"]').is_checked()


PAGES = (
    "/", "/reponses", "/fiche", "/fiche?reason=theft&plate_format=fni&refused_on=2026-10-03",
    "/fiche?refused_on=31/02/2026", "/dossiers", "/dossiers?q=zzz",
    "/dossiers/1", "/dossiers/1/situation", "/dossiers/1/effacer",
    "/ameliorer", "/statistiques", "/comptes", "/journal", "/nulle-part",
)  # fmt: skip


def test_no_page_breaks_an_accessibility_rule(people: People, marie: Any) -> None:
    marie.goto(f"{people.desk}/fiche?reason=theft&refused_on=2026-10-03")
    marie.get_by_role("button", name="Ouvrir un dossier avec cette situation").click()
    marie.get_by_role("heading", name="Suivi").wait_for()
    citizen = people.citizen()
    citizen.ask("blabla zzz qsdf")
    citizen.ask("je veux parler à un conseiller")
    before = citizen.answers.count()
    citizen.page.get_by_role("button", name="Oui, d’accord").click()
    citizen.wait_for_answer(before)
    broken = {}
    for size in ({"width": 1280, "height": 900}, {"width": 320, "height": 640}):
        marie.set_viewport_size(size)
        for path in PAGES:
            marie.goto(people.desk + path)
            found = axe(marie)
            width = marie.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{width} pixels wide")
            if found:
                broken[f"{path} at {size['width']}"] = found
    marie.goto(people.desk)
    take(marie)
    broken |= {"a conversation": found} if (found := axe(marie)) else {}
    marie.get_by_role("button", name="Rendre la conversation au robot").click()
    for path in ("/connexion", people.invitation("mediator")):
        visitor = people.visitor(path if path.startswith("http") else people.desk + path)
        broken |= {path: found} if (found := axe(visitor)) else {}
    assert broken == {}
