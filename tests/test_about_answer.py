"""What is said about an answer: its texts with their dates, its first sentence, the answer before it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.about_answer import (
    ActionGoBack,
    ActionNotMyQuestion,
    ActionOtherCase,
    ActionTalkAboutAnswer,
)
from actions.base import AnsweringAction
from bot.nlg.sentences import Sentences

DATA = Path(__file__).resolve().parent.parent / "data"
DAY = dt.date(2026, 11, 30)
SENTENCES = Sentences.read(DATA)
COST = {"question": "faq/cost", "earlier": "faq/declare_theft.where"}


def said(action: AnsweringAction, intent: str, last: dict[str, Any], **slots: Any) -> list[dict[str, Any]]:
    """What the action says to a message of that intent after that answer."""
    dispatcher = CollectingDispatcher()
    message = {"intent": {"name": intent}, "entities": [], "text": "…"}
    events = [
        {"event": "user", "parse_data": {"topic_ranking": [{"name": "payment", "is_question": True}]}},
        {"event": "user", "parse_data": {}},
    ]
    slots = {"last_answer": last, **slots}
    tracker = Tracker("anyone", slots, message, events, False, None, {}, "action_listen")
    action.answer(dispatcher, tracker)
    return dispatcher.messages


def written(messages: list[dict[str, Any]]) -> str:
    """The messages as a citizen reads them."""
    texts = []
    for message in messages:
        values = {name: value for name, value in message.items() if name not in ("response", "text")}
        values |= message.get("custom") or {}
        answer = SENTENCES.render(message["response"], {}, "rest", values, DAY)
        assert answer is not None
        texts.append(answer["text"])
    return "\n".join(texts)


def test_where_it_is_written_names_the_texts_with_their_dates_and_addresses() -> None:
    text = written(said(ActionTalkAboutAnswer(), "ask_source", COST))
    assert "L421-38" in text and "version du 15/01/2024" in text and "https://" in text


def test_how_old_it_is_names_the_date_of_each_text() -> None:
    assert "version du" in written(said(ActionTalkAboutAnswer(), "ask_source_date", COST))


@pytest.mark.parametrize("intent", ["ask_sure", "contradiction"])
def test_a_doubt_and_a_rumour_hear_the_answer_again(intent: str) -> None:
    text = written(said(ActionTalkAboutAnswer(), intent, COST))
    first = written([{"response": "utter_faq/cost"}]).splitlines()[0]
    assert first in text


def test_before_any_answer_there_is_nothing_to_talk_about() -> None:
    messages = said(ActionTalkAboutAnswer(), "ask_source", {})
    assert [message["response"] for message in messages] == ["utter_nothing_to_explain"]


def test_who_was_answered_beside_the_point_is_offered_what_else_was_near() -> None:
    (message,) = said(ActionNotMyQuestion(), "not_my_question", COST)
    assert message["topics"] == ["payment"]


def test_going_back_says_the_answer_before_the_last_one() -> None:
    (message,) = said(ActionGoBack(), "go_back", COST)
    assert message["response"] == "utter_faq/declare_theft.where"


def test_another_vehicle_has_the_same_rule_where_the_answer_is_written() -> None:
    text = written(said(ActionOtherCase(), "other_case", COST))
    assert "règle est la même" in text


def test_another_vehicle_is_computed_anew_without_the_plate_of_the_first() -> None:
    last = {"guide": "price", "facts": {"plate_format": "fni"}, "question": None}
    messages = said(ActionOtherCase(), "other_case", last, plate_format="fni", reason="loss")
    assert messages[0]["response"] == "utter_other_case_computed"
    assert messages[1]["response"] == "utter_ask_plate_format"
