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


FACTS: tuple[Fact, ...] = (
    # The card, and what happened to it.
    Fact("reason", Kind.CHOICE, Group.CARD, choices=values_of(Reason), is_asked=True, tells_cards_apart=True),
    Fact(
        "original_found",
        Kind.CHOICE,
        Group.CARD,
        choices=(*values_of(OriginalFound), FOUND),
        is_asked=True,
        depends_on="reason",
    ),
    Fact("vehicle_stolen", Kind.YES_NO, Group.CARD, is_asked=True, depends_on="reason"),
    Fact("event_abroad", Kind.YES_NO, Group.CARD, is_asked=True, depends_on="reason"),
    Fact("theft_declared", Kind.YES_NO, Group.CARD, is_asked=True, depends_on="reason"),
    Fact("declared_on", Kind.DAYS, Group.CARD, begins_a_period=True, is_of_the_vehicle=True),
    Fact("storm_damage", Kind.YES_NO, Group.CARD, depends_on="reason"),
    # Who asks, and in whose name the card is.
    Fact("applicant", Kind.CHOICE, Group.PERSON, choices=values_of(Applicant), is_asked=True),
    Fact(
        "holder",
        Kind.CHOICE,
        Group.PERSON,
        choices=values_of(Holder),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    Fact("died_on", Kind.DAYS, Group.PERSON, begins_a_period=True, is_of_the_vehicle=True),
    Fact("moved", Kind.YES_NO, Group.PERSON, is_asked=True),
    Fact("moved_on", Kind.DAYS, Group.PERSON, begins_a_period=True, is_of_the_vehicle=True),
    Fact("selling", Kind.YES_NO, Group.PERSON),
    Fact("sold_on", Kind.DAYS, Group.PERSON, begins_a_period=True, is_of_the_vehicle=True),
    Fact("to_be_scrapped", Kind.YES_NO, Group.PERSON),
    Fact("needs_help", Kind.YES_NO, Group.PERSON),
    # The vehicle.
    Fact(
        "plate_format",
        Kind.CHOICE,
        Group.VEHICLE,
        choices=values_of(PlateFormat),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    Fact(
        "vehicle_kind",
        Kind.CHOICE,
        Group.VEHICLE,
        choices=values_of(VehicleKind),
        is_asked=True,
        is_of_the_vehicle=True,
        tells_cards_apart=True,
    ),
    Fact(
        "inspection",
        Kind.CHOICE,
        Group.VEHICLE,
        choices=values_of(Inspection),
        is_asked=True,
        is_of_the_vehicle=True,
    ),
    Fact("inspected_on", Kind.DAYS, Group.VEHICLE, begins_a_period=True, is_of_the_vehicle=True),
    Fact(
        "first_registration",
        Kind.DATE,
        Group.VEHICLE,
        is_asked=True,
        depends_on="vehicle_kind",
        is_of_the_vehicle=True,
    ),
    Fact("opposition", Kind.CHOICE, Group.VEHICLE, choices=values_of(Opposition), is_of_the_vehicle=True),
    # What only a price depends on.
    Fact("operation", Kind.CHOICE, Group.PRICE, choices=_OPERATIONS),
    Fact("region", Kind.CHOICE, Group.PRICE, choices=regions(), is_asked=True),
    Fact("fiscal_power", Kind.NUMBER, Group.PRICE, is_asked=True, is_of_the_vehicle=True),
    Fact("energy", Kind.CHOICE, Group.PRICE, choices=_ENERGIES, is_asked=True, is_of_the_vehicle=True),
    # The request that was made, and what became of it.
    Fact("file_status", Kind.CHOICE, Group.REQUEST, choices=values_of(FileStatus), is_asked=True),
    Fact("requested_on", Kind.DAYS, Group.REQUEST),
    Fact("certificate_on", Kind.DAYS, Group.REQUEST, begins_a_period=True, is_of_the_vehicle=True),
    Fact("incomplete_notice_on", Kind.DAYS, Group.REQUEST),
    Fact("validated_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("shipped_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("refused_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("refusal_states_remedies", Kind.YES_NO, Group.REQUEST, is_asked=True),
    Fact("gracious_appeal_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("gracious_answer_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("hierarchical_appeal_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("hierarchical_answer_on", Kind.DAYS, Group.REQUEST, is_asked=True),
    Fact("received_on", Kind.DAYS, Group.REQUEST, is_of_the_sheet=True),
    Fact("residence", Kind.CHOICE, Group.REQUEST, choices=values_of(Residence), is_asked=True),
    Fact("urgent", Kind.YES_NO, Group.REQUEST, is_asked=True),
)
