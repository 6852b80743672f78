"""Who comes back after an hour finds the conversation where it stood, and is told so once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rasa.shared.core.events import ConversationPaused

from bot.evaluation.in_process import AssistantHere, Person, assistant_in

KEPT = "gardé ce que vous m’aviez dit"
MINUTE = 60.0

Wait = Callable[[float], None]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def here(state: Path) -> Iterator[AssistantHere]:
    with assistant_in(state) as assistant:
        yield assistant


@pytest.fixture
def wait(here: AssistantHere, state: Path) -> Wait:
    """Lets minutes pass: everything said so far was said so much earlier."""

    def pass_by(minutes: float) -> None:
        with sqlite3.connect(state / "conversations.db") as database:
            rows = database.execute("SELECT id, data FROM events").fetchall()
            for row, stored in rows:
                event = json.loads(stored)
                event["timestamp"] -= minutes * MINUTE
                database.execute(
                    "UPDATE events SET data=?, timestamp=timestamp-? WHERE id=?",
                    (json.dumps(event), minutes * MINUTE, row),
                )

    return pass_by


def told(person: Person, text: str) -> str:
    return "\n".join(message["text"] for message in person.send(text))


def test_after_an_hour_the_facts_are_kept_and_that_is_said_once(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("on m'a volé ma carte grise")
    before = person.state().facts
    assert before["reason"] == "theft"
    wait(61)
    first, *answer = person.send("combien ça coûte ?")
    assert KEPT in first["text"]
    assert {"title": "Tout effacer", "payload": "/restart_case"} in first["buttons"]
    assert answer
    assert person.state().facts["reason"] == "theft"
    assert KEPT not in told(person, "et maintenant ?")


def test_a_shorter_silence_is_no_silence(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("on m'a volé ma carte grise")
    wait(59)
    assert KEPT not in told(person, "combien ça coûte ?")


def test_each_silence_is_spoken_of(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("on m'a volé ma carte grise")
    for _ in range(2):
        wait(61)
        assert KEPT in told(person, "combien ça coûte ?")


def test_who_told_nothing_is_told_of_nothing_kept(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("bonjour")
    wait(61)
    assert KEPT not in told(person, "combien coûte un duplicata ?")


def test_every_button_of_before_still_works_as_often_as_it_is_pressed(
    here: AssistantHere, wait: Wait
) -> None:
    person = here.conversation()
    buttons = [
        button["payload"]
        for text in ("bonjour", "on m'a volé ma carte grise")
        for message in person.send(text)
        for button in message.get("buttons") or ()
    ]
    payloads = [payload for payload in buttons if payload.startswith("/faq/")] or buttons
    # Pressed twice, after a silence each: in Rasa's sessions the second is refused.
    for _ in range(2):
        wait(61)
        for payload in payloads[:2]:
            told(person, payload)
            tracker = here.tracker(person.sender)
            assert tracker is not None and tracker.latest_message is not None
            assert tracker.latest_message.text == payload
            assert tracker.latest_message.intent["confidence"] == 1.0


def test_the_question_under_way_can_be_answered_the_next_day(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    told(person, "je veux calculer le prix de mon duplicata")
    tracker = here.tracker(person.sender)
    assert tracker is not None
    assert tracker.get_slot("asked_fact")
    wait(24 * 60)
    told(person, "bonjour")
    tracker = here.tracker(person.sender)
    assert tracker is not None
    assert tracker.get_slot("guided_dialogue")


def test_who_begins_anew_hears_nothing_of_what_was_kept(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("on m'a volé ma carte grise")
    wait(61)
    assert KEPT not in told(person, "on recommence à zéro")
    assert person.state().facts == {}


def test_beside_a_mediator_the_bot_says_nothing(here: AssistantHere, wait: Wait) -> None:
    person = here.conversation()
    person.send("on m'a volé ma carte grise")
    tracker = here.tracker(person.sender)
    assert tracker is not None
    tracker.update(ConversationPaused())
    here.run(here.agent.tracker_store.save(tracker))
    wait(61)
    assert person.send("vous êtes toujours là ?") == []
    tracker = here.tracker(person.sender)
    assert tracker is not None and tracker.is_paused()
    assert len([event for event in tracker.events if event.type_name == "user"]) == 2
