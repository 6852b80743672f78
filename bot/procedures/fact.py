"""What one fact of a case is: all that the domain, the dialogue, the desk's form and the sheet need of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from enum import Enum, StrEnum


class Kind(StrEnum):
    """What the value of a fact is, as JSON holds it."""

    CHOICE = "choice"  # one of ``choices``
    YES_NO = "yes_no"
    DAYS = "days"  # a day, or the first and last that it may be: an ISO 8601 date or interval
    DATE = "date"  # one day: of several possible ones, the earliest
    NUMBER = "number"


class Group(StrEnum):
    """What a fact is about: the part of the desk's form that asks for it."""

    CARD = "card"
    PERSON = "person"
    VEHICLE = "vehicle"
    PRICE = "price"
    REQUEST = "request"


@dataclass(frozen=True)
class Fact:
    """One fact, named as its slot and its entity.

    ``choices``: the accepted values of a CHOICE. ``is_asked``: the dialogue has a question for it
    (``utter_ask_<name>``). ``depends_on``: the fact that it hangs on; what was told of it no longer holds
    once that one becomes another. ``is_of_the_vehicle``: another vehicle has its own. ``begins_a_period``:
    a period of the law counts from that day. ``tells_cards_apart``: another value means another card.
    ``is_of_the_sheet``: it is typed on the personal sheet's page alone, and no conversation holds it.
    """

    name: str
    kind: Kind
    group: Group
    _: KW_ONLY
    choices: tuple[str, ...] = ()
    is_asked: bool = False
    depends_on: str | None = None
    is_of_the_vehicle: bool = False
    begins_a_period: bool = False
    tells_cards_apart: bool = False
    is_of_the_sheet: bool = False

    @property
    def is_day(self) -> bool:
        """Whether its value is a day, certain or not."""
        return self.kind in (Kind.DAYS, Kind.DATE)

    @property
    def slot_type(self) -> str:
        """The type of its slot in Rasa's domain."""
        return {Kind.YES_NO: "bool", Kind.NUMBER: "any"}.get(self.kind, "text")


def values_of(choices: Iterable[Enum]) -> tuple[str, ...]:
    """The values of an enumeration of strings."""
    return tuple(str(choice.value) for choice in choices)
