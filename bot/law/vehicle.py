"""The facts about a vehicle that its price may depend on; a fact that is not known is None."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.law.plates import PlateFormat

T = TypeVar("T")


class Category(StrEnum):
    """The European categories (code de la route, art. R311-1), as the card's field J names them."""

    L1E = "L1e"
    L2E = "L2e"
    L3E = "L3e"
    L4E = "L4e"
    L5E = "L5e"
    L6E = "L6e"
    L7E = "L7e"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    O = "O"  # noqa: E741 - the category's own name (trailers)
    C = "C"
    R = "R"
    S = "S"
    T = "T"


MOPEDS = frozenset({Category.L1E, Category.L2E})
MOTORCYCLES = frozenset({Category.L3E, Category.L4E})
TRANSPORT_VEHICLES = frozenset({Category.N1, Category.N2, Category.N3, Category.M2, Category.M3})


class Energy(StrEnum):
    """What drives the vehicle; E85_CONVERSION is a petrol engine that was given an E85 box afterwards."""

    PETROL = "petrol"
    DIESEL = "diesel"
    ELECTRIC = "electric"
    HYDROGEN = "hydrogen"
    HYBRID = "hybrid"
    NATURAL_GAS = "natural_gas"
    LPG = "lpg"
    E85 = "e85"
    E85_CONVERSION = "e85_conversion"


class MissingFact(ValueError):
    """The price depends on a fact that is not known; ``fact`` names it."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"the price depends on {fact}, which is not known")
        self.fact = fact


def known[T](value: T | None, fact: str) -> T:
    """The value; raises MissingFact naming the fact if it is None."""
    if value is None:
        raise MissingFact(fact)
    return value


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """One vehicle; power in chevaux fiscaux, weight in kilograms, engine capacity in cubic centimetres.

    The four flags name rare situations that nobody is asked about: they hold only where somebody says so.
    """

    category: Category | None = None
    plate_format: PlateFormat | None = None
    fiscal_power: int | None = None
    first_registration: dt.date | None = None
    energy: Energy | None = None
    gross_weight: int | None = None
    engine_capacity: int | None = None
    road_tractor: bool = False
    collection: bool = False
    special_use: bool = False
    state_owned: bool = False

    def __post_init__(self) -> None:
        for fact in ("fiscal_power", "gross_weight", "engine_capacity"):
            number = getattr(self, fact)
            if number is not None and number < 1:
                raise ValueError(f"{fact} must be at least 1, not {number}")

    def is_moped(self) -> bool:
        """Whether it is a cyclomoteur; its old number format says so even where the category is not known."""
        if self.plate_format is PlateFormat.MOPED and self.category is None:
            return True
        return known(self.category, "category") in MOPEDS

    def is_ten_years_old(self, on: dt.date) -> bool:
        """Whether the first registration lies ten years or more back (CIBS, art. L421-45)."""
        first = known(self.first_registration, "first_registration")
        return (on.year - 10, on.month, on.day) >= (first.year, first.month, first.day)
