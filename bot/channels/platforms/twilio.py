"""Text messages and WhatsApp, by Twilio.

Rasa's own connector checks no signature, so anyone may speak for any number; answers within the webhook with
blocking calls; turns a place into a payload; repeats a call only when Twilio's answer is empty; shows neither
buttons nor numbers; and sends French letters that more than double the price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from aiohttp import encode_basic_auth
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.delivery import button_resolution, markup
from bot.channels.delivery.message_queue import DAY
from bot.channels.delivery.refusals import STOPPED, UNREACHABLE, WINDOW
from bot.channels.delivery.rendering import Part, PlatformLimits
from bot.channels.delivery.types import Call, DeliveryResult, Incoming, Rate, Report
from bot.channels.platforms import signatures
from bot.channels.platforms.messaging_channel import (
    PUBLIC_URL,
    MalformedRequest,
    MessagingChannel,
    Variable,
    by_status,
    identifier,
    parse_object,
    text_or_none,
)
from bot.channels.platforms.sms_text import segments, to_gsm

MAX_TEXT = 1600
# Four segments: long enough for an answer in the short wording, short enough for every carrier to join.
MAX_UNITS = 4 * 153
STICKER = "image/webp"
# The words after which Twilio sends nothing more, or again (its own and those of France), in a text alone.
STOP_WORDS = frozenset(
    {"stop", "stopall", "stop sms", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"}
    | {"stop svp", "desabonnement", "desinscription"}
)
START_WORDS = frozenset({"start", "unstop", "debut", "reprise", "reprendre"})
# What a person says who takes messages again.
GREETING = "bonjour"
NOT_DELIVERED = frozenset({"failed", "undelivered"})

_ACCOUNT = (
    Variable("TWILIO_ACCOUNT_SID", "the account's SID", shared=True),
    Variable("TWILIO_AUTH_TOKEN", "the account's auth token, which also signs the webhooks", shared=True),
    Variable(PUBLIC_URL, "the server's public address, which Twilio signs", shared=True),
    Variable("TWILIO_API_URL", "Twilio's address", default="https://api.twilio.com", shared=True),
)


class TwilioChannel(MessagingChannel):
    """A number of Twilio's; a subclass names the variable that holds it."""

    number: ClassVar[str]
    needs_start = True
    # The person said STOP; the window of WhatsApp is closed; the number takes no message.
    known_refusals = {
        "21610": STOPPED,
        "63016": WINDOW,
        **dict.fromkeys(
            ("21211", "21612", "21614", "30003", "30004", "30005", "30006", "63003", "63024"), UNREACHABLE
        ),
    }

    @property
    def key(self) -> str:
        """The account's auth token."""
        return self.values["TWILIO_AUTH_TOKEN"]

    def is_authentic(self, request: Request) -> bool:
        """True where X-Twilio-Signature signs the public address and the form."""
        query = f"?{request.query_string}" if request.query_string else ""
        address = f"{self.values[PUBLIC_URL].rstrip('/')}{request.path}{query}"
        header = request.headers.get("X-Twilio-Signature")
        return signatures.twilio(self.key, address, _fields(request), header)

    def events(self, request: Request) -> Iterable[Any]:
        """The form's fields."""
        return [dict(_fields(request))]

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message; pictures and places, which come without words or beside them, are not opened."""
        if _status(event):
            return
        user, key = identifier(event.get("From")), identifier(event.get("MessageSid"))
        pictures, is_place = event.get("NumMedia", "0") != "0", bool(event.get("Latitude"))
        is_sticker = pictures and event.get("MediaContentType0") == STICKER
        # What stands beside a place is its name, not what the person says.
        text = None if is_place else text_or_none(event.get("Body"))
        consent = _consent(event, text or "")
        yield Incoming(
            key,
            user,
            GREETING if consent == "start" else text,
            address={"to": user},
            attached=(pictures and not is_sticker) or is_place,
            consent=consent,
        )

    def reports(self, event: Any) -> Iterable[Report]:
        """That a message was not delivered in the end, with Twilio's error code."""
        if _status(event) in NOT_DELIVERED:
            yield Report(
                f"not delivered, error {event.get('ErrorCode')}", identifier(event.get("MessageSid"))
            )

    def acknowledge(self, request: Request) -> HTTPResponse:
        """An empty TwiML: the answer comes by the API."""
        return response.raw(b"<Response/>", content_type="text/xml; charset=utf-8")

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part."""
        path = f"2010-04-01/Accounts/{self.values['TWILIO_ACCOUNT_SID']}/Messages.json"
        fields = {
            "To": address["to"],
            "From": self.values[self.number],
            # Twilio takes nearly every message and tells later whether it arrived.
            "StatusCallback": f"{self.values[PUBLIC_URL].rstrip('/')}/webhooks/{self.name()}/webhook",
        }
        return [Call(path, {**fields, "Body": part.text}) for part in parts]

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """By the status, with Twilio's code, which says why."""
        verdict = by_status(status, headers)
        if verdict.outcome == "sent":
            return verdict
        try:
            code = parse_object(content).get("code")
        except MalformedRequest:
            return verdict
        return replace(verdict, reason=f"{verdict.reason}: error {code}")

    def name_of_sent(self, content: bytes) -> str:
        """The message's SID."""
        return str(parse_object(content).get("sid") or "")

    def address_of(self, call: Call) -> str:
        """The account's address."""
        return f"{self.values['TWILIO_API_URL']}/{call.path}"

    def encode(self, call: Call, key: str) -> tuple[bytes, dict[str, str]]:
        """A form, with the account's name and token."""
        account = encode_basic_auth(self.values["TWILIO_ACCOUNT_SID"], self.values["TWILIO_AUTH_TOKEN"])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": account}
        return urlencode(dict(call.body)).encode(), headers


