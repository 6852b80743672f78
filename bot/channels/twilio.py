"""Text messages and WhatsApp, by Twilio.

Rasa's own connector checks no signature, so anyone may speak for any number; answers within the webhook with
blocking calls; turns a place into a payload; repeats a call only when Twilio's answer is empty; shows neither
buttons nor numbers; and sends French letters that more than double the price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import aiohttp
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import markup, signatures
from bot.channels.delivery import Rate
from bot.channels.mailbox import Call, Incoming
from bot.channels.messaging import PUBLIC_URL, MessagingChannel, Variable, text_or_none
from bot.channels.rendering import Part, Shape
from bot.channels.sms_text import segments, to_gsm

MAX_TEXT = 1600
# Four segments: long enough for an answer in the short wording, short enough for every carrier to join.
MAX_UNITS = 4 * 153

_ACCOUNT = (
    Variable("TWILIO_ACCOUNT_SID", "the account's SID", shared=True),
    Variable("TWILIO_AUTH_TOKEN", "the account's auth token, which also signs the webhooks", shared=True),
    Variable(PUBLIC_URL, "the server's public address, which Twilio signs", shared=True),
    Variable("TWILIO_API_URL", "Twilio's address", default="https://api.twilio.com", shared=True),
)


class TwilioChannel(MessagingChannel):
    """A number of Twilio's; a subclass names the variable that holds it."""

    number: ClassVar[str]

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

    def events(self, request: Request) -> Iterable[Incoming]:
        """The message; pictures and places, which come without words or beside them, are not opened."""
        fields = dict(_fields(request))
        is_text = fields.get("NumMedia", "0") == "0" and not fields.get("Latitude")
        text = text_or_none(fields.get("Body")) if is_text else None
        yield Incoming(fields["MessageSid"], fields["From"], text, address={"to": fields["From"]})

    def acknowledge(self, request: Request) -> HTTPResponse:
        """An empty TwiML: the answer comes by the API."""
        return response.raw(b"<Response/>", content_type="text/xml; charset=utf-8")

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One message a part."""
        path = f"2010-04-01/Accounts/{self.values['TWILIO_ACCOUNT_SID']}/Messages.json"
        sender = self.values[self.number]
        return [Call(path, {"To": address["to"], "From": sender, "Body": part.text}) for part in parts]

    def address_of(self, call: Call) -> str:
        """The account's address."""
        return f"{self.values['TWILIO_API_URL']}/{call.path}"

    def encode(self, call: Call, key: str) -> tuple[bytes, dict[str, str]]:
        """A form, with the account's name and token."""
        account = aiohttp.BasicAuth(self.values["TWILIO_ACCOUNT_SID"], self.values["TWILIO_AUTH_TOKEN"])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": account.encode()}
        return urlencode(dict(call.body)).encode(), headers


class SmsChannel(TwilioChannel):
    """Text messages: the short wording, numbered choices, the GSM alphabet."""

    number = "TWILIO_SMS_NUMBER"
    variables = (Variable("TWILIO_SMS_NUMBER", "the number, such as +33…"), *_ACCOUNT)
    shape = Shape(
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
    shape = Shape(format=markup.whatsapp, limit=MAX_TEXT)
    rate = Rate(per_second=80, burst=80)
    rate_of_one = Rate(per_second=1 / 6, burst=45)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "whatsapp_twilio"


def _fields(request: Request) -> list[tuple[str, str]]:
    """The form's fields as sent; empty ones are signed too."""
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
