"""The guided dialogue "what does it cost in my case?"."""

from __future__ import annotations

import datetime as dt

from bot.guides.eligibility import situation_of
from bot.guides.facts import Facts, told
from bot.guides.guide import Gist, Reply, date_or_none, deciding
from bot.guides.price_reply import estimated, explained, priced
from bot.law.decision import Outcome
from bot.law.eligibility import decide
from bot.law.fees import Quote, quote
from bot.law.operations import Operation
from bot.law.parameters import ParameterError
from bot.law.plates import PlateFormat
from bot.law.situation import Applicant, Holder, Reason, VehicleKind
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
# The facts that the calculator may ask for, with the slot that holds each.
_SLOTS = {
    "category": "vehicle_kind",
    "plate_format": "plate_format",
    "region": "region",
    "fiscal_power": "fiscal_power",
    "first_registration": "first_registration",
    "energy": "energy",
}
_PRICING = (*_SLOTS.values(), "operation", "reason", "storm_damage", "moved", "applicant", "holder")
_OPEN = frozenset({Outcome.ACCEPTED, Outcome.ACCEPTED_AFTER_STEPS, Outcome.INCOMPLETE})
_ENERGIES = {"superethanol": Energy.E85, "gas": Energy.LPG}


class PriceGuide:
    """Asks what the price depends on, then tells it line by line."""

    name = "price"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The fact that the calculator needs next; None where the person said that they do not know it."""
        try:
            _quote(facts, on)
        except MissingFact as missing:
            slot = _SLOTS.get(missing.fact)
            return None if slot in unknown else slot
        except (ValueError, ParameterError):
            return None
        return None

    def questions(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> tuple[str, ...]:
        """The next question alone: the calculator names one missing fact at a time."""
        question = self.next_question(facts, unknown, on)
        return (question,) if question else ()

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The price with its lines; where it cannot be computed, the general answer or an empty list."""
        try:
            price = _quote(facts, on)
            return [*obstacle(facts, on), priced(price, facts, told(_deciding(facts, on)))]
        except MissingFact:
            return [*obstacle(facts, on), Reply(_without(facts))]
        except (ValueError, ParameterError):
            # No rule prices this case (a provisional plate, a region or a year without a known rate).
            return [Reply("utter_quote_not_computable")]

    def explain(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The facts that count, then why each line is worth what it is."""
        try:
            return [explained(_quote(facts, on), told(_deciding(facts, on)))]
        except (MissingFact, ValueError, ParameterError):
            return self.reply(facts, on)

    def gist(self, facts: Facts, on: dt.date) -> Gist:
        """The price in a sentence; the usual one of a duplicate where the plate is unknown."""
        try:
            price = _quote(facts, on)
        except MissingFact:
            usual = "usual" if _is_duplicate(facts) else "unknown"
            return Gist({"response": f"utter_gist_price_{usual}"})
        except (ValueError, ParameterError):
            return Gist({"response": "utter_gist_price_unknown"})
        response = "utter_gist_price_open" if price.is_open else "utter_gist_price"
        if price.last_known:
            response = "utter_gist_price_estimate"
        values = {"low": price.low, "high": price.high, **estimated(price)}
        notes = [{"response": f"utter_note_{note.value}"} for note in price.notes]
        return Gist({"response": response, "values": values}, tuple(notes))


def is_out_of_reach(facts: Facts, on: dt.date) -> bool:
    """Whether these facts rule out the duplicate whose price is asked for."""
    return _is_duplicate(facts) and decide(situation_of(facts), on).outcome not in _OPEN


def obstacle(facts: Facts, on: dt.date) -> list[Reply]:
    """The warning before the price of a duplicate that these facts rule out; else an empty list."""
    if not is_out_of_reach(facts, on):
        return []
    decision = decide(situation_of(facts), on)
    return [Reply("utter_quote_obstacle", {"answer": {"response": f"utter_outcome_{decision.answer}"}})]


def _deciding(facts: Facts, on: dt.date) -> Facts:
    def outcome(some: Facts) -> object:
        try:
            return _quote(some, on)
        except (MissingFact, ValueError, ParameterError) as error:
            return str(error)

    return deciding(facts, _PRICING, outcome)


def _without(facts: Facts) -> str:
    """The written answer, where the calculator misses a fact that the person cannot tell."""
    if _is_duplicate(facts):
        return "utter_faq/cost"
    is_change = _operation(facts) is Operation.CHANGE_OF_HOLDER
    return "utter_faq/cost.change_of_holder" if is_change else "utter_quote_not_computable"


def _quote(facts: Facts, on: dt.date) -> Quote:
    return quote(
        _operation(facts),
        _vehicle(facts),
        on,
        facts.get("region"),
        by_professional=facts.get("applicant") == "professional",
    )


def _operation(facts: Facts) -> Operation:
    named = facts.get("operation")
    if named and named != Operation.DUPLICATE.value:
        return Operation(named)
    if not named and facts.get("applicant") == Applicant.BUYER.value:
        # No duplicate for who bought the vehicle: a card in the buyer's name (code de la route, art. R322-5).
        return Operation.CHANGE_OF_HOLDER
    # Bad weather destroys a card (CIBS, art. L421-40): it does not steal one.
    if facts.get("storm_damage") and facts.get("reason") != Reason.THEFT.value:
        return Operation.DUPLICATE_AFTER_STORM
    # Who rents tells the lessor, who declares the new address (code de la route, art. R322-7).
    if facts.get("moved") and facts.get("holder") != Holder.LESSOR.value:
        return Operation.DUPLICATE_WITH_ADDRESS_CHANGE
    return Operation.DUPLICATE


def _is_duplicate(facts: Facts) -> bool:
    return _operation(facts).value.startswith(Operation.DUPLICATE.value)


def _kind(facts: Facts) -> VehicleKind | None:
    """The vehicle kind given; for a duplicate a car by default, since only the moped's price differs."""
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
