"""Going back from a person to the assistant, in words; while the person is there no time ends the session."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    SessionStarted,
    UserUttered,
)

from bot.channels.delivery import button_resolution
from bot.channels.desk_api.handover import _masked
from bot.channels.site.open_windows import Windows
from bot.engine.assistant import AssistantProcessor
from bot.engine.conversation import Conversation
from bot.nlu.leaving import asks_for_the_robot

HOUR = 60 * 60


@pytest.mark.parametrize(
    "text",
    [
        "je préfère le robot",
        "Finalement, je préfère parler au bot, merci",
        "je veux reparler au robot svp",
        "Retour au robot !",
        "revenir à l’assistant",
        "repassez-moi le robot s'il vous plaît",
        "ne plus attendre",
        "Je ne veux plus attendre.",
        "je veux plus attendre",
    ],
)
def test_words_that_ask_for_the_robot_again(text: str) -> None:
    assert asks_for_the_robot(text)


@pytest.mark.parametrize(
    "text",
    [
        "je ne veux pas le robot",
        "je préfère vous parler à vous que le robot",
        "le robot m'a dit d'attendre",
        "je voudrais savoir pourquoi le robot m'a dit 13 euros",
        "je peux attendre",
        "vous êtes un robot ?",
        "je ne peux plus attendre ma carte grise",
        "robot",
        "je préfère",
        "",
    ],
)
def test_words_that_speak_of_the_robot_or_of_waiting_leave_nobody(text: str) -> None:
    assert not asks_for_the_robot(text)


def conversation(*events: object, said_ago: float = 0.0) -> Conversation:
    said = UserUttered("bonjour", timestamp=time.time() - said_ago)
    return Conversation.from_events(
        "a", [ActionExecuted("action_session_start"), SessionStarted(), said, *events]
    )


@pytest.fixture(scope="module")
def processor() -> AssistantProcessor:
    """One without a model: what is asked here needs none."""
    bare = AssistantProcessor.__new__(AssistantProcessor)
    bare.domain = Domain.from_dict({"session_config": {"session_expiration_time": 60}})
    return bare


def test_a_session_does_not_expire_while_a_person_answers(processor: AssistantProcessor) -> None:
    paused = conversation(ConversationPaused(), said_ago=5 * HOUR)
    assert not processor._has_session_expired(paused)
    assert processor._has_session_expired(conversation(said_ago=5 * HOUR))
    given_back = conversation(ConversationPaused(), ConversationResumed(), said_ago=5 * HOUR)
    assert processor._has_session_expired(given_back)


def test_while_a_person_answers_the_assistant_acts_only_when_it_is_asked_for_again() -> None:
    silent = conversation(ConversationPaused())
    assert not AssistantProcessor._should_handle_message(silent)
    for intent, acts in (("leave_queue", True), ("restart", False), ("ask_price", False)):
        said = UserUttered("…", {"name": intent, "confidence": 1.0})
        assert AssistantProcessor._should_handle_message(conversation(ConversationPaused(), said)) is acts


def test_who_waits_may_leave_in_words_and_who_does_not_wait_is_understood_as_ever() -> None:
    button = {"title": "Ne plus attendre", "payload": "/leave_queue"}
    waiting = conversation(BotUttered("place 2", {"buttons": [button]}))
    assert AssistantProcessor._leaves("je préfère le robot", waiting)
    assert not AssistantProcessor._leaves("je préfère le robot", conversation())


def test_a_sentence_that_the_desk_publishes_is_not_masked_and_the_rest_is() -> None:
    public = ["Accueil : 02 99 12 34 56"]
    text = "Bonjour. Accueil : 02 99 12 34 56. Le vôtre est le 06 12 34 56 78 ?"
    assert _masked(text, public) == "Bonjour. Accueil : 02 99 12 34 56. Le vôtre est le [téléphone] ?"
    assert "02 99" not in _masked(text, [])
    # However short a public sentence is, what stands around it is still masked.
    assert "exemple.fr" not in _masked("Écrivez à b.w@exemple.fr", ["."])


@pytest.mark.parametrize(
    ("is_with_person", "typed", "taken"),
    [
        (True, "2", "2"),
        (True, "le deuxième", "le deuxième"),
        (True, "revenir au robot", "/leave_queue"),
        (False, "2", "/leave_queue"),
    ],
)
def test_a_number_typed_to_a_person_names_no_button_of_the_assistant(
    is_with_person: bool, typed: str, taken: str
) -> None:
    titles = ("Ne plus attendre", "Revenir au robot")
    offered = BotUttered("…", {"buttons": [{"title": title, "payload": "/leave_queue"} for title in titles]})
    held = conversation(offered, *([ConversationPaused()] if is_with_person else []))

    class Store:
        async def retrieve(self, _: str) -> Conversation:
            return held

    agent = SimpleNamespace(tracker_store=Store())
    assert asyncio.run(button_resolution.resolve(agent, "a", typed)) == taken


def test_a_window_is_open_until_its_last_connection_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    windows = Windows()
    assert windows.of("a")["window"] is None
    windows.open("tab 1", "a")
    windows.open("tab 2", "a")
    windows.types("tab 2")
    assert windows.of("a") == {"window": "open", "closed_at": None, "typing": True}
    windows.close("tab 2")
    assert windows.of("a")["window"] == "open"
    windows.close("tab 1")
    windows.close("tab 1")
    closed = windows.of("a")
    assert closed["window"] == "closed" and closed["closed_at"] <= time.time() and not closed["typing"]
    windows.open("tab 3", "a")
    assert windows.of("a")["window"] == "open"


def test_where_several_servers_share_the_windows_none_says_that_one_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    windows = Windows()
    windows.open("tab", "a")
    windows.close("tab")
    assert windows.of("a")["window"] is None