class SmsChannel(TwilioChannel):
    """Text messages: the short wording, numbered choices, the GSM alphabet."""

    number = "TWILIO_SMS_NUMBER"
    variables = (Variable("TWILIO_SMS_NUMBER", "the number, such as +33…"), *_ACCOUNT)
    shape = PlatformLimits(
        format=lambda text: to_gsm(markup.plain(text)),
        limit=MAX_UNITS,
        length=lambda text: segments(text).units,
    )
    rate = Rate(per_second=10, burst=10)
    rate_of_one = Rate(per_second=1, burst=5)

    @classmethod
    def name(cls) -> str:
        """The name in the address, which also chooses the short wording."""
        return "sms"


class TwilioWhatsAppChannel(TwilioChannel):
    """WhatsApp behind Twilio: its buttons need templates approved beforehand, so choices are numbered."""

    number = "TWILIO_WHATSAPP_NUMBER"
    variables = (Variable("TWILIO_WHATSAPP_NUMBER", "the number, such as whatsapp:+33…"), *_ACCOUNT)
    shape = PlatformLimits(format=markup.whatsapp, limit=MAX_TEXT)
    window = DAY
    rate = Rate(per_second=80, burst=80)
    rate_of_one = Rate(per_second=1 / 6, burst=45)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "whatsapp_twilio"


def _status(fields: Mapping[str, Any]) -> str:
    """What became of a message of ours; "" where a person writes."""
    status = str(fields.get("MessageStatus") or fields.get("SmsStatus") or "")
    return "" if status == "received" or "Body" in fields else status


def _consent(fields: Mapping[str, Any], text: str) -> str:
    """ "stop" or "start" where the person asks for it; "" for any other message.

    Twilio says so where it manages consent itself; else the whole text must be such a word.
    """
    kind = str(fields.get("OptOutType") or "").casefold()
    if kind in ("stop", "start"):
        return kind
    word = button_resolution.bare(text)
    return "stop" if word in STOP_WORDS else "start" if word in START_WORDS else ""


def _fields(request: Request) -> list[tuple[str, str]]:
    """The form's fields as sent; empty ones are signed too."""
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
