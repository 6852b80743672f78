"""« Je veux parler à quelqu'un » is answered the same on every channel, also while the desk is closed."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import ActionReachPerson
from bot import settings
from bot.channels import registry
from bot.nlg.sentences import Sentences

CHANNELS = ("socket", *(channel.name() for channel in registry.CHANNELS))
OPENING = {"day": "2026-12-01", "time": "09:00"}
ROOT = Path(settings.ROOT)


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return Sentences.read(ROOT / "data")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A desk that answers what the dictionary holds."""
    status: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(status).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DESK_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DESK_SECRET", "secret")
    yield status
    server.shutdown()
    server.server_close()


def answer(sentences: Sentences, channel: str) -> str:
    """What a person on that channel reads."""
    latest = {"text": "je veux parler à quelqu'un", "intent": {"name": "human_handoff"}, "entities": []}
    tracker = Tracker("me", {}, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    ActionReachPerson().answered(dispatcher, tracker)
    told = []
    for message in dispatcher.messages:
        values = {
            key: value
            for key, value in message.items()
            if key
            not in ("response", "text", "buttons", "elements", "custom", "template", "image", "attachment")
        }
        rendered = sentences.render(message["response"], {}, channel, values, dt.date(2026, 11, 30))
        assert rendered is not None
        told.append(rendered["text"])
    return "\n".join(told)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_closed_desk_tells_its_next_opening_and_the_other_ways(
    channel: str, sentences: Sentences, desk: dict[str, Any]
) -> None:
    desk |= {"status": "none", "open": False, "within_hours": False, "next_opening": OPENING, "days": 7}
    told = answer(sentences, channel)
    assert "1er décembre 2026 à 9 h" in told
    assert "34" in told


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_open_desk_is_offered_everywhere_where_its_replies_arrive(
    channel: str, sentences: Sentences, desk: dict[str, Any]
) -> None:
    desk |= {"status": "none", "open": True, "next_opening": None}
    assert "Une personne peut reprendre cette conversation" in answer(sentences, channel)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_place_in_the_queue_asks_nobody_on_a_telephone_to_keep_a_page_open(
    channel: str, sentences: Sentences, desk: dict[str, Any]
) -> None:
    desk |= {"status": "waiting", "open": True, "next_opening": None, "position": 2, "minutes": 5}
    told = answer(sentences, channel)
    assert "La réponse arrivera ici" in told
