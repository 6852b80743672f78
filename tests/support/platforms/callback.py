"""The two callbacks: a program and a carrier of letters, which sign and check signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.support.platforms.base import JSON, Button, Platform, Shown, Webhook, as_json
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

SECRET = "callback-secret"
HEADER = "X-Assistant-Signature"
TIME_HEADER = "X-Assistant-Timestamp"
OLD = 301


class Signed(Platform):
    """What both have in common; a call that comes again with its key is taken once."""

    prefix: str
    attachments = ("file",)

    def __init__(self) -> None:
        """No key seen yet."""
        super().__init__()
        self._keys: set[str] = set()

    def environment(self, address: str) -> dict[str, str]:
        """Address and secret."""
        return {f"{self.prefix}_URL": address, f"{self.prefix}_SECRET": SECRET}

    def signed(self, body: bytes, kind: str = JSON, at: int | None = None, secret: str = SECRET) -> Webhook:
        """With the shared secret, at that time."""
        timestamp = str(int(time.time()) if at is None else at)
        digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return Webhook(body, {"Content-Type": kind, TIME_HEADER: timestamp, HEADER: f"sha256={digest}"})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No signature, another secret's, no time, an old time signed rightly, a changed time or body."""
        body, now = webhook.body, int(time.time())
        return [
            webhook.with_headers(**{HEADER: ""}),
            webhook.with_headers(**{HEADER: "sha256=guess"}),
            self.signed(body, secret="another-secret"),
            webhook.with_headers(**{TIME_HEADER: ""}),
            webhook.with_headers(**{TIME_HEADER: str(now + 1)}),
            self.signed(body, at=now - OLD),
            webhook.with_body(body + b" "),
        ]

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the signature and drops a copy."""
        body = await request.read()
        timestamp = request.headers.get(TIME_HEADER, "")
        if request.headers.get(HEADER) != self.signed(body, at=int(timestamp)).headers[HEADER]:
            raise Unauthorized
        key = request.headers["Idempotency-Key"]
        if key in self._keys:
            return None
        self._keys.add(key)
        return self.read(json.loads(body))

    def read(self, body: Mapping[str, Any]) -> tuple[str, Shown]:
        """Who sees what."""
        raise NotImplementedError

    def accepted(self, shown: Shown | None) -> web.Response:
        """Nothing to say."""
        return web.json_response({})


class Callback(Signed):
    """A program."""

    channel = "callback"
    prefix = "CALLBACK"

    def says(self, user: str, text: str) -> Webhook:
        """A message."""
        return self.signed(as_json({"id": str(self.number()), "sender": user, "message": text}))

    def sends(self, user: str, kind: str) -> Webhook:
        """A message that is no text."""
        return self.signed(
            as_json({"id": str(self.number()), "sender": user, "message": {"file": "photo.jpg"}})
        )

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A button."""
        body = {"id": str(self.number()), "sender": user, "message": button.title, "payload": button.wire}
        return self.signed(as_json(body))

    def read(self, body: Mapping[str, Any]) -> tuple[str, Shown]:
        """All messages of the answer in one."""
        check_fields(body, ["in_reply_to", "sender", "messages"])
        buttons: list[Button] = []
        for message in body["messages"]:
            check_fields(message, ["text", "buttons", "sources"])
            buttons += [Button(button["title"], button["payload"]) for button in message["buttons"]]
        text = "\n\n".join(check_text(message["text"], 100_000, "text") for message in body["messages"])
        return body["sender"], Shown(text, tuple(buttons), body)


class Mail(Signed):
    """A carrier of letters."""

    channel = "mail"
    prefix = "MAIL_CALLBACK"

    def person(self, rank: int) -> str:
        """An address."""
        return f"personne{rank}@example.fr"

    def says(self, user: str, text: str) -> Webhook:
        """A letter that quotes the one before and ends with a signature."""
        quoted = "".join(f"> {line}\n" for shown in self.shown[user][-1:] for line in shown.text.splitlines())
        history = (
            f"\nLe 21 nov. 2026 à 10:00, Assistant <bot@example.fr> a écrit :\n{quoted}" if quoted else ""
        )
        return self.letter(user, f"{text}\n-- \nDominique\n{history}")

    def sends(self, user: str, kind: str) -> Webhook:
        """A letter without words."""
        return self.letter(user, "", subject="")

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """There are no buttons here."""
        raise NotImplementedError

    def read(self, body: Mapping[str, Any]) -> tuple[str, Shown]:
        """One letter."""
        check_fields(body, ["to", "subject", "text", "in_reply_to", "headers"])
        check(body["subject"].startswith("Re: ") and "\n" not in body["subject"], "a subject of one line")
        return body["to"], Shown(check_text(body["text"], 100_000, "text"), (), body)

    def letter(self, user: str, text: str, subject: str = "Carte grise perdue", **more: Any) -> Webhook:
        """A letter as its carrier hands it over."""
        identifier = f"<{self.number()}@example.fr>"
        return self.signed(
            as_json({"message_id": identifier, "from": user, "subject": subject, "text": text, **more})
        )
