"""What a client has not heard of a conversation, told from its events."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.web import missed


def said(text: str, message_id: str) -> UserUttered:
    return UserUttered(text, message_id=message_id)


def answer(text: str, pushed: str = "", **parts: Any) -> BotUttered:
    return create_bot_utterance({"text": text, "metadata": {"pushed": pushed} if pushed else {}, **parts})


EVENTS = [
    said("bonjour", "m1"),
    answer("Que faire ?", buttons=[{"title": "Comment payer", "payload": "/faq/payment"}]),
    said("/faq/payment", "m2"),
    answer("Ainsi."),
    answer("Une personne vous répond.", pushed="p1"),
    said("oui", "m3"),
    answer("Avez-vous un courrier ?", pushed="p2"),
]


def told(answered: str, heard: str) -> list[tuple[str, Any]]:
    """What is told, in a few words."""
    return [
        (event, each["text"])
        if event == "bot_uttered"
        else (each["shown"], [message["text"] for message in each["messages"]])
        for event, each in missed.since("c", EVENTS, answered, heard)
    ]


def test_a_window_that_has_nothing_is_told_all_in_order() -> None:
    assert told("", "") == [
        ("bonjour", ["Que faire ?"]),
        ("Comment payer", ["Ainsi."]),
        ("bot_uttered", "Une personne vous répond."),
        ("oui", []),
        ("bot_uttered", "Avez-vous un courrier ?"),
    ]


def test_a_window_is_told_what_came_after_what_it_has() -> None:
    assert told("m1", "p1") == [
        ("Comment payer", ["Ainsi."]),
        ("oui", []),
        ("bot_uttered", "Avez-vous un courrier ?"),
    ]
    assert told("m3", "p2") == []


def test_of_turns_that_the_session_no_longer_holds_none_is_told() -> None:
    assert told("an older one", "p1") == [("bot_uttered", "Avez-vous un courrier ?")]
