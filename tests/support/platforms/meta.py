"""Meta's Graph API: Messenger's Send API and WhatsApp's Cloud API, webhooks signed with SHA-256."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.support.platforms.base import JSON, Button, Platform, Shown, Webhook, as_json
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

APP_SECRET = "5f1c9d2e7b3a4c6d8e9f0a1b2c3d4e5f"
ACCESS_TOKEN = "EAAJB-access-token"
VERIFY_TOKEN = "mot-de-passe-du-formulaire"
PAGE = "682498302938465"
PHONE_NUMBER_ID = "106540352242922"
ACCOUNT = "102290129340398"
HEADER = "X-Hub-Signature-256"


class Meta(Platform):
    """What both have in common."""

    host = "meta"
    path: str

    async def owns(self, request: web.Request) -> bool:
        """By the path."""
        return request.match_info["path"] == self.path

    def signed(self, body: bytes, kind: str = JSON) -> Webhook:
        """With the app's secret."""
        return Webhook(body, {"Content-Type": kind, HEADER: _sign(body, APP_SECRET)})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No signature, an empty one, another secret's, the old hash, a changed body, a bare hash."""
        body = webhook.body
        right = webhook.headers[HEADER]
        sha1 = hmac.new(APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
        forged = (
            "",
            "sha256=",
            _sign(body, "another-secret"),
            f"sha1={sha1}",
            right.removeprefix("sha256="),
            right[:-1],
        )
        altered = webhook.with_body(body.replace(b'"object"', b'"0bject"', 1))
        return [*(webhook.with_headers(**{HEADER: value}) for value in forged), altered]

    def refused(self, status: int, reason: str) -> web.Response:
        """Meta's error object; a rate limit comes with its own code."""
        codes = {401: 190, 429: 4, 400: 100}
        error = {
            "message": reason,
            "type": "OAuthException",
            "code": codes.get(status, 2),
            "fbtrace_id": "A8x",
        }
        return web.json_response({"error": error}, status=400 if status == 429 else status)

    async def _body(self, request: web.Request) -> Mapping[str, Any]:
        if request.headers.get("Authorization") != f"Bearer {ACCESS_TOKEN}":
            raise Unauthorized
        body: Mapping[str, Any] = await request.json()
        return body


class Messenger(Meta):
    """A page's inbox."""

    channel = "messenger"
    path = "me/messages"
    attachments = ("image", "audio", "video", "file", "location")

    def environment(self, address: str) -> dict[str, str]:
        """Token, secret, word of verification, address."""
        return {
            "MESSENGER_PAGE_TOKEN": ACCESS_TOKEN,
            "MESSENGER_APP_SECRET": APP_SECRET,
            "MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
            "META_GRAPH_URL": address,
        }

    def person(self, rank: int) -> str:
        """A page-scoped identifier."""
        return str(4_900_000_000_000_000 + rank)

    def says(self, user: str, text: str) -> Webhook:
        """A message."""
        return self.event(user, {"message": {"mid": f"m_{self.number()}", "text": text}})

    def sends(self, user: str, kind: str) -> Webhook:
        """A message with an attachment."""
        payload: dict[str, Any] = {"url": "https://scontent.example.org/file"}
        if kind == "location":
            payload = {"coordinates": {"lat": 48.8566, "long": 2.3522}}
        attachment = {"type": kind, "payload": payload}
        return self.event(user, {"message": {"mid": f"m_{self.number()}", "attachments": [attachment]}})

    def captions(self, user: str, text: str) -> Webhook:
        """A message with words and an attachment."""
        attachment = {"type": "image", "payload": {"url": "https://scontent.example.org/file"}}
        message = {"mid": f"m_{self.number()}", "text": text, "attachments": [attachment]}
        return self.event(user, {"message": message})

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A quick reply: its title as text, its payload beside it."""
        reply = {"mid": f"m_{self.number()}", "text": button.title, "quick_reply": {"payload": button.wire}}
        return self.event(user, {"message": reply})

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the Send API's fields and the quick replies."""
        check(request.match_info["path"] == self.path, "no such path")
        body = check_fields(await self._body(request), ["recipient", "messaging_type", "message"])
        check(body["messaging_type"] == "RESPONSE", "an answer is a RESPONSE")
        user = check_fields(body["recipient"], ["id"])["id"]
        message = check_fields(body["message"], ["text"], ["quick_replies"])
        text = check_text(message["text"], 2000, "text")
        replies = message.get("quick_replies") or []
        check(len(replies) <= 13, "at most 13 quick replies")
        for reply in replies:
            check_fields(reply, ["content_type", "title", "payload"])
            check(reply["content_type"] == "text", "a quick reply is a text")
            check_text(reply["title"], 20, "a quick reply's title")
            check_text(reply["payload"], 1000, "a quick reply's payload")
        return user, Shown(text, tuple(Button(reply["title"], reply["payload"]) for reply in replies), body)

    def accepted(self, shown: Shown | None) -> web.Response:
        """The message's identifier."""
        return web.json_response({"recipient_id": "1", "message_id": f"m_{self.number()}"})

    def event(self, user: str, content: Mapping[str, Any]) -> Webhook:
        """A new event from that person."""
        event = {"sender": {"id": user}, "recipient": {"id": PAGE}, "timestamp": 1_763_700_000_000, **content}
        return self.signed(
            as_json(
                {"object": "page", "entry": [{"id": PAGE, "time": 1_763_700_000_000, "messaging": [event]}]}
            )
        )


class WhatsApp(Meta):
    """A number on the Cloud API."""

    channel = "whatsapp"
    path = f"{PHONE_NUMBER_ID}/messages"
    attachments = ("image", "audio", "video", "document", "location", "contacts")
    wordless = ("sticker", "unsupported", "unknown", "order")

    def environment(self, address: str) -> dict[str, str]:
        """Token, number, secret, word of verification, address."""
        return {
            "WHATSAPP_ACCESS_TOKEN": ACCESS_TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
            "META_GRAPH_URL": address,
        }

    def person(self, rank: int) -> str:
        """A telephone number without its plus (numbers kept for fiction)."""
        return f"3363998{rank:04d}"

    def says(self, user: str, text: str) -> Webhook:
        """A message."""
        return self.sends_content(user, {"type": "text", "text": {"body": text}})

    def captions(self, user: str, text: str) -> Webhook:
        """A picture with words below it."""
        image = {"id": "1003383421387256", "mime_type": "image/jpeg", "caption": text}
        return self.sends_content(user, {"type": "image", "image": image})

    def edits(self, user: str, text: str) -> Webhook:
        """The words of an earlier message, changed."""
        edit = {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": text}}}
        return self.sends_content(user, {"type": "edit", "edit": edit})

    def revokes(self, user: str) -> Webhook:
        """An earlier message, taken back."""
        return self.sends_content(user, {"type": "revoke", "revoke": {"original_message_id": "wamid.1"}})

    def sends(self, user: str, kind: str) -> Webhook:
        """A message with an attachment."""
        content: object = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "dfe"}
        if kind == "location":
            content = {"latitude": 48.8566, "longitude": 2.3522}
        if kind == "contacts":
            content = [{"name": {"formatted_name": "Dominique", "first_name": "Dominique"}}]
        return self.sends_content(user, {"type": kind, kind: content})

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A reply to a button or to a row of a list."""
        kind = "button_reply" if shown.call["interactive"]["type"] == "button" else "list_reply"
        reply = {"type": kind, kind: {"id": button.wire, "title": button.title}}
        return self.sends_content(user, {"type": "interactive", "interactive": reply})

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks texts, reply buttons and lists."""
        check(request.match_info["path"] == self.path, "no such path")
        body = check_fields(
            await self._body(request),
            ["messaging_product", "type"],
            ["to", "recipient", "recipient_type", "text", "interactive", "template"],
        )
        check(("to" in body) != ("recipient" in body), "a number or an identifier")
        user = body.get("to") or body["recipient"]
        check(body["messaging_product"] == "whatsapp", "messaging_product is whatsapp")
        if body["type"] == "text":
            text = check_fields(body["text"], ["body"], ["preview_url"])["body"]
            return user, Shown(check_text(text, 4096, "body"), (), body)
        if body["type"] == "template":
            template = check_fields(body["template"], ["name", "language", "components"])
            (value,) = template["components"][0]["parameters"]
            check("\n" not in value["text"], "a template's value is one line")
            return user, Shown(check_text(value["text"], 1024, "a template's value"), (), body)
        check(body["type"] == "interactive", "a text or an interactive message")
        interactive = check_fields(body["interactive"], ["type", "body", "action"])
        text = check_fields(interactive["body"], ["text"])["text"]
        if interactive["type"] == "button":
            check_text(text, 1024, "body above buttons")
            buttons = _reply_buttons(interactive["action"])
        else:
            check(interactive["type"] == "list", "buttons or a list")
            check_text(text, 4096, "body above a list")
            buttons = _rows(interactive["action"])
        titles = [button.title for button in buttons]
        check(len(set(titles)) == len(titles), "titles are unique")
        return user, Shown(text, buttons, body)

    def accepted(self, shown: Shown | None) -> web.Response:
        """The message's identifier."""
        return web.json_response(
            {"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": f"wamid.{self.number()}"}]}
        )

    def statuses(self, user: str, status: str, code: int | None = None, message: str = "wamid.1") -> Webhook:
        """What became of a message of ours."""
        entry: dict[str, Any] = {
            "id": message,
            "status": status,
            "timestamp": "1763700000",
            "recipient_id": user,
        }
        if code is not None:
            entry["errors"] = [{"code": code, "title": "Message undeliverable"}]
        return self._value({"statuses": [entry]})

    def sends_content(self, user: str, content: Mapping[str, Any]) -> Webhook:
        """A message of any kind, of a number or of who hides it (an identifier such as FR.1349)."""
        sender = {"from_user_id": user} if "." in user else {"from": user}
        message = {**sender, "id": f"wamid.HBg{self.number()}", "timestamp": "1763700000", **content}
        named = {"user_id": user} if "." in user else {"wa_id": user}
        contacts = [{"profile": {"name": "Dominique"}, **named}]
        return self._value({"contacts": contacts, "messages": [message]})

    def _value(self, content: Mapping[str, Any]) -> Webhook:
        metadata = {"display_phone_number": "33639980000", "phone_number_id": PHONE_NUMBER_ID}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **content}
        changes = [{"value": value, "field": "messages"}]
        return self.signed(
            as_json({"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": changes}]})
        )


