"""Slack's Web API (chat.postMessage) and Events API, signed with the signing secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.support.platforms.base import FORM, JSON, Button, Platform, Shown, Webhook, as_json
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

TOKEN = "xoxb-17653672481-19874698323"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HEADER = "X-Slack-Signature"
TIME_HEADER = "X-Slack-Request-Timestamp"
TEAM = "T123ABC456"
OLD = 301
CONTROL = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")


class Slack(Platform):
    """An app's private messages and mentions."""

    channel = "slack"
    attachments = ("file",)

    def environment(self, address: str) -> dict[str, str]:
        """Token, secret, address."""
        return {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": address}

    def person(self, rank: int) -> str:
        """A private channel; its person is named alike."""
        return f"D{rank:08d}"

    def says(self, user: str, text: str) -> Webhook:
        """A private message, escaped as Slack does."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self.event({**self.message(user), "text": escaped})

    def sends(self, user: str, kind: str) -> Webhook:
        """A private message with a file."""
        files = [
            {"id": "F123ABC456", "mimetype": "image/jpeg", "url_private": "https://files.slack.com/x.jpg"}
        ]
        return self.event({**self.message(user), "text": "", "subtype": "file_share", "files": files})

    def captions(self, user: str, text: str) -> Webhook:
        """A private message with words and a file."""
        files = [{"id": "F123ABC456", "mimetype": "image/jpeg"}]
        return self.event({**self.message(user), "text": text, "subtype": "file_share", "files": files})

    def commands(self, text: str) -> Webhook:
        """A slash command, in a form."""
        fields = {"command": "/carte", "text": text, "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2"}
        return self.signed(urlencode(fields).encode(), FORM)

    def mentions(self, user: str, channel: str, text: str) -> list[Webhook]:
        """A mention in a public channel, which Slack sends as two events."""
        message = {**self.message(user), "channel": channel, "channel_type": "channel"}
        message["text"] = f"<@U0LAN0Z89> {text}"
        mention = {key: value for key, value in message.items() if key != "channel_type"}
        return [self.event(message), self.event({**mention, "type": "app_mention"})]

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A pressed button, in a form."""
        actions = shown.call["blocks"][-1]["elements"]
        pressed = next(action for action in actions if action["value"] == button.wire)
        container: dict[str, Any] = {"type": "message", "channel_id": shown.call["channel"]}
        if shown.call.get("thread_ts"):
            container["thread_ts"] = shown.call["thread_ts"]
        payload = {
            "type": "block_actions",
            "user": {"id": self._user(user), "team_id": TEAM},
            "trigger_id": f"13345224609.{self.number()}",
            "container": container,
            "channel": {"id": shown.call["channel"]},
            "actions": [{**pressed, "block_id": "b1", "action_ts": f"1763700000.{self.number()}"}],
        }
        body = urlencode({"payload": as_json(payload).decode()}).encode()
        return self.signed(body, FORM)

    def challenge(self) -> Webhook:
        """The check of the address."""
        return self.signed(as_json({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "x"}))

    def signed(self, body: bytes, kind: str = JSON, at: int | None = None, secret: str = SECRET) -> Webhook:
        """With the signing secret, at that time."""
        timestamp = str(int(time.time()) if at is None else at)
        digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return Webhook(body, {"Content-Type": kind, TIME_HEADER: timestamp, HEADER: f"v0={digest}"})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No signature, another secret's, no time, an old or future one signed rightly, changed time or body.

        A time of the future is chosen well beyond the limit: it comes nearer while the requests are sent.
        """
        body, now = webhook.body, int(time.time())
        kind = webhook.headers["Content-Type"]
        return [
            webhook.with_headers(**{HEADER: ""}),
            webhook.with_headers(**{HEADER: "v0=guess"}),
            self.signed(body, kind, secret="another-secret"),
            webhook.with_headers(**{TIME_HEADER: ""}),
            webhook.with_headers(**{TIME_HEADER: str(now + 1)}),
            self.signed(body, kind, at=now - OLD),
            self.signed(body, kind, at=now + 2 * OLD),
            webhook.with_body(body + b" "),
        ]

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the message's fields and blocks."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Unauthorized
        check(request.match_info["path"] == "chat.postMessage", "no such method")
        body = check_fields(
            await request.json(),
            ["channel", "text"],
            ["blocks", "thread_ts", "unfurl_links", "unfurl_media"],
        )
        check_text(body["text"], 4000, "text")
        check(1 <= len(body["blocks"]) <= 50, "1 to 50 blocks")
        section = check_fields(body["blocks"][0], ["type", "text"])["text"]
        check(check_fields(section, ["type", "text"])["type"] == "mrkdwn", "a section in mrkdwn")
        text = check_text(section["text"], 3000, "a section's text")
        check(not CONTROL.search(text), "&, < and > are escaped")
        buttons: list[Button] = []
        for block in body["blocks"][1:]:
            elements = check_fields(block, ["type", "elements"])["elements"]
            check(block["type"] == "actions" and 1 <= len(elements) <= 25, "1 to 25 elements in actions")
            identifiers = {element["action_id"] for element in elements}
            check(len(identifiers) == len(elements), "action_id is unique in its block")
            buttons += [_button(element) for element in elements]
        shown = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return body["channel"], Shown(shown, tuple(buttons), body)

    def accepted(self, shown: Shown | None) -> web.Response:
        """The message's time, which names it."""
        return web.json_response({"ok": True, "ts": f"1763700000.{self.number()}"})

    def refused(self, status: int, reason: str) -> web.Response:
        """Status 200 with "ok" false, but for a rate limit and an outage."""
        if status in (400, 401):
            return web.json_response(
                {"ok": False, "error": "invalid_blocks" if status == 400 else "invalid_auth"}
            )
        headers = {"Retry-After": "1"} if status == 429 else {}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=status, headers=headers)

    def _user(self, channel: str) -> str:
        return f"U{channel[1:]}"

    def message(self, user: str) -> dict[str, Any]:
        """A private message without its content."""
        return {
            "type": "message",
            "channel": user,
            "channel_type": "im",
            "user": self._user(user),
            "ts": f"1763700000.{self.number():06d}",
            "client_msg_id": "f1f5b4bd",
        }

    def event(self, event: Mapping[str, Any]) -> Webhook:
        """A new event."""
        return self.signed(
            as_json(
                {
                    "token": "x",
                    "team_id": TEAM,
                    "api_app_id": "A123ABC456",
                    "event": event,
                    "type": "event_callback",
                    "event_id": f"Ev{self.number():08d}",
                    "event_time": 1_763_700_000,
                }
            )
        )


def _button(element: object) -> Button:
    fields = check_fields(element, ["type", "action_id", "text", "value"])
    check(fields["type"] == "button", "an element is a button")
    text = check_fields(fields["text"], ["type", "text"], ["emoji"])
    check(text["type"] == "plain_text", "a button's text is plain")
    check_text(fields["action_id"], 255, "action_id")
    return Button(check_text(text["text"], 75, "a button's text"), check_text(fields["value"], 2000, "value"))
