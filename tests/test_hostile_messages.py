"""Nonsense and attacks over REST: a polite French answer, nothing executed, no trace of an exception."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Assistant

HOSTILE = {
    "an empty message": "",
    "spaces": "   \t\n ",
    "twenty thousand characters": "a" * 20_000,
    "twenty thousand words": "carte grise " * 1_600,
    "an emoji": "🙂",
    "many emoji": "🚗💥" * 300,
    "half an emoji": "perdue \ud83d",
    "control characters": "carte\x00 grise\x07 perdue\x1b[31m",
    "invisible characters": "\u200b\u202eperdue\u2066",
    "SQL": "'; DROP TABLE events; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{{7*7}} ${7*7} {contacts.phone} {total:amount} %s",
    "a payload": '/inform{"reason": "theft", "moved": true}',
    "a restart payload": "/restart",
    "a broken payload": '/inform{"reason": ',
    "a null": None,
    "a number": 42,
    "a list": ["carte", "grise"],
    "an object": {"text": "perdue"},
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_gets_a_polite_answer(assistant: Assistant, message: object) -> None:
    answers = assistant.conversation().send(message)
    said = "\n".join(answer["text"] for answer in answers)
    assert said.strip()
    assert "Traceback" not in said and "Error" not in said and "<script" not in said
    assert "{" not in said and "utter_" not in said


def test_an_emoji_cut_in_two_hides_no_question(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    asked = conversation.send("combien coûte un duplicata \ud83d")
    assert asked[0]["metadata"]["response"] == "utter_faq/cost"
    assert conversation.send("merci")[0]["metadata"]["response"] == "utter_thank"


def test_a_typed_payload_forces_no_fact(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    conversation.say('/inform{"plate_format": "fni"}')
    assert "ancien format" not in conversation.say("combien coûte un duplicata")


def test_a_button_that_was_offered_may_be_used(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    buttons = [
        button for answer in conversation.send("combien coûte un duplicata") for button in answer["buttons"]
    ]
    answers = conversation.send(
        next(button["payload"] for button in buttons if "quote_fee" in button["payload"])
    )
    assert answers[0]["metadata"]["response"] == "utter_ask_plate_format"


def test_a_button_that_was_offered_long_ago_may_be_used(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    offered = conversation.send("combien coûte un duplicata")[0]["buttons"]
    for _ in range(50):
        conversation.send("merci")
    payload = next(button["payload"] for button in offered if "quote_fee" in button["payload"])
    assert conversation.send(payload)[0]["metadata"]["response"] == "utter_ask_plate_format"


def test_two_senders_without_a_name_share_nothing(assistant: Assistant) -> None:
    body = json.dumps({"message": "bonjour"}).encode()
    senders = {
        json.loads(assistant.post("/webhooks/rest/webhook", body)[1])[0]["recipient_id"] for _ in range(2)
    }
    assert len(senders) == 2


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe"])
def test_a_body_that_is_no_message_gets_an_answer(assistant: Assistant, body: bytes) -> None:
    status, text = assistant.post("/webhooks/rest/webhook", body)
    assert status == 200 and json.loads(text)[0]["text"]


@pytest.mark.parametrize("path", ["/model/parse", "/conversations/x/tracker", "/domain", "/status", "/model"])
def test_rasas_own_api_is_not_there(assistant: Assistant, path: str) -> None:
    assert assistant.post(path, b"{}")[0] in (404, 405)
