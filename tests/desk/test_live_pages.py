"""The desk's own scripts in a browser: drafts, alerts, sending in place, signing in again in place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.mediator import clock
from bot.mediator.store.tables import SESSIONS
from bot.mediator.work import handovers
from tests.conftest import Assistant
from tests.desk.conftest import PASSWORD, OpenDesk
from tests.widget.conftest import browser  # noqa: F401 - a fixture
from tests.widget.test_accessibility import axe

SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture(scope="module")
def marie(live_desk: OpenDesk, live_assistant: Assistant, browser: Any) -> Iterator[Any]:  # noqa: F811
    """A mediator's page; no error may occur in it."""
    live_desk.signed_in("mediator", "nadia")
    context = browser.new_context(viewport=SIZES[0], locale="fr-FR")
    context.set_default_timeout(60_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_desk.address}/connexion")
    sign_in(page)
    page.get_by_role("heading", name="File d’attente").wait_for()
    yield page
    context.close()
    assert errors == []


def sign_in(page: Any) -> None:
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).last.click()


@pytest.fixture
def held(live_desk: OpenDesk, live_assistant: Assistant, marie: Any) -> Iterator[tuple[Any, Any]]:
    """A conversation that she has on her screen, with its citizen."""
    citizen = live_assistant.conversation()
    citizen.say("combien coûte un duplicata")
    citizen.say("je veux parler à un conseiller")
    citizen.send("/join_queue")
    marie.goto(live_desk.address)
    marie.get_by_role("button", name="Prendre").first.click()
    marie.get_by_role("heading", name="Échanges").wait_for()
    yield citizen, marie.get_by_label("Votre réponse")
    with live_desk.desk.database.transaction() as connection:
        for row in handovers.unfinished(connection):
            handovers.end(connection, row.id, handovers.Status.RETURNED, clock.now())


