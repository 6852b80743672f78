"""The facts of a case of the duplicate, in the order in which the desk's form asks for them.

A fact here needs examples of how people tell it (bot/nlu/lexicon/facts.yml), a sentence that tells it back
(``utter_fact_…`` in data/nlu/responses), and a rule that reads it; everything else follows from its line.
"""

from __future__ import annotations

from bot.law.operations import Operation
from bot.law.plates import PlateFormat
from bot.law.regional_tax import regions
from bot.law.remedies import FileStatus, Residence
from bot.law.situation import (
    Applicant,
    Holder,
    Inspection,
    Opposition,
    OriginalFound,
    Reason,
    VehicleKind,
)
from bot.procedures.fact import Fact, Group, Kind, values_of

# A card found again, when is not known yet: the law's answer depends on it.
FOUND = "found"
# What people ask the price of here; the calculator prices more (bot/law/operations.py).
_OPERATIONS = (Operation.DUPLICATE.value, Operation.CHANGE_OF_HOLDER.value)
# As people tell it; the calculator tells more kinds apart (bot/law/vehicle.py).
_ENERGIES = ("electric", "hybrid", "petrol", "diesel", "superethanol", "gas")


def _choice(
    name: str,
    group: Group,
    choices: tuple[str, ...],
    *,
    is_asked: bool = False,
    depends_on: str | None = None,
    is_of_the_vehicle: bool = False,
    tells_cards_apart: bool = False,
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.CHOICE,
        group=group,
        choices=choices,
        is_asked=is_asked,
        depends_on=depends_on,
        is_of_the_vehicle=is_of_the_vehicle,
        tells_cards_apart=tells_cards_apart,
    )


def _yes_no(name: str, group: Group, *, is_asked: bool = False, depends_on: str | None = None) -> Fact:
    return Fact(name=name, kind=Kind.YES_NO, group=group, is_asked=is_asked, depends_on=depends_on)


def _day(
    name: str,
    group: Group,
    *,
    is_asked: bool = False,
    begins_a_period: bool = False,
    is_of_the_vehicle: bool = False,
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.DAYS,
        group=group,
        is_asked=is_asked,
        begins_a_period=begins_a_period,
        is_of_the_vehicle=is_of_the_vehicle or begins_a_period,
    )


FACTS: tuple[Fact, ...] = (
    # The card, and what happened to it.
    _choice("reason", Group.CARD, values_of(Reason), is_asked=True, tells_cards_apart=True),
    _choice(
        "original_found", Group.CARD, (*values_of(OriginalFound), FOUND), is_asked=True, depends_on="reason"
    ),
    _yes_no("vehicle_stolen", Group.CARD, is_asked=True, depends_on="reason"),
    _yes_no("event_abroad", Group.CARD, is_asked=True, depends_on="reason"),
    _yes_no("theft_declared", Group.CARD, is_asked=True, depends_on="reason"),
    _day("declared_on", Group.CARD, begins_a_period=True),
    _yes_no("storm_damage", Group.CARD, depends_on="reason"),
    # Who asks, and in whose name the card is.
    _choice("applicant", Group.PERSON, values_of(Applicant), is_asked=True),
    _choice(
        "holder",
        Group.PERSON,
        values_of(Holder),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    _day("died_on", Group.PERSON, begins_a_period=True),
    _yes_no("moved", Group.PERSON, is_asked=True),
    _day("moved_on", Group.PERSON, begins_a_period=True),
    _yes_no("selling", Group.PERSON),
    _day("sold_on", Group.PERSON, begins_a_period=True),
    _yes_no("to_be_scrapped", Group.PERSON),
    _yes_no("needs_help", Group.PERSON),
    # The vehicle.
    _choice(
        "plate_format",
        Group.VEHICLE,
        values_of(PlateFormat),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    _choice(
        "vehicle_kind",
        Group.VEHICLE,
        values_of(VehicleKind),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    _choice("inspection", Group.VEHICLE, values_of(Inspection), is_asked=True, is_of_the_vehicle=True),
    _day("inspected_on", Group.VEHICLE, begins_a_period=True),
    Fact(
        name="first_registration",
        kind=Kind.DATE,
        group=Group.VEHICLE,
        is_asked=True,
        depends_on="vehicle_kind",
        is_of_the_vehicle=True,
    ),
    _choice("opposition", Group.VEHICLE, values_of(Opposition), is_of_the_vehicle=True),
    # What only a price depends on.
    _choice("operation", Group.PRICE, _OPERATIONS),
    _choice("region", Group.PRICE, regions(), is_asked=True),
    Fact(name="fiscal_power", kind=Kind.NUMBER, group=Group.PRICE, is_asked=True, is_of_the_vehicle=True),
    _choice("energy", Group.PRICE, _ENERGIES, is_asked=True, is_of_the_vehicle=True),
    # The request that was made, and what became of it.
    _choice("file_status", Group.REQUEST, values_of(FileStatus), is_asked=True),
    _day("requested_on", Group.REQUEST),
    _day("certificate_on", Group.REQUEST, begins_a_period=True),
    _day("incomplete_notice_on", Group.REQUEST),
    _day("validated_on", Group.REQUEST, is_asked=True),
    _day("shipped_on", Group.REQUEST, is_asked=True),
    _day("refused_on", Group.REQUEST, is_asked=True),
    _yes_no("refusal_states_remedies", Group.REQUEST, is_asked=True),
    _day("gracious_appeal_on", Group.REQUEST, is_asked=True),
    _day("gracious_answer_on", Group.REQUEST, is_asked=True),
    _day("hierarchical_appeal_on", Group.REQUEST, is_asked=True),
    _day("hierarchical_answer_on", Group.REQUEST, is_asked=True),
    Fact(name="received_on", kind=Kind.DAYS, group=Group.REQUEST, is_of_the_sheet=True),
    _choice("residence", Group.REQUEST, values_of(Residence), is_asked=True),
    _yes_no("urgent", Group.REQUEST, is_asked=True),
)
