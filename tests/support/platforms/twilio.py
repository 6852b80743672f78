"""Twilio's Messages resource, for text messages and WhatsApp; webhooks signed with the account's token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from aiohttp import encode_basic_auth, web

from bot.channels.platforms.sms_text import segments
from tests.support.platforms.base import FORM, PUBLIC_URL, Button, Platform, Shown, Webhook
from tests.support.platforms.rules import Unauthorized, check, check_fields, check_text

SID = "AC0123456789abcdef0123456789abcdef"
TOKEN = "12345678901234567890123456789012"
HEADER = "X-Twilio-Signature"
MAX_SEGMENTS = 10


class Twilio(Platform):
    """A number of Twilio's."""

    attachments: tuple[str, ...] = ("MMS",)
    host = "twilio"
    prefix = ""
    variable: str
    number_of_ours: str

    def environment(self, address: str) -> dict[str, str]:
        """Account, number, addresses."""
        return {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            self.variable: self.number_of_ours,
            "TWILIO_API_URL": address,
            "ASSISTANT_PUBLIC_URL": PUBLIC_URL,
        }

    def person(self, rank: int) -> str:
        """A telephone number (kept for fiction)."""
        return f"{self.prefix}+3363998{rank:04d}"

    def says(self, user: str, text: str, **more: str) -> Webhook:
        """A message."""
        return self._form(user, {"Body": text, "NumMedia": "0", **more})

    def sends(self, user: str, kind: str) -> Webhook:
        """A message with a picture, or a place."""
        if kind == "location":
            return self._form(
                user, {"Body": "", "NumMedia": "0", "Latitude": "48.8566", "Longitude": "2.3522"}
            )
        media = {"MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/media"}
        return self._form(user, {"Body": "", "NumMedia": "1", **media})

    def captions(self, user: str, text: str) -> Webhook:
        """A picture with words."""
        media = {"MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/media"}
        return self._form(user, {"Body": text, "NumMedia": "1", **media})

    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """There are no buttons here."""
        raise NotImplementedError

    async def owns(self, request: web.Request) -> bool:
        """By the number that sends."""
        return (await request.post()).get("From") == self.number_of_ours

    def signed(self, body: bytes, kind: str = FORM) -> Webhook:
        """With the account's token, over the public address."""
        fields = parse_qsl(body.decode(), keep_blank_values=True)
        return Webhook(body, {"Content-Type": kind, HEADER: _sign(TOKEN, self._address(), fields)})

    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """No signature, another token's, another address's, another field."""
        fields = parse_qsl(webhook.body.decode(), keep_blank_values=True)
        forged = (
            "",
            "guess",
            _sign("another-token", self._address(), fields),
            _sign(TOKEN, "https://elsewhere.example.fr/webhook", fields),
        )
        altered = webhook.with_body(webhook.body + b"&Extra=1")
        return [*(webhook.with_headers(**{HEADER: value}) for value in forged), altered]

    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Checks the account, the numbers and the text."""
        if request.headers.get("Authorization") != encode_basic_auth(SID, TOKEN):
            raise Unauthorized
        check(request.match_info["path"] == f"2010-04-01/Accounts/{SID}/Messages.json", "no such path")
        body = check_fields(dict(await request.post()), ["To", "From", "Body", "StatusCallback"])
        check(body["StatusCallback"] == self._address(), "a status goes to our webhook")
        check(body["From"] == self.number_of_ours, "From is a number of the account")
        check(body["To"].startswith(self.prefix + "+"), "To is a number in international form")
        return body["To"], Shown(self.check_body(check_text(body["Body"], 1600, "Body")), (), body)

    def check_body(self, text: str) -> str:
        """The text, where the network takes it."""
        return text

    def statuses(self, sid: str, status: str, code: int | None = None) -> Webhook:
        """What became of a message of ours."""
        fields = {
            "MessageSid": sid,
            "MessageStatus": status,
            "From": self.number_of_ours,
            "To": "+33639980001",
        }
        return self.signed(urlencode({**fields, **({"ErrorCode": str(code)} if code else {})}).encode())

    def accepted(self, shown: Shown | None) -> web.Response:
        """The queued message."""
        return web.json_response({"sid": f"SM{self.number():032d}", "status": "queued"}, status=201)

    def refused(self, status: int, reason: str) -> web.Response:
        """Twilio's error object."""
        codes = {429: 20429, 401: 20003}
        error = {"code": codes.get(status, 21211), "message": reason, "status": status}
        return web.json_response(error, status=status)

    def _form(self, user: str, content: Mapping[str, str]) -> Webhook:
        fields = {
            "MessageSid": f"SM{self.number():032x}",
            "AccountSid": SID,
            "From": user,
            "To": self.number_of_ours,
            "ApiVersion": "2010-04-01",
            **content,
        }
        return self.signed(urlencode(fields).encode())

    def _address(self) -> str:
        return f"{PUBLIC_URL}/webhooks/{self.channel}/webhook"


class Sms(Twilio):
    """Text messages."""

    channel = "sms"
    variable = "TWILIO_SMS_NUMBER"
    number_of_ours = "+33755530000"

    def check_body(self, text: str) -> str:
        """At most ten segments, which is what carriers join."""
        check(segments(text).count <= MAX_SEGMENTS, f"more than {MAX_SEGMENTS} segments")
        check(segments(text).alphabet == "GSM-7", "a letter out of the GSM alphabet doubles the price")
        return text


class TwilioWhatsApp(Twilio):
    """WhatsApp behind Twilio."""

    channel = "whatsapp_twilio"
    attachments = ("photo", "location")
    prefix = "whatsapp:"
    variable = "TWILIO_WHATSAPP_NUMBER"
    number_of_ours = "whatsapp:+33755530000"


def _sign(token: str, address: str, fields: list[tuple[str, str]]) -> str:
    content = address + "".join(f"{name}{value}" for name, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), content.encode(), hashlib.sha1).digest()).decode()
