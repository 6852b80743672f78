"""Stored events as Rasa's objects, each kind looked up once.

Rasa walks through every subclass of ``Event`` for every event that it reads: a quarter of a turn in a
conversation of a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from rasa.shared.core.events import Event


def events(stored: Iterable[dict[str, Any]]) -> list[Event]:
    """The events of their stored form, in order; raises ValueError naming a kind that Rasa does not know."""
    found = ((_kind(one["event"]), one) for one in stored)
    # Kinds that Rasa has given up are read as nothing, as Rasa reads them.
    return [kind._from_parameters(one) for kind, one in found if kind is not None]


@cache
def _kind(name: str) -> type[Event] | None:
    return Event.resolve_by_type(name)