def shoot(page: Any, name: str) -> None:
    """A picture of the page, where a folder for them is named."""
    folder = os.environ.get("TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def end_sessions(live_desk: OpenDesk) -> None:
    with live_desk.desk.database.transaction() as connection:
        connection.execute(SESSIONS.delete())


def test_a_reply_is_sent_by_keyboard_from_its_field_without_a_reload(marie: Any, held: tuple) -> None:
    _, field = held
    marie.evaluate("window.untouched = true")
    field.fill("Bonjour, je lis votre dossier.")
    field.press("Control+Enter")
    marie.locator("li.mediator", has_text="je lis votre dossier").wait_for()
    assert field.input_value() == ""
    assert marie.evaluate("document.activeElement.id") == "text"
    assert marie.evaluate("window.untouched")
    assert marie.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length") == 0


def test_what_is_typed_survives_a_reload_and_what_the_bot_is_asked(marie: Any, held: tuple) -> None:
    _, field = held
    field.fill("Deux phrases que personne ne veut taper encore.")
    marie.reload()
    assert field.input_value() == "Deux phrases que personne ne veut taper encore."
    with marie.expect_navigation():
        marie.get_by_role("button", name="Proposer la réponse du robot").click()
    assert field.input_value().startswith("Deux phrases que personne")
    marie.get_by_text("La situation comprise par le robot").click()
    with marie.expect_navigation():
        marie.get_by_role("button", name="Corriger aussi pour le robot").click()
    assert field.input_value().startswith("Deux phrases que personne")
    field.fill("")


def test_a_session_that_ends_is_renewed_in_place_and_the_text_goes_out(
    live_desk: OpenDesk, marie: Any, held: tuple
) -> None:
    _, field = held
    field.fill("Voici la marche à suivre.")
    end_sessions(live_desk)
    dialog = marie.get_by_role("dialog", name="Votre session est terminée")
    dialog.wait_for()
    shoot(marie, "sign-in-again")
    assert axe(marie) == []
    sign_in(dialog)
    dialog.wait_for(state="hidden")
    assert field.input_value() == "Voici la marche à suivre."
    marie.get_by_role("button", name="Envoyer").click()
    marie.locator("li.mediator", has_text="Voici la marche").wait_for()


def test_a_person_who_left_does_not_take_the_text_along(marie: Any, held: tuple) -> None:
    citizen, field = held
    field.fill("Je termine ma phrase")
    citizen.send("/leave_queue")
    marie.get_by_text("La personne a choisi de revenir au robot").wait_for()
    assert field.input_value() == "Je termine ma phrase"
    assert marie.get_by_role("button", name="Envoyer").is_disabled()
    shoot(marie, "person-left")
    assert axe(marie) == []
    field.fill("")


def test_a_ready_reply_goes_in_at_the_cursor(live_desk: OpenDesk, marie: Any, held: tuple) -> None:
    page = marie.url
    marie.goto(f"{live_desk.address}/reponses")
    marie.get_by_label("Titre", exact=True).last.fill("Bonjour")
    marie.get_by_label("Texte", exact=True).last.fill("Bonjour à vous")
    marie.get_by_role("button", name="Ajouter cette réponse").click()
    marie.get_by_role("heading", name="Bonjour").wait_for()
    marie.goto(page)
    _, field = held
    field.fill("AB")
    field.evaluate("field => field.setSelectionRange(1, 1)")
    marie.get_by_label("Réponse prête").select_option(label="Bonjour (à vous)")
    marie.get_by_role("button", name="Insérer").click()
    assert field.input_value() == "ABonjour à vousB"
    field.fill("")


def test_the_title_and_the_menu_count_those_who_wait_on_every_page(
    live_desk: OpenDesk, live_assistant: Assistant, marie: Any
) -> None:
    marie.goto(f"{live_desk.address}/fiche")
    before = marie.title()
    citizen = live_assistant.conversation()
    citizen.say("je veux parler à un conseiller")
    citizen.send("/join_queue")
    expect(marie).to_have_title(f"(1) {before}", timeout=60_000)
    assert marie.locator("[data-waiting]").inner_text().startswith("1")
    assert "Une personne attend" in marie.locator("#news").inner_text()
    citizen.send("/leave_queue")
    expect(marie).to_have_title(before, timeout=60_000)


def test_the_switch_and_the_alerts_keep_the_page_and_their_state(live_desk: OpenDesk, marie: Any) -> None:
    marie.goto(f"{live_desk.address}/fiche")
    marie.evaluate("window.untouched = true")
    switch = marie.get_by_role("switch", name="Disponible pour les usagers")
    switch.focus()
    marie.keyboard.press("Space")
    marie.get_by_text("ne peuvent pas vous joindre").wait_for()
    assert switch.get_attribute("aria-checked") == "false" and marie.evaluate("window.untouched")
    switch.click()
    marie.get_by_text("Les usagers peuvent vous joindre").wait_for()
    marie.get_by_text("Alertes", exact=True).click()
    marie.get_by_label("Un son quand quelqu’un attend").check()
    shoot(marie, "alerts")
    assert axe(marie) == []
    marie.goto(f"{live_desk.address}/dossiers")
    marie.get_by_text("Alertes", exact=True).click()
    assert marie.get_by_label("Un son quand quelqu’un attend").is_checked()


def test_the_live_pages_break_no_accessibility_rule(
    live_desk: OpenDesk, live_assistant: Assistant, marie: Any, held: tuple
) -> None:
    conversation = marie.url
    for words in ("/join_queue", "/affirm"):
        citizen = live_assistant.conversation()
        citizen.say("combien coûte un duplicata")
        citizen.say("je veux parler à un conseiller")
        citizen.send(words)
    with live_desk.desk.database.transaction() as connection:
        handovers.request(connection, "0" * 32, "cost", "chat", clock.now(), handovers.Status.MESSAGE)
    replies = f"{live_desk.address}/reponses"
    pages = {"queue": live_desk.address, "conversation": conversation, "replies": replies}
    broken = {}
    for size in SIZES:
        marie.set_viewport_size(size)
        for name, path in pages.items():
            marie.goto(path)
            found = axe(marie)
            width = marie.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{width} pixels wide")
            shoot(marie, f"{name}-{size['width']}")
            broken |= {f"{name} at {size['width']}": found} if found else {}
    marie.set_viewport_size(SIZES[0])
    assert broken == {}
    assert re.search(r"Attend depuis \d\d:\d\d", marie.goto(live_desk.address).text())
