"""Telegram, by the Bot API.

Rasa's own connector checks no secret token and asks ``getMe`` at every message instead, answers within the
webhook (so Telegram repeats a slow update, which is answered again), sends a place as JSON text, puts all
buttons in one row, fails on a payload over 64 bytes, leaves the tapped button spinning, and drops a message
that the platform refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sanic.request import Request

from bot.channels.delivery import markup
from bot.channels.delivery.refusals import STOPPED, UNREACHABLE
from bot.channels.delivery.rendering import ChoiceStyle, Part, PlatformLimits
from bot.channels.delivery.types import Call, DeliveryResult, Incoming, Rate
from bot.channels.platforms import signatures
from bot.channels.platforms.messaging_channel import (
    MessagingChannel,
    Variable,
    by_status,
    identifier,
    json_object,
    parse_object,
    seconds_of,
    text_or_none,
)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_TEXT = 4096
# What a client's menu sends, as words that the assistant understands.
COMMANDS = {"/start": "bonjour", "/help": "aide", "/aide": "aide"}
# What comes from a person and is not opened, perhaps with words below it; service messages hold none of it.
ATTACHED = frozenset(
    ("animation", "audio", "contact", "document", "location", "paid_media", "photo", "venue", "video")
    + ("video_note", "voice")
)
# What a person sends that nobody would take for a question.
WORDLESS = frozenset(("checklist", "dice", "game", "poll", "sticker", "story"))


class TelegramChannel(MessagingChannel):
    """A bot of Telegram."""

    variables = (
        Variable("TELEGRAM_BOT_TOKEN", "the bot's token, given by @BotFather"),
        Variable("TELEGRAM_SECRET_TOKEN", "the secret_token given to setWebhook"),
        Variable("TELEGRAM_API_URL", "the Bot API's address", default="https://api.telegram.org"),
    )
    shape = PlatformLimits(
        format=markup.telegram,
        limit=MAX_TEXT,
        # Clients cut a longer title; the payload's limit is the platform's.
        styles=(ChoiceStyle("keyboard", most=20, title=40, payload=64, text=MAX_TEXT),),
    )
    rate = Rate(per_second=30, burst=30)
    rate_of_one = Rate(per_second=1, burst=5)
    # The person blocked the bot or closed their account; the chat is no more.
    known_refusals = {"blocked": STOPPED, "deactivated": STOPPED, "kicked": STOPPED, "chat": UNREACHABLE}

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "telegram"

    @property
    def key(self) -> str:
        """The bot's token."""
        return self.values["TELEGRAM_BOT_TOKEN"]

    def is_authentic(self, request: Request) -> bool:
        """True where the request bears the secret token that was given to setWebhook."""
        return signatures.same(request.headers.get(SECRET_HEADER), self.values["TELEGRAM_SECRET_TOKEN"])

    def events(self, request: Request) -> Iterable[Any]:
        """The update."""
        return [json_object(request)]

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message or tapped button; edits, channel posts and service messages are left out."""
        if "message" in event:
            yield from _message(f"{event['update_id']}", event["message"])
        elif "callback_query" in event:
            yield from _tap(f"{event['update_id']}", event["callback_query"])

    def receipts(self, address: Mapping[str, Any]) -> list[Call]:
        """Stops the spinner of the tapped button."""
        query = address.get("callback_query_id")
        body = {"callback_query_id": query}
        return [Call("answerCallbackQuery", body, optional=True)] if query else []

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One sendMessage a part, a button a row."""
        return [Call("sendMessage", _body(part, address)) for part in parts]

    def address_of(self, call: Call) -> str:
        """The method's address, which holds the token."""
        return f"{self.values['TELEGRAM_API_URL']}/bot{self.values['TELEGRAM_BOT_TOKEN']}/{call.path}"

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """By the status, with the pause that Telegram asks for in the body."""
        verdict = by_status(status, headers)
        if verdict.outcome == "sent":
            return verdict
        try:
            error = parse_object(content)
        except Exception:
            return verdict
        asked = seconds_of((error.get("parameters") or {}).get("retry_after"))
        return DeliveryResult(verdict.outcome, f"{verdict.reason}: {error.get('description', '')}", asked)


def _message(key: str, message: Mapping[str, Any]) -> Iterable[Incoming]:
    sender = message.get("from") or {}
    text = text_or_none(message.get("text")) or text_or_none(message.get("caption"))
    attached = not ATTACHED.isdisjoint(message.keys())
    is_private = message["chat"].get("type") == "private"
    # In a group nobody speaks to the bot by a sticker.
    is_wordless = is_private and not WORDLESS.isdisjoint(message.keys())
    if sender.get("is_bot") or not (text is not None or attached or is_wordless):
        return
    words = COMMANDS.get(text.partition("@")[0].partition(" ")[0], text) if text else None
    address = _address(message)
    if not is_private:
        address["reply_to"] = message["message_id"]
    yield Incoming(key, _user(message, sender), words, address=address, attached=attached)


def _tap(key: str, query: Mapping[str, Any]) -> Iterable[Incoming]:
    message = query.get("message")
    if message is None or not query.get("data"):
        return
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    buttons = [button for row in rows for button in row]
    titles = [button["text"] for button in buttons if button.get("callback_data") == query["data"]]
    address = {**_address(message), "callback_query_id": query["id"]}
    user = _user(message, query["from"])
    yield Incoming(key, user, titles[0] if titles else "", query["data"], address)


def _address(message: Mapping[str, Any]) -> dict[str, Any]:
    """The chat, with the topic in it where there are topics: what is sent without it goes elsewhere."""
    chat = message["chat"]["id"]
    identifier(chat)
    address = {"chat_id": chat}
    # An ordinary reply has a thread's number too, by which nothing can be sent.
    if message.get("is_topic_message") and message.get("message_thread_id"):
        address["message_thread_id"] = message["message_thread_id"]
    topic = (message.get("direct_messages_topic") or {}).get("topic_id")
    return {**address, "direct_messages_topic_id": topic} if topic else address


def _user(message: Mapping[str, Any], sender: Mapping[str, Any]) -> str:
    """In a group each person has a conversation of their own, and in each topic another."""
    chat = message["chat"]
    names = [chat["id"]] if chat.get("type") == "private" else [chat["id"], sender.get("id")]
    topics = [value for name, value in _address(message).items() if name != "chat_id"]
    return ":".join(str(name) for name in (*names, *topics))


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "chat_id": address["chat_id"],
        "text": part.text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    for topic in ("message_thread_id", "direct_messages_topic_id"):
        if address.get(topic):
            body[topic] = address[topic]
    if address.get("reply_to"):
        body["reply_parameters"] = {"message_id": address["reply_to"], "allow_sending_without_reply": True}
    if part.choices:
        rows = [[{"text": choice.title, "callback_data": choice.wire}] for choice in part.choices]
        body["reply_markup"] = {"inline_keyboard": rows}
    return body
