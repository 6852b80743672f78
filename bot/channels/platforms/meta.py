"""What Messenger and WhatsApp share: Meta's signature, its check of the address and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.delivery.types import Call, DeliveryResult
from bot.channels.platforms import signatures
from bot.channels.platforms.messaging_channel import (
    MalformedRequest,
    MessagingChannel,
    Variable,
    by_status,
    parse_object,
)

GRAPH_URL = Variable(
    "META_GRAPH_URL", "the Graph API's address", default="https://graph.facebook.com/v25.0", shared=True
)
# Too many calls (of the app, the page, the number, the pair), or a passing fault of the service.
PASSING_ERRORS = frozenset({1, 2, 4, 32, 341, 613, 80006, 80007, 130429, 131000, 131016, 131056})


class MetaChannel(MessagingChannel):
    """A channel of Meta's; a subclass says by which variables it gets its secrets."""

    access_token: ClassVar[Variable]
    app_secret: ClassVar[Variable]
    verify_token: ClassVar[Variable]

    @property
    def key(self) -> str:
        """The app's secret."""
        return self.values[self.app_secret.name]

    def is_authentic(self, request: Request) -> bool:
        """True where X-Hub-Signature-256 signs the body with the app's secret."""
        return signatures.meta(self.key, request.body, request.headers.get("X-Hub-Signature-256"))

    def challenge(self, request: Request) -> HTTPResponse | None:
        """The challenge given back where the token of the subscription is ours."""
        fields = request.args
        known = signatures.same(fields.get("hub.verify_token"), self.values[self.verify_token.name])
        if fields.get("hub.mode") != "subscribe" or not known:
            return None
        return response.text(fields.get("hub.challenge") or "")

    def authorization(self) -> dict[str, str]:
        """The access token."""
        return {"Authorization": f"Bearer {self.values[self.access_token.name]}"}

    def address_of(self, call: Call) -> str:
        """The Graph API's address."""
        return f"{self.values[GRAPH_URL.name]}/{call.path}"

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """By Meta's error code, which says more than the status: limits come as status 400 too."""
        verdict = by_status(status, headers)
        if verdict.outcome == "sent":
            return verdict
        try:
            error = parse_object(content).get("error") or {}
        except MalformedRequest:
            return verdict
        reason = f"{verdict.reason}: error {error.get('code')}"
        passing = error.get("code") in PASSING_ERRORS or error.get("is_transient") is True
        return DeliveryResult("retry" if passing else verdict.outcome, reason, verdict.seconds)
