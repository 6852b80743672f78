"""What the platforms and the delivery behind them say to each other.

Both import this module, and delivery imports no platform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from bot.channels.delivery.rendering import Part, PlatformLimits


@dataclass(frozen=True)
class Incoming:
    """One message from a person.

    ``key`` is shared by all copies of the event. ``text`` is None where there are no words. ``payload`` is
    what a tapped button sent, ``text`` then its title. ``address`` is what an answer needs to find its way.
    ``attached``: a photo, voice, file or place came with the words or in their place; None without it is
    what nobody can read (a sticker, a kind of message that the platform does not hand over). ``consent`` is
    "stop" or "start" where the person wants to hear no more, or again.
    """

    key: str
    user: str
    text: str | None
    payload: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    attached: bool = False
    consent: str = ""


@dataclass(frozen=True)
class Call:
    """One request to a platform's API, without its secrets.

    ``optional`` calls (a receipt) are tried once; a ``repeatable`` call carries a key by which the
    receiver drops copies.
    """

    path: str
    body: Mapping[str, Any]
    optional: bool = False
    repeatable: bool = False


@dataclass(frozen=True)
class Report:
    """A failure that the platform found out later: why, and its name for the message, "" where unknown."""

    reason: str
    message: str = ""


@dataclass(frozen=True)
class Rate:
    """What a platform allows: calls a second, and how many at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class DeliveryResult:
    """What became of a call: "sent", "refused", "uncertain", or "retry" (``seconds`` where given).

    ``message`` is the platform's name for the message sent, where it reports on it later.
    """

    outcome: str
    reason: str = ""
    seconds: float | None = None
    message: str = ""


class Channel(Protocol):
    """What delivery needs of a messaging channel; ``MessagingChannel`` says what each member means."""

    shape: ClassVar[PlatformLimits]
    rate: ClassVar[Rate]
    rate_of_one: ClassVar[Rate]
    joins: ClassVar[bool]
    window: ClassVar[float | None]
    needs_start: ClassVar[bool]
    known_refusals: ClassVar[Mapping[str, str]]

    @classmethod
    def name(cls) -> str:
        """The name in the address and before the conversation's id."""
        ...

    @property
    def has_template(self) -> bool:
        """Whether something may be sent after the window has closed."""
        ...

    def conversation(self, user: str) -> str:
        """The id of a user's conversation."""
        ...

    def receipts(self, address: Mapping[str, Any]) -> list[Call]:
        """The calls that acknowledge a message before its answer."""
        ...

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """The calls that send the parts."""
        ...

    def template_calls(self, messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]) -> list[Call]:
        """The calls that send the messages after the window has closed."""
        ...

    def address_of(self, call: Call) -> str:
        """The full address of a call."""
        ...

    def encode(self, call: Call, key: str) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a call."""
        ...

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """What became of a call, by its reply."""
        ...

    def name_of_sent(self, content: bytes) -> str:
        """The platform's name for a message that it took; "" for none."""
        ...
