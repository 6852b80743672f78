"""Turns a price into a reply: its lines, the notes that go with it, and the reason for each line."""

from __future__ import annotations

from bot.guides.facts import Facts
from bot.guides.guide import Line, Reply
from bot.law.fees import Note, Quote, Reading, Why
from bot.law.operations import Operation
from bot.law.plates import PlateFormat
from bot.law.situation import VehicleKind
from bot.law.tax_lines import Line as TaxLine
from bot.law.tax_lines import Tax

# Explained even where the amount is zero: other sites say that these taxes are due.
_ALWAYS_EXPLAINED = frozenset({Tax.REGIONAL, Tax.FIXED, Tax.FORWARDING})


def priced(price: Quote, facts: Facts, deciding: list[Line]) -> Reply:
    """The price with its lines; ``deciding`` are the facts that led to it."""
    response = _response(price, facts)
    values = {
        "low": price.low,
        "high": price.high,
        "total": price.high,
        "facts": deciding,
        "lines": _lines(_dearest(price)),
        "sources": list(price.references),
        "notes": [{"response": f"utter_note_{note}"} for note in _notes(price, facts, response)],
        "uncertainties": _uncertainties(price),
        **estimated(price),
    }
    return Reply(response, values, price)


def estimated(price: Quote) -> dict[str, int]:
    """The year asked about and the earlier year whose values are used instead; empty for a certain price."""
    if not price.last_known:
        return {}
    return {"year": price.on.year, "known_year": max(known.year for known in price.last_known)}


def explained(price: Quote, deciding: list[Line]) -> Reply:
    """Why the price is what it is: the reason of each line, and of each reading where there are two."""
    reasons = [
        _explained_line(line)
        for line in _dearest(price).lines
        if line.amount or line.tax in _ALWAYS_EXPLAINED
    ]
    readings = [
        {"response": f"utter_reading_{reading.why.value}", "reference": reading.references[0]}
        for reading in price.readings
        if reading.why is not Why.SETTLED
    ]
    values = {
        "facts": deciding,
        "lines": reasons,
        "readings": readings,
        "settled": [] if readings else [{"response": "utter_reading_settled"}],
        "uncertainties": _uncertainties(price),
    }
    return Reply("utter_why_price", values)


def _uncertainties(price: Quote) -> list[Line]:
    """What is uncertain about a price; for a value not known yet, also the value used instead."""
    earlier = {known.doubt: known for known in price.last_known}
    lines: list[Line] = []
    for doubt in price.uncertainties:
        line: Line = {"response": f"utter_uncertainty_{doubt.value}"}
        if doubt in earlier:
            known = earlier[doubt]
            line["values"] = {"year": price.on.year, "known_year": known.year, "rate": known.value}
        lines.append(line)
    return lines


def _dearest(price: Quote) -> Reading:
    return max(price.readings, key=lambda reading: reading.total)


def _notes(price: Quote, facts: Facts, response: str) -> list[str]:
    is_plain = price.operation in (Operation.DUPLICATE, Operation.DUPLICATE_WITH_ADDRESS_CHANGE)
    is_moped = _is_moped(facts)
    assumed_no_moped = is_plain and not facts.get("vehicle_kind") and not is_moped and not price.is_open
    # That answer tells the professional's fee itself, with examples.
    told = {Note.PRIVATE_FEE} if response == "utter_quote_professional" else set()
    return [note.value for note in price.notes if note not in told] + ["moped_differs"] * assumed_no_moped


def _response(price: Quote, facts: Facts) -> str:
    if price.last_known:
        return "utter_quote_estimate"
    if price.is_open:
        return "utter_quote_old_plate" if Note.NEW_PLATES in price.notes else "utter_quote_open"
    if price.operation is Operation.CHANGE_OF_HOLDER:
        return "utter_quote_change_of_holder"
    if price.operation is Operation.DUPLICATE_AFTER_STORM:
        return "utter_quote_storm" if price.high else "utter_quote_storm_moped"
    if _is_moped(facts):
        return "utter_quote_moped"
    if facts.get("applicant") == "professional":
        return "utter_quote_professional"
    if price.operation is Operation.DUPLICATE_WITH_ADDRESS_CHANGE:
        return "utter_quote_with_move"
    return "utter_quote"


def _is_moped(facts: Facts) -> bool:
    # As the calculator has it: the plate speaks only where the kind is not known.
    kind = facts.get("vehicle_kind")
    return bool(kind == VehicleKind.MOPED if kind else facts.get("plate_format") == PlateFormat.MOPED)


def _explained_line(line: TaxLine) -> Line:
    amount = {"response": f"utter_line_{line.tax.value}", "values": {"amount": line.amount}}
    reason = {"response": f"utter_price_reason_{line.reason.value}"}
    values = {"line": amount, "reason": reason}
    return {"response": "utter_line_explained", "reference": line.article, "values": values}


def _lines(reading: Reading) -> list[Line]:
    return [
        {"response": f"utter_line_{line.tax.value}", "values": {"amount": line.amount}}
        for line in reading.lines
        if line.amount
    ]
