"""One day at the desk in real browsers: two mediators, people in the widget, on a telephone and over REST."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import expect

from tests.conftest import Assistant, Conversation
from tests.desk.people import People, hears, open_all_week, wait_for_a_person
from tests.widget.conftest import browser  # noqa: F401 - a fixture
from tests.widget.test_accessibility import axe

# The desk looks now and then who has left.
QUEUE_MILLISECONDS = 60_000
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def fetched(assistant: Assistant, citizen: Conversation) -> str:
    """What a REST client finds that was pushed to its conversation."""
    asked = {"sender": citizen.sender, "heard": ""}
    answer = requests.post(f"{assistant.address}/webhooks/rest/pushed", json=asked, timeout=30)
    assert answer.status_code == 200
    return answer.text


def reply(mediator: Any, text: str) -> None:
    mediator.get_by_label("Votre réponse").fill(text)
    mediator.get_by_role("button", name="Envoyer").click()
    mediator.locator("li.mediator", has_text=text).wait_for()


def switch(mediator: Any, people: People, told: str) -> None:
    mediator.goto(people.desk)
    mediator.get_by_role("switch", name="Disponible pour les usagers").click()
    mediator.get_by_text(told).wait_for()


def test_a_day_with_a_transfer_a_restart_an_expiry_an_erasure_and_a_lunch_break(
    own_assistant: Assistant,
    browser: Any,  # noqa: F811 - the fixture
) -> None:
    people = People(own_assistant, browser)
    marie = people.staff("administrator", "marie")
    open_all_week(marie, "Mairie")
    switch(marie, people, "Les usagers peuvent vous joindre")
    paul = people.staff("mediator", "paul")

    first, second = people.citizen(), people.citizen(**PHONE)
    first.ask("on m'a volé ma carte grise, plaque 123 AB 35")
    assert "prochaine personne" in wait_for_a_person(first)
    assert "place 2" in wait_for_a_person(second)
    third = own_assistant.conversation()
    third.say("je veux parler à un conseiller")
    assert "place 3" in third.say("/join_queue")

    # Paul takes the first one, the others move up.
    paul.goto(people.desk)
    paul.get_by_role("button", name="Prendre").first.click()
    paul.get_by_role("heading", name="Échanges").wait_for()
    hears(first, "Une personne du guichet vous répond maintenant")
    reply(paul, "Bonjour, je lis votre demande.")
    hears(first, "je lis votre demande")
    hears(second, "la prochaine personne")

    # He passes it on with a note; both servers are killed; Marie goes on where he was.
    paul.get_by_text("Transmettre à une autre personne du guichet").click()
    paul.get_by_label("À qui").select_option(label="marie")
    paul.get_by_label("Note pour elle ou lui").fill("Plainte déjà déposée.")
    paul.get_by_role("button", name="Transmettre", exact=True).click()
    hears(first, "passe à une autre personne du guichet")
    people.restart("bot.mediator")
    people.restart("bot.server")
    marie.goto(people.desk)
    marie.get_by_role("link", name="avec vous, la rouvrir").first.click()
    marie.get_by_text("Plainte déjà déposée.").wait_for()
    assert axe(marie) == []
    reply(marie, "Je prends la suite.")
    hears(first, "Je prends la suite.")

    # Her session ends while she types: she signs in again in place, and nothing is lost.
    marie.get_by_label("Votre réponse").fill("Il vous faut le récépissé.")
    marie.context.clear_cookies()
    marie.get_by_role("button", name="Envoyer").click()
    dialog = marie.get_by_role("dialog", name="Votre session est terminée")
    dialog.wait_for()
    assert axe(marie) == []
    people.sign_in(dialog, "marie")
    dialog.wait_for(state="hidden")
    marie.get_by_role("button", name="Envoyer").click()
    hears(first, "Il vous faut le récépissé.")
    marie.get_by_role("button", name="Rendre la conversation au robot").click()
    hears(first, "vous a rendu la main")

    # The second one erases on the telephone: nobody is left in the queue for it.
    second.page.get_by_role("button", name="Options").click()
    second.page.get_by_role("button", name="Effacer la conversation").click()
    second.page.get_by_role("button", name="Oui, effacer").click()
    marie.goto(people.desk)
    expect(marie.locator("ol.queue > li")).to_have_count(1, timeout=QUEUE_MILLISECONDS)

    # Lunch: nobody is there, a question gets the other ways and the offer to leave the conversation.
    switch(marie, people, "Les usagers ne peuvent pas vous joindre")
    switch(paul, people, "Les usagers ne peuvent pas vous joindre")
    fourth = people.citizen()
    assert "personne n’y est disponible" in fourth.ask("je veux parler à un conseiller")

    # Back again: the one over REST is taken, and fetches the reply.
    switch(paul, people, "Les usagers peuvent vous joindre")
    paul.goto(people.desk)
    paul.get_by_role("button", name="Prendre").first.click()
    paul.get_by_role("heading", name="Échanges").wait_for()
    reply(paul, "Votre réponse est prête.")
    assert "Votre réponse est prête." in fetched(own_assistant, third)
    people.close()
    assert people.errors == []
