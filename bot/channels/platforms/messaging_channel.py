"""What every messaging channel shares: a webhook that checks, keeps and acknowledges, and API calls."""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.delivery.rendering import Part, PlatformLimits
from bot.channels.delivery.types import Call, DeliveryResult, Incoming, Rate, Report
from bot.channels.delivery.workers import Delivery
from bot.channels.platforms.signatures import hmac_sha256

logger = logging.getLogger(__name__)

PUBLIC_URL = "ASSISTANT_PUBLIC_URL"
SERVER_ERRORS = (500, 502, 503)


class MalformedRequest(Exception):
    """A request that is signed as it should be, but is not what the platform sends."""


@dataclass(frozen=True)
class Variable:
    """An environment variable: its name, what it holds, its default; ``shared`` ones turn no channel on."""

    name: str
    holds: str
    default: str | None = None
    shared: bool = False


class MessagingChannel(ABC):
    """A platform whose webhook is answered at once and whose API is called behind.

    A subclass gives the variables, the shape, the rates and the methods below. It is mounted as Rasa's
    ``InputChannel`` is, without being one: Rasa takes seconds to import, and no turn goes through it.
    """

    variables: ClassVar[tuple[Variable, ...]]
    shape: ClassVar[PlatformLimits]
    rate: ClassVar[Rate]
    rate_of_one: ClassVar[Rate]
    # Whether who posts a request that cannot be read is told so: a program's author wants to know. A platform
    # would send it again and again, and in the end nothing more.
    tells_misuse: ClassVar[bool] = False
    # Whether people write what they have to say in several short messages.
    joins: ClassVar[bool] = True
    # For how many seconds after a person's last message the platform lets us write; None: for ever.
    window: ClassVar[float | None] = None
    # Whether who wanted to hear no more must say START, and not just write again.
    needs_start: ClassVar[bool] = False
    # The platform's codes of refusals, with the word of ``refusals`` for each.
    known_refusals: ClassVar[Mapping[str, str]] = {}

    def __init__(self, values: Mapping[str, str]) -> None:
        """Takes the values of the variables, by name."""
        self.values = values

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """The name in the address, in the variables' report and for the conversation."""

    def url_prefix(self) -> str:
        """The last part of the address."""
        return self.name()

    @abstractmethod
    def is_authentic(self, request: Request) -> bool:
        """True where the request bears the platform's signature."""

    @abstractmethod
    def events(self, request: Request) -> Iterable[Any]:
        """Each event of a request as the platform sent it; may raise ``MalformedRequest`` for the whole."""

    @abstractmethod
    def messages(self, event: Any) -> Iterable[Incoming]:
        """The messages in an event; none where it is no person's. Raises anything where it is an odd one."""

    @abstractmethod
    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """The calls that send the parts; ``messages`` are what they were rendered from."""

    @abstractmethod
    def address_of(self, call: Call) -> str:
        """The full address of a call, which may hold secrets."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The secret that names the conversations."""

    def receipts(self, address: Mapping[str, Any]) -> list[Call]:
        """Calls that acknowledge a message before its answer."""
        return []

    def encode(self, call: Call, key: str) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a call; JSON with a bearer token is the commonest.

        ``key`` names the call, the same at each try.
        """
        return to_json(call.body), {"Content-Type": "application/json; charset=utf-8", **self.authorization()}

    def authorization(self) -> dict[str, str]:
        """The headers that prove who calls."""
        return {}

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """What became of a call, by its reply."""
        return by_status(status, headers)

    def name_of_sent(self, content: bytes) -> str:
        """The platform's name for a message that it took, by which it reports on it later; "" for none."""
        return ""

    @property
    def has_template(self) -> bool:
        """Whether something may be sent after the window has closed."""
        return False

    def template_calls(self, messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]) -> list[Call]:
        """The calls that send the messages after the window has closed; only with ``has_template``."""
        return []

    def challenge(self, request: Request) -> HTTPResponse | None:
        """The reply to a platform that checks the address by a GET; None where it does not."""
        return None

    def acknowledge(self, request: Request) -> HTTPResponse:
        """The immediate reply to a webhook request."""
        return response.json({})

    def reports(self, event: Any) -> Iterable[Report]:
        """Failures that the platform reports about earlier messages; raises as ``messages`` does."""
        return ()

    def conversation(self, user: str) -> str:
        """The conversation's id: no one can guess it from a telephone number, nor read one from it."""
        return f"{self.name()}-{hmac_sha256(self.key, user.encode())[:32]}"

    def blueprint(self, on_new_message: Callable[[Any], Awaitable[Any]]) -> Blueprint:
        """The routes; ``on_new_message`` is not used, since a turn must answer whatever happens."""
        routes = Blueprint(f"{self.name()}_channel")

        @routes.get("/webhook")
        async def check(request: Request) -> HTTPResponse:
            reply = self.challenge(request)
            if reply is None:
                await _delivery(request).count(self, "refused")
                return response.json({"status": 403}, status=403)
            return reply

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            delivery = _delivery(request)
            if not self.is_authentic(request):
                await delivery.count(self, "refused")
                return response.json({"status": 403}, status=403)
            try:
                events = list(self.events(request))
            except (MalformedRequest, KeyError, TypeError, ValueError, AttributeError, IndexError):
                await delivery.count(self, "unreadable")
                return response.json({"status": 400}, status=400)
            read = [self._read(event) for event in events]
            for each in filter(None, read):
                await delivery.accept(self, each[0])
                for report in each[1]:
                    await delivery.report(self, report)
            for _ in range(read.count(None)):
                await delivery.count(self, "unreadable")
            if None in read and self.tells_misuse:
                return response.json({"status": 400}, status=400)
            return self.acknowledge(request)

        return routes

    def _read(self, event: Any) -> tuple[list[Incoming], list[Report]] | None:
        """What is in an event; None for an odd one, which takes none of its neighbours with it."""
        try:
            return [_checked(message) for message in self.messages(event)], list(self.reports(event))
        except Exception as error:
            # Whatever a platform may send one day. The event holds a person's words: only the type is told.
            logger.warning("%s: an event was left out: %s", self.name(), type(error).__name__)
            return None


