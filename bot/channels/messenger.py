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

from bot.channels import markup
from bot.channels.delivery import Rate
from bot.channels.mailbox import Call, Incoming
from bot.channels.messaging import Unreadable, Variable, json_object, text_or_none
from bot.channels.meta import GRAPH_URL, MetaChannel
from bot.channels.rendering import ChoiceStyle, Part, Shape

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
    shape = Shape(
        format=markup.plain,
        limit=MAX_TEXT,
        styles=(ChoiceStyle("quick_replies", most=13, title=20, payload=1000, text=MAX_TEXT),),
    )
    rate = Rate(per_second=40, burst=40)
    rate_of_one = Rate(per_second=1, burst=5)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "messenger"

    def events(self, request: Request) -> Iterable[Incoming]:
        """Every message and tapped button of the batch; echoes, receipts and reactions are left out."""
        body = json_object(request)
        if body.get("object") != "page":
            raise Unreadable
        for entry in body["entry"]:
            for event in entry.get("messaging") or ():
                yield from _event(event)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part, its buttons as quick replies."""
        return [Call("me/messages", _body(part, address)) for part in parts]


def _event(event: Mapping[str, Any]) -> Iterable[Incoming]:
    user = str(event["sender"]["id"])
    address = {"psid": user}
    message, postback = event.get("message"), event.get("postback")
    if message and not message.get("is_echo"):
        payload = (message.get("quick_reply") or {}).get("payload")
        yield Incoming(message["mid"], user, text_or_none(message.get("text")), payload, address)
    elif postback:
        key = postback.get("mid") or f"{user}:{event['timestamp']}:{postback['payload']}"
        if postback["payload"] == GET_STARTED:
            yield Incoming(key, user, GREETING, address=address)
        else:
            yield Incoming(key, user, postback.get("title") or "", postback["payload"], address)


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"text": part.text}
    if part.choices:
        message["quick_replies"] = [
            {"content_type": "text", "title": choice.title, "payload": choice.wire} for choice in part.choices
        ]
    return {"recipient": {"id": address["psid"]}, "messaging_type": "RESPONSE", "message": message}
