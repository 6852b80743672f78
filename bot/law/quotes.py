"""The prices that sentences name ({quotes.duplicate}), each computed by the fee rules on the day asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.law.fees import Quote, quote
from bot.law.operations import Operation
from bot.law.plates import PlateFormat
from bot.law.tax_lines import Tax
from bot.law.vehicle import Category, Vehicle

_CAR = Vehicle(category=Category.M1, plate_format=PlateFormat.SIV)
_OLD_PLATE = Vehicle(category=Category.M1, plate_format=PlateFormat.FNI)
_MOPED = Vehicle(category=Category.L1E, plate_format=PlateFormat.SIV)

_LOWEST = {
    "address_change": (Operation.ADDRESS_CHANGE, _CAR, 0),
    "address_change_fourth": (Operation.ADDRESS_CHANGE, _CAR, 3),
    "address_change_old_plate": (Operation.ADDRESS_CHANGE, _OLD_PLATE, None),
    "duplicate": (Operation.DUPLICATE, _CAR, None),
    "duplicate_moped": (Operation.DUPLICATE, _MOPED, None),
    "duplicate_old_plate_low": (Operation.DUPLICATE, _OLD_PLATE, None),
    "duplicate_storm": (Operation.DUPLICATE_AFTER_STORM, _CAR, None),
    "duplicate_with_move": (Operation.DUPLICATE_WITH_ADDRESS_CHANGE, _CAR, None),
    "error_correction": (Operation.ERROR_CORRECTION, _CAR, None),
    "name_change": (Operation.NAME_CHANGE, _CAR, None),
    "plate_misuse": (Operation.NUMBER_MISUSED, _CAR, None),
    "spouse_change": (Operation.SPOUSE_ADDED_OR_REMOVED, _CAR, None),
}
_HIGHEST = {"duplicate_old_plate_high": (Operation.DUPLICATE, _OLD_PLATE, None)}
_FIXED_PART = "fixed_part"


@dataclass(frozen=True)
class PublishedQuote:
    """An amount in cents that a sentence may name, and the citations it rests on."""

    amount: int
    citations: tuple[str, ...]


def names() -> tuple[str, ...]:
    """The names that ``published`` knows, sorted."""
    return tuple(sorted([*_LOWEST, *_HIGHEST, _FIXED_PART]))


def published(name: str, on: dt.date) -> PublishedQuote:
    """The price of that name on that day; raises KeyError naming an unknown name, else as fees.quote."""
    if name == _FIXED_PART:
        return _fixed_part(on)
    if name in _HIGHEST:
        found = _quote(*_HIGHEST[name], on)
        return PublishedQuote(found.high, found.references)
    found = _quote(*_LOWEST[name], on)
    return PublishedQuote(found.low, found.references)


def _fixed_part(on: dt.date) -> PublishedQuote:
    """What every certificate costs besides the regional and transport taxes: fixed tax and forwarding fee."""
    duplicate = _quote(Operation.DUPLICATE, _CAR, None, on)
    kept = [line for line in duplicate.lines if line.tax in (Tax.FIXED, Tax.FORWARDING)]
    return PublishedQuote(sum(line.amount for line in kept), tuple(line.article for line in kept))


def _quote(operation: Operation, vehicle: Vehicle, moves: int | None, on: dt.date) -> Quote:
    return quote(operation, vehicle, on, address_changes_before=moves)
