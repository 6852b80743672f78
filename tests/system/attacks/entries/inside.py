"""The ways in that the assistant's own processes use, and the mediators' desk."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from hypothesis import strategies as st

from bot import neighbours
from tests.support.platforms.base import JSON
from tests.system.attacks import desk, hostile
from tests.system.attacks.attack import MOST_FAULTS, Outcome, Row, send
from tests.system.attacks.entries.outside import METHODS, kind_of_content


def bridge(port: int, secret: str) -> Callable[[st.DataObject], Outcome]:
    """The bot’s internal addresses, which the desk calls."""
    conversation = uuid.uuid4().hex
    at = f"/desk/conversations/{conversation}"
    right = {"text": "bonjour", "message_id": "m1", "facts": {"reason": "loss", "plate_format": "siv"}}
    right |= {"wording": "easy", "conversation": None}
    gets = (at, "/desk/misunderstood?limit=5", "/desk/statistics?days=9")
    posts = ("/desk/answers", "/desk/answers", *(f"{at}/{what}" for what in ("messages", "facts", "take")))

    def shoot(data: st.DataObject) -> Outcome:
        known = data.draw(st.integers(0, 4))
        headers = [("Authorization", f"Bearer {secret if known else 'guess'}"), ("Content-Type", JSON)]
        if not data.draw(st.integers(0, 3)):
            outcome = send(port, "GET", hostile.path(data, data.draw(st.sampled_from(gets))), b"", headers)
        else:
            target = data.draw(st.sampled_from(posts))
            outcome = send(port, "POST", target.encode(), hostile.json_body(data, right), headers)
        if not known and outcome.status == 200:
            return Outcome(200, fault="answered without the secret")
        return outcome

    return shoot


def actions(port: int) -> Callable[[st.DataObject], Outcome]:
    """The action server’s webhook."""
    with neighbours.open_url(f"http://127.0.0.1:{port}/actions", 60) as answer:
        names = [each["name"] for each in json.load(answer)]
    message = {
        "text": "perdue",
        "intent": {"name": "inform", "confidence": 1.0},
        "entities": [{"entity": "reason", "value": "loss", "start": 0, "end": 6}],
        "response_selector": {"faq": {"response": {"intent_response_key": "faq/cost"}}},
        "topic_ranking": [],
        "message_id": "1",
        "metadata": {},
    }
    tracker = {
        "sender_id": "fuzz",
        "slots": {"reason": "theft", "last_answer": {"guide": "price"}, "wording": None, "dialogue": None},
        "latest_message": message,
        "events": [{"event": "user", "timestamp": 1.0, "text": "perdue", "parse_data": message}],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }

    def shoot(data: st.DataObject) -> Outcome:
        name = data.draw(st.sampled_from(names))
        call = {"next_action": name, "sender_id": "fuzz", "tracker": tracker, "domain": {}, "version": "3"}
        method = "POST" if data.draw(st.integers(0, 19)) else data.draw(st.sampled_from(METHODS))
        headers = kind_of_content(data, JSON)
        if not data.draw(st.integers(0, 19)):
            headers.append(("Content-Encoding", "deflate"))
        return send(port, method, b"/webhook", hostile.json_body(data, call), headers)

    return shoot


def internal(port: int, secret: str) -> Callable[[st.DataObject], Outcome]:
    """The desk’s internal addresses, which the bot calls."""
    right = {"conversation": uuid.uuid4().hex, "subject": "cost"}
    whats = ("status", "requests", "withdrawals", "codes")

    def shoot(data: st.DataObject) -> Outcome:
        known = data.draw(st.integers(0, 4))
        headers = [("Authorization", f"Bearer {secret if known else 'guess'}"), ("Content-Type", JSON)]
        target = f"/internal/{data.draw(st.sampled_from(whats))}".encode()
        outcome = send(port, "POST", target, hostile.json_body(data, right), headers)
        if not known and outcome.status == 200:
            return Outcome(200, fault="answered without the secret")
        return outcome

    return shoot


def of_the_desk(inputs: int, start: int, address: str, secret: str) -> Row:
    """What the desk met, by the command of its own."""
    found = desk.attack(inputs, start, address, secret)
    row = Row("mediators’ desk")
    for status, count in found.statuses.items():
        for _ in range(count):
            row.met(Outcome(status))
    row.faults = found.faults[:MOST_FAULTS]
    return row