def _reply_buttons(action: object) -> tuple[Button, ...]:
    buttons = check_fields(action, ["buttons"])["buttons"]
    check(1 <= len(buttons) <= 3, "1 to 3 reply buttons")
    found = []
    for button in buttons:
        check_fields(button, ["type", "reply"])
        reply = check_fields(button["reply"], ["id", "title"])
        check(reply["id"] == reply["id"].strip(), "an id has no space at its ends")
        check_text(reply["id"], 256, "a button's id")
        found.append(Button(check_text(reply["title"], 20, "a button's title"), reply["id"]))
    return tuple(found)


def _rows(action: object) -> tuple[Button, ...]:
    fields = check_fields(action, ["button", "sections"])
    check_text(fields["button"], 20, "a list's button")
    check(1 <= len(fields["sections"]) <= 10, "1 to 10 sections")
    rows = [
        row for section in fields["sections"] for row in check_fields(section, ["rows"], ["title"])["rows"]
    ]
    check(1 <= len(rows) <= 10, "1 to 10 rows")
    for row in rows:
        check_fields(row, ["id", "title"], ["description"])
        check_text(row["id"], 200, "a row's id")
        check_text(row["title"], 24, "a row's title")
    return tuple(Button(row["title"], row["id"]) for row in rows)


def _sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
