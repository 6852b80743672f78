"""Facebook Messenger, by the Send API.

Rasa's own connector checks the old SHA-1 signature, or any hash that the request names, and answers 200 to
a wrong one; reads only the first message of a batch; answers within the webhook with blocking calls; takes
the address of an attachment for the person's words; above three buttons shows none; uses a template whose
text is limited to 640 characters for all others; and drops a message that the platform refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sanic.request import Request

from bot.channels.delivery import markup
from bot.channels.delivery.message_queue import DAY
from bot.channels.delivery.refusals import UNREACHABLE, WINDOW
from bot.channels.delivery.rendering import ChoiceStyle, Part, PlatformLimits
from bot.channels.delivery.types import Call, Incoming, Rate
from bot.channels.platforms.messaging_channel import Variable, identifier, items, json_object, text_or_none
from bot.channels.platforms.meta import GRAPH_URL, MetaChannel

MAX_TEXT = 2000
# The payload that docs/channels/messenger.md gives to the "get started" button.
GET_STARTED = "GET_STARTED"
GREETING = "bonjour"


class MessengerChannel(MetaChannel):
    """A page's inbox."""

    access_token = Variable("MESSENGER_PAGE_TOKEN", "the page's access token")
    app_secret = Variable("MESSENGER_APP_SECRET", "the app's secret")
    verify_token = Variable("MESSENGER_VERIFY_TOKEN", "a word of yours, typed again in the webhook's form")
    variables = (access_token, app_secret, verify_token, GRAPH_URL)
    shape = PlatformLimits(
        format=markup.plain,
        limit=MAX_TEXT,
        styles=(ChoiceStyle("quick_replies", most=13, title=20, payload=1000, text=MAX_TEXT),),
    )
    rate = Rate(per_second=40, burst=40)
    rate_of_one = Rate(per_second=1, burst=5)
    window = DAY
    # Outside the window; a person who cannot be written to.
    known_refusals = {"10": WINDOW, "551": UNREACHABLE}

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "messenger"

    def events(self, request: Request) -> Iterable[Any]:
        """Every event of the batch."""
        for entry in items(json_object(request), "entry"):
            yield from items(entry, "messaging")

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message, its new words or the tapped button; echoes, receipts and reactions are left out."""
        message, postback, edit = (event.get(name) for name in ("message", "postback", "message_edit"))
        if message and not message.get("is_echo") and not message.get("is_deleted"):
            yield _message(event, message)
        elif edit and text_or_none(edit.get("text")):
            user = _user(event)
            key = f"{identifier(edit.get('mid'))}:{edit.get('num_edit')}"
            yield Incoming(key, user, edit["text"], address={"psid": user})
        elif postback:
            yield _postback(event, postback)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part, its buttons as quick replies."""
        return [Call("me/messages", _body(part, address)) for part in parts]


def _user(event: Mapping[str, Any]) -> str:
    return identifier(event["sender"].get("id"))


def _message(event: Mapping[str, Any], message: Mapping[str, Any]) -> Incoming:
    user, key = _user(event), identifier(message.get("mid"))
    payload = (message.get("quick_reply") or {}).get("payload")
    attached = any(map(_is_opened_elsewhere, items(message, "attachments")))
    text = text_or_none(message.get("text"))
    return Incoming(key, user, text, payload, {"psid": user}, attached=attached)


def _is_opened_elsewhere(attachment: Mapping[str, Any]) -> bool:
    """Whether it is a file or a place: not a sticker, nor the preview of an address in the text."""
    payload = attachment.get("payload")
    is_sticker = isinstance(payload, Mapping) and payload.get("sticker_id")
    return not is_sticker and attachment.get("type") != "fallback"


def _postback(event: Mapping[str, Any], postback: Mapping[str, Any]) -> Incoming:
    user, payload = _user(event), postback["payload"]
    key = postback.get("mid") or f"{user}:{event['timestamp']}:{payload}"
    if payload == GET_STARTED:
        return Incoming(key, user, GREETING, address={"psid": user})
    return Incoming(key, user, postback.get("title") or "", payload, {"psid": user})


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"text": part.text}
    if part.choices:
        message["quick_replies"] = [
            {"content_type": "text", "title": choice.title, "payload": choice.wire} for choice in part.choices
        ]
    return {"recipient": {"id": address["psid"]}, "messaging_type": "RESPONSE", "message": message}
