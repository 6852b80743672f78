"""Mattermost's API (posts), outgoing webhooks, slash commands and message buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.support.platforms.base import (
    FORM,
    JSON,
    PUBLIC_URL,
    Button,
    Platform,
    Shown,
    Webhook,
    as_json,
)
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

BOT_TOKEN = "5qh7z8w1ybd1tfrtq4b6kaabqe"
HOOK_TOKEN = "oixjmq9bnjnjbg1hmwxtpm5cny"
COMMAND_TOKEN = "gr1iyx8p97gq7cby3uk5fd5xxe"
IDENTIFIER = re.compile(r"[A-Za-z0-9]+")


class Mattermost(Platform):
    """A public channel with an outgoing webhook, one thread a person."""

    channel = "mattermost"
    attachments = ("file",)

    def __init__(self) -> None:
        """No thread yet."""
        super().__init__()
        self._roots: dict[str, str] = {}

    def environment(self, address: str) -> dict[str, str]:
        """Address, tokens, public address."""
        return {
            "MATTERMOST_URL": address,
            "MATTERMOST_BOT_TOKEN": BOT_TOKEN,
            "MATTERMOST_WEBHOOK_TOKENS": f"{HOOK_TOKEN}, {COMMAND_TOKEN}",
            "ASSISTANT_PUBLIC_URL": PUBLIC_URL,
        }

    def person(self, rank: int) -> str:
        """A channel; its person is named alike."""
        return f"channel{rank}"

    def says(self, user: str, text: str) -> Webhook:
        """The trigger word and the message, in the person's thread."""
        return self._post(user, {"text": f"carte {text}", "file_ids": ""})

    def sends(self, user: str, kind: str) -> Webhook:
        """A file without words."""
        return self._post(user, {"text": "carte", "file_ids": "fznapbk6kbb6xnfr7hxpj9eqow"})

    def captions(self, user: str, text: str) -> Webhook:
        """A file with words."""
        return self._post(user, {"text": f"carte {text}", "file_ids": "fznapbk6kbb6xnfr7hxpj9eqow"})

    def commands(self, user: str, text: str) -> Webhook:
        """A slash command, in a form."""
        fields = {
            "channel_id": user,
            "channel_name": user,
            "command": "/carte",
            "text": text,
            "token": COMMAND_TOKEN,
            "trigger_id": f"trigger{self.number()}",
            "user_id": f"person{user}",
            "user_name": "dominique",
        }
        return self.signed(urlencode(fields).encode(), FORM)

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A pressed button, with the context that the post gave it."""
        actions = shown.call["props"]["attachments"][0]["actions"]
        pressed = next(action for action in actions if action["name"] == button.title)
        body = {
            "user_id": f"person{user}",
            "user_name": "dominique",
            "channel_id": user,
            "post_id": f"post{self.number()}",
            "trigger_id": f"trigger{self.number()}",
            "type": "button",
            "context": pressed["integration"]["context"],
        }
        return self.signed(as_json(body))

    def signed(self, body: bytes, kind: str = JSON) -> Webhook:
        """As it stands: tokens and seals are in the body."""
        return Webhook(body, {"Content-Type": kind})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No token, another one, the bot's; a button with no seal, another payload, another channel."""
        body = webhook.body
        if b'"context"' in body:
            return [
                webhook.with_body(re.sub(rb'"seal": "[^"]*"', b'"seal": ""', body)),
                webhook.with_body(re.sub(rb'"payload": "[^"]*"', b'"payload": "/restart_case"', body)),
                webhook.with_body(re.sub(rb'"channel_id": "[^"]*"', b'"channel_id": "channel999"', body)),
            ]
        wrong = (b"", b"guess", BOT_TOKEN.encode(), HOOK_TOKEN[:-1].encode())
        return [webhook.with_body(body.replace(HOOK_TOKEN.encode(), token)) for token in wrong]

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the post and its actions."""
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            raise Unauthorized
        check(request.match_info["path"] == "api/v4/posts", "no such path")
        body = check_fields(await request.json(), ["channel_id", "message"], ["root_id", "props"])
        text = check_text(body["message"], 16383, "message")
        buttons: list[Button] = []
        for attachment in (body.get("props") or {}).get("attachments") or []:
            for action in check_fields(attachment, ["actions"], ["fallback", "text"])["actions"]:
                check_fields(action, ["id", "name", "integration"], ["type", "style"])
                check(IDENTIFIER.fullmatch(action["id"]), "an action's id is letters and digits")
                integration = check_fields(action["integration"], ["url", "context"])
                check(integration["url"].startswith("https://"), "the integration's address is public")
                name = check_text(action["name"], 64, "an action's name")
                buttons.append(Button(name, integration["context"]["payload"]))
        return body["channel_id"], Shown(re.sub(r"\\([\\`*_\[\]~|<>#+])", r"\1", text), tuple(buttons), body)

    def accepted(self, shown: Shown | None) -> web.Response:
        """The post."""
        return web.json_response({"id": f"post{self.number()}"}, status=201)

    def refused(self, status: int, reason: str) -> web.Response:
        """The server's error."""
        return web.json_response({"id": "api.error", "message": reason, "status_code": status}, status=status)

    def _post(self, user: str, content: Mapping[str, Any]) -> Webhook:
        post = f"post{self.number()}"
        root = self._roots.setdefault(user, post)
        body = {
            "token": HOOK_TOKEN,
            "team_id": "team1",
            "team_domain": "demarches",
            "channel_id": user,
            "channel_name": user,
            "timestamp": 1_763_700_000,
            "user_id": f"person{user}",
            "user_name": "dominique",
            "post_id": post,
            "root_id": "" if root == post else root,
            "trigger_word": "carte",
            **content,
        }
        return self.signed(as_json(body))
