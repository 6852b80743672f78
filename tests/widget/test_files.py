"""The files that the server gives to browsers, and what is kept of opinions."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.channels.site import assets, feedback
from tests.conftest import Assistant
from tests.widget.conftest import WIDGET, need, node

MOST_BYTES = 45_000
TODAY = dt.date(2026, 11, 21)
OPINION = {
    "reference": "0123456789abcdef",
    "response": "utter_faq/cost",
    "helpful": False,
    "reason": "unclear",
}


def test_the_script_weighs_45_kb_gzipped_at_most() -> None:
    content = (WIDGET / "dist" / "assistant-carte-grise.js").read_bytes()
    assert len(gzip.compress(content, 9)) <= MOST_BYTES


def test_the_built_script_is_what_the_sources_build() -> None:
    need((WIDGET / "node_modules").is_dir(), "bot/widget/node_modules (run npm ci in bot/widget)")
    node("process.argv.push('--check'); await import('./build.mjs');")


def test_names_hold_the_hash_and_are_kept_for_ever(assistant: Assistant) -> None:
    for asset in assets.read().values():
        with urllib.request.urlopen(assistant.address + asset.address) as answer:
            assert answer.read() == asset.content
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["assistant-carte-grise.js", "assistant-carte-grise.0123456789ab.js"])
def test_a_plain_name_or_an_older_hash_leads_to_the_present_file(assistant: Assistant, name: str) -> None:
    with urllib.request.urlopen(f"{assistant.address}/widget/{name}") as answer:
        assert answer.url == assistant.address + assets.read()["assistant-carte-grise.js"].address


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpackage.json", "a.b.c.d"])
def test_no_other_file_is_given(assistant: Assistant, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{assistant.address}/widget/{name}")
    assert refusal.value.code == 404


def test_a_socket_client_from_npm_holds_a_conversation(assistant: Assistant) -> None:
    need((WIDGET / "node_modules").is_dir(), "bot/widget/node_modules (run npm ci in bot/widget)")
    script = """import { io } from "socket.io-client";
    const socket = io(process.argv[1]);
    socket.on("connect", () => socket.emit("session_request", { session_id: "c0ffee" + Date.now() }));
    socket.on("session_confirm", async (id) => {
      socket.once("bot_uttered", async (plain) => {
        const message = { session_id: id, message: "quelles pièces ?", message_id: "m1" };
        const first = await socket.timeout(20000).emitWithAck("user_uttered", message);
        const again = await socket.timeout(20000).emitWithAck("user_uttered", message);
        const odd = await socket.timeout(20000).emitWithAck("user_uttered", null);
        const erased = await socket.timeout(20000).emitWithAck("erase", { session_id: id });
        console.log(JSON.stringify({ plain, first, again, odd, erased }));
        socket.close();
      });
      socket.emit("user_uttered", { session_id: id, message: "combien coûte un duplicata ?" });
    });"""
    said = json.loads(node(script, assistant.address))
    assert "13,76" in said["plain"]["text"]
    assert said["first"] == said["again"]
    assert said["first"]["messages"][0]["metadata"]["sources"]
    assert "texte" in said["odd"]["messages"][0]["text"]
    assert said["erased"] == {"erased": True}


def test_an_opinion_holds_nothing_but_what_is_asked() -> None:
    extra = {**OPINION, "conversation": "x", "text": "mon nom est"}
    assert feedback.opinion_in(extra, TODAY) == {**OPINION, "day": TODAY}


@pytest.mark.parametrize(
    "spoilt",
    [
        {"reference": "short"},
        {"reference": 3},
        {"response": "something else"},
        {"response": "utter_" + "x" * 200},
        {"helpful": "yes"},
        {"helpful": True},
        {"reason": "because"},
    ],
)
def test_what_is_no_opinion_is_not_stored(spoilt: dict) -> None:
    assert feedback.opinion_in({**OPINION, **spoilt}, TODAY) is None


def test_a_change_of_mind_replaces_the_first_opinion(tmp_path: Path) -> None:
    opinions = feedback.FeedbackStore(f"sqlite:///{tmp_path / 'feedback.db'}")
    opinions.keep({**OPINION, "day": TODAY})
    opinions.keep({**OPINION, "helpful": True, "reason": None, "day": TODAY})
    assert opinions.all() == [{**OPINION, "helpful": True, "reason": None, "day": TODAY}]


@pytest.mark.parametrize("body", [b"", b"[", b"null", b"[]", b"{}"])
def test_an_unreadable_opinion_is_refused(assistant: Assistant, body: bytes) -> None:
    assert assistant.post("/feedback", body)[0] == 400
