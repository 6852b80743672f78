"""What every stand-in shares: it checks each call, keeps what a person would see, and fails when told to."""

from __future__ import annotations

import itertools
import json
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from tests.support.platforms.rules import Unauthorized, Violation

PUBLIC_URL = "https://assistant.example.fr"
DROP = "drop"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Webhook:
    """One request of the platform to the assistant."""

    body: bytes
    headers: Mapping[str, str]

    def with_headers(self, **headers: str) -> Webhook:
        """The same with headers changed; an underscore stands for a hyphen, an empty value removes one."""
        changed = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(self, headers={name: value for name, value in changed.items() if value})

    def with_body(self, body: bytes) -> Webhook:
        """The same headers over another body."""
        return replace(self, body=body)


@dataclass(frozen=True)
class Button:
    """A button as the platform keeps it: its title and what it sends back."""

    title: str
    wire: str


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it, and the call that brought it."""

    text: str
    buttons: tuple[Button, ...]
    call: Mapping[str, Any]


class Platform(ABC):
    """A stand-in; a subclass writes the webhooks and checks the calls."""

    channel: str
    # Platforms of one company share an address; "" for none.
    host = ""
    attachments: tuple[str, ...] = ("photo", "voice", "location")
    # What a person sends that is neither words nor anything to open.
    wordless: tuple[str, ...] = ()

    def __init__(self) -> None:
        """Nobody has written anything yet."""
        self.shown: dict[str, list[Shown]] = defaultdict(list)
        self.violations: list[str] = []
        self.unauthorized = 0
        self.receipts = 0
        self._faults: deque[int | str] = deque()
        self._numbers = itertools.count(1000)

    @abstractmethod
    def environment(self, address: str) -> dict[str, str]:
        """The variables that point the assistant at this stand-in."""

    @abstractmethod
    def says(self, user: str, text: str) -> Webhook:
        """A person writes."""

    @abstractmethod
    def sends(self, user: str, kind: str) -> Webhook:
        """A person sends what is no text."""

    def captions(self, user: str, text: str) -> Webhook | None:
        """A person sends a picture with words below it; None where the platform has no such message."""
        return None

    @abstractmethod
    def taps(self, user: str, button: Button, shown: Shown) -> Webhook:
        """A person taps a button of a message."""

    @abstractmethod
    def signed(self, body: bytes, kind: str = JSON) -> Webhook:
        """A request with that body, as the platform signs it."""

    @abstractmethod
    def attacks(self, webhook: Webhook) -> list[Webhook]:
        """The same request as somebody else might forge it."""

    @abstractmethod
    async def receive(self, request: web.Request) -> tuple[str, Shown] | None:
        """Who sees what after this call (None for a receipt), or ``Violation`` or ``Unauthorized``."""

    @abstractmethod
    def accepted(self, shown: Shown | None) -> web.Response:
        """The platform's reply to a call it takes."""

    def refused(self, status: int, reason: str) -> web.Response:
        """The platform's reply to a call it does not take."""
        return web.json_response({"error": reason}, status=status)

    def person(self, rank: int) -> str:
        """The platform's name for the n-th person."""
        return f"user{rank}"

    def fail_next(self, *faults: int | str) -> None:
        """The next calls fail: by a status, or ``DROP`` to take the call and break the connection."""
        self._faults.extend(faults)

    def number(self) -> int:
        """A new number, for identifiers."""
        return next(self._numbers)

    async def owns(self, request: web.Request) -> bool:
        """True where a call at the shared address is for this platform."""
        return True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The reply to a call."""
        fault = self._faults.popleft() if self._faults else None
        if isinstance(fault, int):
            return self.refused(fault, "planned")
        try:
            received = await self.receive(request)
        except Unauthorized:
            self.unauthorized += 1
            return self.refused(401, "unauthorized")
        except (Violation, KeyError, TypeError, ValueError) as error:
            self.violations.append(f"{type(error).__name__}: {error}")
            return self.refused(400, str(error))
        if received is None:
            self.receipts += 1
        else:
            self.shown[received[0]].append(received[1])
        if fault == DROP and request.transport is not None:
            request.transport.abort()
        return self.accepted(received[1] if received else None)


def application(platforms: Sequence[Platform]) -> web.Application:
    """The API of the platforms that share an address."""

    async def handle(request: web.Request) -> web.StreamResponse:
        for platform in platforms:
            if await platform.owns(request):
                return await platform.handle(request)
        return await platforms[0].handle(request)

    served = web.Application()
    served.router.add_route("*", "/{path:.*}", handle)
    return served


def as_json(value: object) -> bytes:
    """The body of a webhook."""
    return json.dumps(value, ensure_ascii=False).encode()
