"""Telegram's Bot API: sendMessage and answerCallbackQuery, updates with a secret token."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

from tests.support.platforms.base import JSON, Button, Platform, Shown, Webhook, as_json
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "telegram-secret-token_1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
TAGS = frozenset("b strong i em u ins s strike del code pre a blockquote".split())
ATTACHMENTS: Mapping[str, Any] = {
    "photo": [{"file_id": "AgAD", "file_unique_id": "AQAD", "width": 90, "height": 67, "file_size": 1253}],
    "voice": {"file_id": "AwAC", "file_unique_id": "AgAD", "duration": 3, "mime_type": "audio/ogg"},
    "sticker": {"file_id": "CAAC", "file_unique_id": "AgAD", "type": "regular", "width": 512, "height": 512},
    "location": {"latitude": 48.8566, "longitude": 2.3522},
}


class Telegram(Platform):
    """A bot's private chats."""

    channel = "telegram"
    wordless = ("sticker",)

    def environment(self, address: str) -> dict[str, str]:
        """Token, secret token, address."""
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_SECRET_TOKEN": SECRET,
            "TELEGRAM_API_URL": address,
        }

    def person(self, rank: int) -> str:
        """A chat's number."""
        return str(7_000_000 + rank)

    def says(self, user: str, text: str) -> Webhook:
        """An update with a message."""
        return self.update({"message": {**self.message(user), "text": text}})

    def sends(self, user: str, kind: str) -> Webhook:
        """An update with an attachment."""
        return self.update({"message": {**self.message(user), kind: ATTACHMENTS[kind]}})

    def captions(self, user: str, text: str) -> Webhook:
        """An update with a photo and the words below it."""
        return self.update(
            {"message": {**self.message(user), "photo": ATTACHMENTS["photo"], "caption": text}}
        )

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """An update with a callback query, which holds the message and its keyboard."""
        message = {**self.message(user), "text": shown.text, "reply_markup": shown.call["reply_markup"]}
        query = {
            "id": str(4_382_000_000 + self.number()),
            "from": self._person(user),
            "message": message,
            "chat_instance": "-38",
            "data": button.wire,
        }
        return self.update({"callback_query": query})

    def signed(self, body: bytes, kind: str = JSON) -> Webhook:
        """With the secret token."""
        return Webhook(body, {"Content-Type": kind, HEADER: SECRET})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No token, another one, the bot's own, a longer one."""
        wrong = ("", "guess", TOKEN, f"{SECRET}x")
        return [webhook.with_headers(**{HEADER: value}) for value in wrong]

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the method's fields, the HTML and the keyboard."""
        token, _, method = request.match_info["path"].removeprefix("bot").partition("/")
        if token != TOKEN:
            raise Unauthorized
        body = await request.json()
        if method == "answerCallbackQuery":
            check_fields(body, ["callback_query_id"], ["text", "show_alert"])
            return None
        check(method == "sendMessage", f"no method {method}")
        check_fields(
            body,
            ["chat_id", "text"],
            ["parse_mode", "link_preview_options", "reply_markup", "reply_parameters"]
            + ["message_thread_id", "direct_messages_topic_id"],
        )
        check(isinstance(body["chat_id"], int), "chat_id is a number")
        check(body.get("parse_mode") == "HTML", "formatted text needs a parse_mode")
        text = check_text(_plain(body["text"]), 4096, "text after entities parsing")
        return str(body["chat_id"]), Shown(text, _buttons(body), body)

    def accepted(self, shown: Shown | None) -> web.Response:
        """The message, or true."""
        result: object = {"message_id": self.number(), "date": 1_763_700_000} if shown else True
        return web.json_response({"ok": True, "result": result})

    def refused(self, status: int, reason: str) -> web.Response:
        """The error, with the pause to keep where there were too many calls."""
        error: dict[str, Any] = {"ok": False, "error_code": status, "description": reason}
        if status == 429:
            error["parameters"] = {"retry_after": 1}
        return web.json_response(error, status=status)

    def update(self, content: Mapping[str, Any]) -> Webhook:
        """A new update with that content."""
        return self.signed(as_json({"update_id": 10_000 + self.number(), **content}))

    def message(self, user: str) -> dict[str, Any]:
        """A private message without its content."""
        return {
            "message_id": self.number(),
            "from": self._person(user),
            "chat": {"id": int(user), "first_name": "Dominique", "type": "private"},
            "date": 1_763_700_000,
        }

    def _person(self, user: str) -> dict[str, Any]:
        return {"id": int(user), "is_bot": False, "first_name": "Dominique", "language_code": "fr"}


class _Entities(HTMLParser):
    """Telegram's HTML: known tags, each closed in its order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        check(tag in TAGS, f"unsupported start tag <{tag}>")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        check(self.open and self.open.pop() == tag, f"unmatched end tag </{tag}>")

    def handle_data(self, data: str) -> None:
        check("<" not in data, "a bare <")
        self.text.append(data)


def _plain(text: str) -> str:
    bare = text.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").replace("&quot;", "")
    check("&" not in bare, "a bare &")
    parser = _Entities()
    # The parser would take an escaped sign for a bare one: look at the tags first, then at the text.
    parser.feed(text.replace("&lt;", "‹").replace("&gt;", "›"))
    parser.close()
    check(not parser.open, "a tag is not closed")
    return "".join(parser.text)


def _buttons(body: Mapping[str, Any]) -> tuple[Button, ...]:
    if "reply_markup" not in body:
        return ()
    rows = check_fields(body["reply_markup"], ["inline_keyboard"])["inline_keyboard"]
    check(all(1 <= len(row) <= 8 for row in rows), "1 to 8 buttons a row")
    buttons = [check_fields(button, ["text", "callback_data"]) for row in rows for button in row]
    check(1 <= len(buttons) <= 100, "1 to 100 buttons")
    for button in buttons:
        check_text(button["text"], 64, "a button's text")
        check(1 <= len(button["callback_data"].encode()) <= 64, "callback_data is 1 to 64 bytes")
    return tuple(Button(button["text"], button["callback_data"]) for button in buttons)
