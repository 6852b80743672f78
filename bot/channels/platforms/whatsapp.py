"""WhatsApp, by Meta's Cloud API.

Rasa has no connector for it, only Twilio's. Up to three choices are reply buttons, up to ten a list, more
are numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sanic.request import Request

from bot.channels.delivery import markup
from bot.channels.delivery.message_queue import DAY
from bot.channels.delivery.refusals import STOPPED, UNREACHABLE, WINDOW
from bot.channels.delivery.rendering import ChoiceStyle, Part, PlatformLimits
from bot.channels.delivery.types import Call, Incoming, Rate, Report
from bot.channels.platforms.messaging_channel import (
    Variable,
    identifier,
    items,
    json_object,
    parse_object,
    text_or_none,
)
from bot.channels.platforms.meta import GRAPH_URL, MetaChannel
from bot.channels.turns.system_messages import notice

MAX_TEXT = 4096
# What a template's text leaves to its value.
MAX_TEMPLATE_VALUE = 900
# Messages that are no one's words: a reaction to ours, a change of number, a message taken back.
LEFT_OUT = frozenset({"reaction", "system", "request_welcome", "revoke", "ephemeral"})
# What a person sends and nobody opens, perhaps with words below it.
ATTACHED = frozenset({"audio", "contacts", "document", "image", "location", "video", "voice"})


class WhatsAppChannel(MetaChannel):
    """A number on the Cloud API."""

    access_token = Variable("WHATSAPP_ACCESS_TOKEN", "the access token of a system user")
    number = Variable("WHATSAPP_PHONE_NUMBER_ID", "the number's identifier (not the number)")
    app_secret = Variable("WHATSAPP_APP_SECRET", "the app's secret")
    verify_token = Variable("WHATSAPP_VERIFY_TOKEN", "a word of yours, typed again in the webhook's form")
    template = Variable(
        "WHATSAPP_TEMPLATE",
        "an approved template, such as reponse_du_guichet/fr, by which a mediator answers after 24 hours",
        default="",
    )
    variables = (access_token, number, app_secret, verify_token, GRAPH_URL, template)
    shape = PlatformLimits(
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
    window = DAY
    # Outside the window; no account, or one that takes nothing from us; the person wants to hear no more.
    known_refusals = {"131047": WINDOW, "131026": UNREACHABLE, "131050": STOPPED}

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "whatsapp"

    def events(self, request: Request) -> Iterable[Any]:
        """Every message and status of the batch, each under its kind, with our number that it concerns."""
        for entry in items(json_object(request), "entry"):
            for change in items(entry, "changes"):
                value = change.get("value") if isinstance(change, Mapping) else None
                for kind in ("messages", "statuses"):
                    # One webhook serves all numbers of an account; each message is answered by its own.
                    if self._is_ours(value):
                        yield from ({kind: each} for each in items(value, kind))

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message or chosen button; reactions and messages taken back are left out."""
        message = event.get("messages")
        if message is not None and message.get("type") not in LEFT_OUT:
            read = _event(message)
            # An edit that changes no words asks nothing anew.
            if message.get("type") != "edit" or read.text:
                yield read

    def reports(self, event: Any) -> Iterable[Report]:
        """The error codes of a message that WhatsApp could not deliver in the end."""
        status = event.get("statuses")
        if status is not None and status.get("status") == "failed":
            codes = ", ".join(str(error.get("code")) for error in items(status, "errors"))
            yield Report(f"not delivered, error {codes}", identifier(status.get("id")))

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part."""
        path = f"{self.values[self.number.name]}/messages"
        return [Call(path, _body(part, address)) for part in parts]

    def name_of_sent(self, content: bytes) -> str:
        """The message's identifier, under which WhatsApp tells what became of it."""
        return next((str(each["id"]) for each in items(parse_object(content), "messages")), "")

    @property
    def has_template(self) -> bool:
        """Whether a template is named."""
        return bool(self.values.get(self.template.name))

    def template_calls(self, messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]) -> list[Call]:
        """The template with the messages' words as its only value, which may hold no line break."""
        name, _, language = self.values[self.template.name].partition("/")
        text = " ".join(" ".join(str(message.get("text") or "") for message in messages).split())
        value = {"type": "text", "text": text[:MAX_TEMPLATE_VALUE]}
        template = {
            "name": name,
            "language": {"code": language or "fr"},
            "components": [{"type": "body", "parameters": [value]}],
        }
        path = f"{self.values[self.number.name]}/messages"
        return [Call(path, {**_envelope(address), "type": "template", "template": template})]

    def _is_ours(self, value: Any) -> bool:
        metadata = value.get("metadata") if isinstance(value, Mapping) else None
        number = metadata.get("phone_number_id") if isinstance(metadata, Mapping) else None
        return bool(number == self.values[self.number.name])


def _event(message: Mapping[str, Any]) -> Incoming:
    key, (user, address) = identifier(message.get("id")), _sender(message)
    kind = message.get("type")
    if kind == "interactive":
        interactive = message["interactive"]
        reply = interactive.get("button_reply") or interactive.get("list_reply")
        if reply:
            return Incoming(key, user, reply["title"], reply["id"], address)
    if kind == "button":
        # The quick reply of a template: its title is all that it says.
        return Incoming(key, user, text_or_none(message["button"].get("text")), address=address)
    if kind == "edit":
        # The new words, under the envelope that they had when they were sent first.
        edited = message["edit"].get("message") or message["edit"]
        return Incoming(key, user, _words(edited), address=address)
    return Incoming(key, user, _words(message), address=address, attached=kind in ATTACHED)


def _sender(message: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The person, and where an answer goes: the number, or the identifier of who shows none."""
    number = message.get("from")
    if number:
        return identifier(number), {"to": identifier(number)}
    user = identifier(message.get("from_user_id"))
    return user, {"recipient": user}


def _words(message: Mapping[str, Any]) -> str | None:
    """The text, or what is written below a picture."""
    content = message.get(str(message.get("type") or "text"))
    if not isinstance(content, Mapping):
        return None
    return text_or_none(content.get("body")) or text_or_none(content.get("caption"))


def _envelope(address: Mapping[str, Any]) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **address}


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    body = _envelope(address)
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