def by_status(status: int, headers: Mapping[str, str]) -> DeliveryResult:
    """The verdict that a status alone allows."""
    if 200 <= status < 300:
        return DeliveryResult("sent")
    reason = f"status {status}"
    if status == 429 or status in SERVER_ERRORS:
        return DeliveryResult("retry", reason, seconds_of(headers.get("Retry-After")))
    # A gateway that waited in vain does not know whether the platform took the call.
    return DeliveryResult("uncertain" if status == 504 else "refused", reason)


def seconds_of(text: object) -> float | None:
    """The seconds in a Retry-After; None where it holds none."""
    try:
        return max(0.0, float(str(text)))
    except ValueError:
        return None


def json_object(request: Request) -> dict[str, Any]:
    """The request's JSON object, or ``MalformedRequest``."""
    return parse_object(request.body)


def parse_object(content: bytes | str) -> dict[str, Any]:
    """The JSON object in the content, or ``MalformedRequest``."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest from error
    if not isinstance(value, dict):
        raise MalformedRequest
    return value


def items(holder: object, name: str) -> list[Any]:
    """What a list of that name holds; nothing where there is no such list."""
    found = holder.get(name) if isinstance(holder, Mapping) else None
    return found if isinstance(found, list) else []


def identifier(value: object) -> str:
    """A platform's name for a person or a message, or ``MalformedRequest`` where there is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value):
        raise MalformedRequest
    return str(value)


def _checked(event: Incoming) -> Incoming:
    """The event, or ``MalformedRequest`` where a platform's field holds something else than a text."""
    for value in (event.key, event.user, event.text or "", event.payload or ""):
        if not isinstance(value, str):
            raise MalformedRequest
    # JSON may name half a character, which nothing can store: an emoji that a telephone cut in two is no
    # reason to lose the words around it.
    for value in (event.key, event.user, event.payload or ""):
        value.encode()
    return replace(event, text=event.text and whole_characters(event.text))


def whole_characters(text: str) -> str:
    """The text with a replacement character for each half of one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def text_or_none(value: object) -> str | None:
    """The value where it is a text with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def is_by_person(message: Mapping[str, Any]) -> bool:
    """Whether a mediator wrote it, not the assistant."""
    return (message.get("metadata") or {}).get("speaker") == "mediator"


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _delivery(request: Request) -> Delivery:
    return request.app.ctx.delivery  # type: ignore[no-any-return]
