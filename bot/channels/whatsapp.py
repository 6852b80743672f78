"""WhatsApp, by Meta's Cloud API.

Rasa has no connector for it, only Twilio's. Up to three choices are reply buttons, up to ten a list, more
are numbered.
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
from bot.channels.notices import notice
from bot.channels.rendering import ChoiceStyle, Part, Shape

MAX_TEXT = 4096
# Messages that are no one's words: a reaction to ours, a change of number.
LEFT_OUT = frozenset({"reaction", "system", "request_welcome"})


class WhatsAppChannel(MetaChannel):
    """A number on the Cloud API."""

    access_token = Variable("WHATSAPP_ACCESS_TOKEN", "the access token of a system user")
    number = Variable("WHATSAPP_PHONE_NUMBER_ID", "the number's identifier (not the number)")
    app_secret = Variable("WHATSAPP_APP_SECRET", "the app's secret")
    verify_token = Variable("WHATSAPP_VERIFY_TOKEN", "a word of yours, typed again in the webhook's form")
    variables = (access_token, number, app_secret, verify_token, GRAPH_URL)
    shape = Shape(
        format=markup.whatsapp,
        limit=MAX_TEXT,
        styles=(
            ChoiceStyle("button", most=3, title=20, payload=256, text=1024),
            ChoiceStyle("list", most=10, title=24, payload=200, text=MAX_TEXT),
        ),
    )
    rate = Rate(per_second=80, burst=80)
    # One message every six seconds to the same person, after a burst.
    rate_of_one = Rate(per_second=1 / 6, burst=45)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "whatsapp"

    def events(self, request: Request) -> Iterable[Incoming]:
        """Every message and chosen button of the batch; statuses and reactions are left out."""
        for value in self._values(request):
            for message in value.get("messages") or ():
                if message.get("type") not in LEFT_OUT:
                    yield _event(message)

    def reports(self, request: Request) -> Iterable[str]:
        """The error codes of the messages that WhatsApp could not deliver in the end."""
        for value in self._values(request):
            for status in value.get("statuses") or ():
                if status.get("status") == "failed":
                    codes = ", ".join(str(error.get("code")) for error in status.get("errors") or ())
                    yield f"not delivered, error {codes}"

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part."""
        path = f"{self.values[self.number.name]}/messages"
        return [Call(path, _body(part, address)) for part in parts]

    def _values(self, request: Request) -> Iterable[Mapping[str, Any]]:
        body = json_object(request)
        if body.get("object") != "whatsapp_business_account":
            raise Unreadable
        for entry in body["entry"]:
            for change in entry["changes"]:
                metadata = change["value"].get("metadata") or {}
                # One webhook serves all numbers of an account; each message is answered by its own number.
                if metadata.get("phone_number_id") == self.values[self.number.name]:
                    yield change["value"]


def _event(message: Mapping[str, Any]) -> Incoming:
    user, address = str(message["from"]), {"to": str(message["from"])}
    kind = message.get("type")
    if kind == "interactive":
        interactive = message["interactive"]
        reply = interactive.get("button_reply") or interactive.get("list_reply")
        if reply:
            return Incoming(message["id"], user, reply["title"], reply["id"], address)
    text = text_or_none((message.get("text") or {}).get("body")) if kind == "text" else None
    return Incoming(message["id"], user, text, address=address)


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": address["to"],
    }
    if not part.choices:
        return {**body, "type": "text", "text": {"body": part.text, "preview_url": False}}
    if part.kind == "button":
        buttons = [
            {"type": "reply", "reply": {"id": choice.wire, "title": choice.title}} for choice in part.choices
        ]
        action: dict[str, Any] = {"buttons": buttons}
    else:
        rows = [{"id": choice.wire, "title": choice.title} for choice in part.choices]
        action = {"button": notice("utter_notice_open_list")["text"], "sections": [{"rows": rows}]}
    return {
        **body,
        "type": "interactive",
        "interactive": {"type": part.kind, "body": {"text": part.text}, "action": action},
    }
