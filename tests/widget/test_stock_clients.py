"""Clients of Rasa's own socket channel, unmodified: the published widget rasa-webchat, and socket.io with its events."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.channels.web.socket import as_rasas_own
from tests.conftest import Assistant
from tests.widget.conftest import WIDGET, Mediator, Widget, need

Visit = Callable[..., Widget]
PUBLISHED = WIDGET / "node_modules" / "rasa-webchat" / "lib" / "index.js"
PAGE = """<!doctype html><html lang="fr"><title>Page</title><script src="/rasa-webchat.js"></script>
<script>WebChat.default({ socketUrl: "%s", socketPath: "/socket.io/", customData: { language: "fr" }, title: "Assistant",
  embedded: true, initPayload: "bonjour", params: { storage: "session" } }, null);</script></html>"""


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ({"text": "Un.\n\nDeux.", "metadata": {"a": 1}}, [{"text": "Un."}, {"text": "Deux."}]),
        (
            {"text": "Un.\n\nDeux.", "buttons": [{"title": "Oui", "payload": "/affirm"}]},
            [
                {"text": "Un.", "quick_replies": []},
                {
                    "text": "Deux.",
                    "quick_replies": [{"content_type": "text", "title": "Oui", "payload": "/affirm"}],
                },
            ],
        ),
        (
            {"image": "https://a.example/x.png"},
            [{"attachment": {"type": "image", "payload": {"src": "https://a.example/x.png"}}}],
        ),
        ({"metadata": {}}, []),
    ],
)
def test_a_message_takes_the_shape_of_rasas_own_channel(message: dict, parts: list) -> None:
    assert as_rasas_own({"recipient_id": "x", **message}) == parts


def test_the_published_widget_shows_texts_and_buttons_and_its_buttons_work(
    visit: Visit, assistant: Assistant, other_site
) -> None:
    need(PUBLISHED.is_file(), "rasa-webchat (run npm ci in bot/widget)")

    def with_the_script(page) -> None:
        page.route("**/rasa-webchat.js", lambda route: route.fulfill(path=PUBLISHED))

    page = visit(other_site(PAGE % assistant.address, {}), before=with_the_script).page
    answers = page.locator(".rw-response .rw-message-text")
    page.locator(".rw-response .rw-message-text", has_text="carte grise").first.wait_for()
    page.locator("textarea.rw-new-message").fill("combien coûte un duplicata ?")
    page.locator("button.rw-send").click()
    page.get_by_text("13,76").first.wait_for()
    button = page.locator(".rw-reply", has_text="Comment payer")
    button.wait_for()
    before = answers.count()
    button.click()
    answers.nth(before).wait_for()
    assert page.locator(".rw-client").last.inner_text().startswith("Comment payer")


def test_a_plain_client_of_the_stock_protocol_hears_answers_and_a_persons_replies(
    assistant: Assistant, mediator: Mediator, tmp_path: Path
) -> None:
    need((WIDGET / "node_modules").is_dir(), "bot/widget/node_modules (run npm ci in bot/widget)")
    conversation = uuid.uuid4().hex
    script = """import { io } from "socket.io-client";
    import { createInterface } from "node:readline";
    const [address, id] = process.argv.slice(1);
    const socket = io(address);
    socket.on("connect", () => socket.emit("session_request", { session_id: id }));
    socket.on("session_confirm", () => socket.emit("user_uttered", { message: "combien coûte un duplicata ?", session_id: id }));
    socket.on("bot_uttered", (message) => console.log(JSON.stringify(message)));
    setTimeout(() => process.exit(1), 60000);"""
    heard = _Client(script, assistant.address, conversation)
    try:
        answer = heard.until(lambda message: message.get("quick_replies"))
        assert set(answer) == {"text", "quick_replies"}
        assert set(answer["quick_replies"][0]) == {"content_type", "title", "payload"}
        mediator.take(conversation)
        mediator.say(conversation, "Avez-vous reçu un courrier ?")
        assert heard.until(lambda message: "courrier" in message["text"]) == {
            "text": "Avez-vous reçu un courrier ?"
        }
    finally:
        heard.close()


@pytest.mark.parametrize(
    ("name", "is_told"),
    [(uuid.uuid4().hex, True), (f"client-{uuid.uuid4().hex[:6]}", False)],
    ids=("drawn", "guessed"),
)
def test_turns_are_told_to_whoever_has_a_drawn_name_and_not_to_a_guesser(
    assistant: Assistant, name: str, is_told: bool
) -> None:
    need((WIDGET / "node_modules").is_dir(), "bot/widget/node_modules (run npm ci in bot/widget)")
    conversation = assistant.conversation()
    conversation.sender = name
    conversation.say("combien coûte un duplicata ?")
    script = """import { io } from "socket.io-client";
    const [address, id] = process.argv.slice(1);
    const socket = io(address);
    const told = [];
    socket.on("exchange", (each) => told.push(each.shown));
    socket.on("connect", async () => {
      await socket.timeout(30000).emitWithAck("session_request", { session_id: id, heard: "", answered: "" });
      console.log(JSON.stringify({ told }));
      socket.close();
    });"""
    client = _Client(script, assistant.address, name)
    try:
        assert client.until(lambda _: True) == {"told": ["combien coûte un duplicata ?"] if is_told else []}
    finally:
        client.close()


class _Client:
    """A script of Node that prints one JSON object a line."""

    def __init__(self, script: str, *arguments: str) -> None:
        command = ["node", "--input-type=module", "--eval", script, *arguments]
        self._process = subprocess.Popen(command, cwd=WIDGET, stdout=subprocess.PIPE, text=True)

    def until(self, is_it: Callable[[dict], object]) -> dict:
        """The next line that is the one."""
        assert self._process.stdout
        for line in self._process.stdout:
            if is_it(json.loads(line)):
                return json.loads(line)
        raise AssertionError("the client ended before it heard that")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
