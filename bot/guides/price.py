"""The guided dialogue "what does it cost in my case?"."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts
from bot.guides.guide import Reply, date_or_none
from bot.law.fees import Note, Quote, Reading, quote
from bot.law.operations import Operation
from bot.law.parameters import ParameterError
from bot.law.plates import PlateFormat
from bot.law.situation import VehicleKind
from bot.law.vehicle import Category, Energy, MissingFact, Vehicle

# The category of the kinds that people name; the price of a duplicate differs for mopeds only.
_CATEGORIES = {
    VehicleKind.CAR: Category.M1,
    VehicleKind.MOTORHOME: Category.M1,
    VehicleKind.COLLECTION: Category.M1,
    VehicleKind.VAN: Category.N1,
    VehicleKind.TRUCK: Category.N2,
    VehicleKind.MOTORCYCLE: Category.L3E,
    VehicleKind.MOPED: Category.L1E,
    VehicleKind.QUADRICYCLE: Category.L7E,
    VehicleKind.TRAILER: Category.O,
    VehicleKind.TRACTOR: Category.T,
}
# The facts that the calculator may miss and a person can tell, with the slot that holds each.
_SLOTS = {
    "category": "vehicle_kind",
    "plate_format": "plate_format",
    "region": "region",
    "fiscal_power": "fiscal_power",
    "first_registration": "first_registration",
    "energy": "energy",
}
_ENERGIES = {"superethanol": Energy.E85, "gas": Energy.LPG}


class PriceGuide:
    """Asks what the price depends on, then tells it line by line."""

    name = "price"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The fact that the calculator misses, unless the person cannot tell it."""
        try:
            _quote(facts, on)
        except MissingFact as missing:
            slot = _SLOTS.get(missing.fact)
            return None if slot in unknown else slot
        except (ValueError, ParameterError):
            return None
        return None

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The price with its lines; the general answer, or none, where it cannot be computed."""
        try:
            return [_reply(_quote(facts, on), facts)]
        except MissingFact:
            return [Reply("utter_faq/cost" if _is_duplicate(facts) else "utter_quote_not_computable")]
        except (ValueError, ParameterError):
            # No rule prices this case (a provisional plate, a region or a year without a known rate).
            return [Reply("utter_quote_not_computable")]


def _quote(facts: Facts, on: dt.date) -> Quote:
    return quote(
        _operation(facts),
        _vehicle(facts),
        on,
        facts.get("region"),
        by_professional=facts.get("applicant") == "professional",
    )


def _operation(facts: Facts) -> Operation:
    if facts.get("operation"):
        return Operation(facts["operation"])
    if facts.get("storm_damage"):
        return Operation.DUPLICATE_AFTER_STORM
    if facts.get("moved"):
        return Operation.DUPLICATE_WITH_ADDRESS_CHANGE
    return Operation.DUPLICATE


def _is_duplicate(facts: Facts) -> bool:
    return _operation(facts).value.startswith(Operation.DUPLICATE.value)


def _kind(facts: Facts) -> VehicleKind | None:
    """The kind told; for a duplicate the usual one, since only mopeds differ and the answer says so."""
    told = facts.get("vehicle_kind")
    if told:
        return VehicleKind(told)
    is_old_moped = facts.get("plate_format") == PlateFormat.MOPED.value
    return VehicleKind.CAR if _is_duplicate(facts) and not is_old_moped else None


def _vehicle(facts: Facts) -> Vehicle:
    kind, plate, energy = _kind(facts), facts.get("plate_format"), facts.get("energy")
    return Vehicle(
        category=_CATEGORIES[kind] if kind else None,
        plate_format=PlateFormat(plate) if plate else None,
        fiscal_power=facts.get("fiscal_power"),
        first_registration=date_or_none(facts.get("first_registration")),
        energy=_ENERGIES.get(energy) or Energy(energy) if energy else None,
        collection=kind is VehicleKind.COLLECTION,
    )


def _reply(price: Quote, facts: Facts) -> Reply:
    readings = sorted(price.readings, key=lambda reading: reading.total)
    values = {
        "low": price.low,
        "high": price.high,
        "total": price.high,
        "lines": _lines(readings[-1]),
        "sources": list(price.references),
        "notes": [{"response": f"utter_note_{note}"} for note in _notes(price, facts)],
        "uncertainties": [{"response": f"utter_uncertainty_{doubt.value}"} for doubt in price.uncertainties],
    }
    return Reply(_response(price, facts), values)


def _notes(price: Quote, facts: Facts) -> list[str]:
    is_plain = price.operation in (Operation.DUPLICATE, Operation.DUPLICATE_WITH_ADDRESS_CHANGE)
    assumed_no_moped = is_plain and not facts.get("vehicle_kind") and not price.is_open
    return [note.value for note in price.notes] + ["moped_differs"] * assumed_no_moped


def _response(price: Quote, facts: Facts) -> str:
    if price.is_open:
        return "utter_quote_old_plate" if Note.NEW_PLATES in price.notes else "utter_quote_open"
    if price.operation is Operation.CHANGE_OF_HOLDER:
        return "utter_quote_change_of_holder"
    if price.operation is Operation.DUPLICATE_AFTER_STORM:
        return "utter_quote_storm"
    if _kind(facts) is VehicleKind.MOPED or facts.get("plate_format") == PlateFormat.MOPED.value:
        return "utter_quote_moped"
    if facts.get("applicant") == "professional":
        return "utter_quote_professional"
    if price.operation is Operation.DUPLICATE_WITH_ADDRESS_CHANGE:
        return "utter_quote_with_move"
    return "utter_quote"


def _lines(reading: Reading) -> list[dict[str, object]]:
    return [
        {"response": f"utter_line_{line.tax.value}", "values": {"amount": line.amount}}
        for line in reading.lines
        if line.amount
    ]
