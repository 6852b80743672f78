"""A mediator without a mouse: there for people, takes a conversation, answers, passes it on, gives it up."""

from __future__ import annotations

from typing import Any

from tests.conftest import Assistant
from tests.desk.people import People, hears, open_all_week, wait_for_a_person
from tests.widget.conftest import browser  # noqa: F401 - a fixture

MOST_STOPS = 120
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"


def tab_to(page: Any, words: str) -> None:
    """Presses the tab key until what has the focus says these words."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"no way to « {words} » by keyboard")


def test_a_conversation_is_taken_answered_passed_on_and_given_back_without_a_mouse(
    own_assistant: Assistant,
    browser: Any,  # noqa: F811 - the fixture
) -> None:
    people = People(own_assistant, browser)
    marie = people.staff("administrator", "marie")
    open_all_week(marie, "Mairie")
    tab_to(marie, "Disponible pour les usagers")
    marie.keyboard.press("Enter")
    marie.get_by_text("Les usagers peuvent vous joindre").wait_for()
    paul = people.staff("mediator", "paul")
    citizen = people.citizen()
    wait_for_a_person(citizen)

    marie.goto(people.desk)
    tab_to(marie, "Prendre")
    marie.keyboard.press("Enter")
    marie.get_by_role("heading", name="Échanges").wait_for()
    marie.get_by_label("Votre réponse").focus()
    marie.keyboard.type("Bonjour, je regarde.")
    marie.keyboard.press("Control+Enter")
    hears(citizen, "je regarde")

    tab_to(marie, "Transmettre à une autre personne")
    marie.keyboard.press("Enter")
    tab_to(marie, "paul")
    marie.keyboard.press("Tab")
    marie.keyboard.type("Déjà vue hier.")
    tab_to(marie, "Transmettre")
    marie.keyboard.press("Enter")
    hears(citizen, "passe à une autre personne du guichet")

    paul.goto(people.desk)
    tab_to(paul, "avec vous, la rouvrir")
    paul.keyboard.press("Enter")
    paul.get_by_text("Déjà vue hier.").wait_for()
    tab_to(paul, "Rendre la conversation au robot")
    paul.keyboard.press("Enter")
    hears(citizen, "vous a rendu la main")
    people.close()
    assert people.errors == []
