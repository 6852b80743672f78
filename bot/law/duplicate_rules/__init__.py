"""The rules on the duplicate of a card, one function each, in the order in which they are examined."""

from __future__ import annotations

from bot.law.duplicate_rules.closing import (
    buyer_not_yet_holder,
    holder_deceased,
    lessor_applies,
    not_authorised,
    original_found_after_request,
    original_found_before_request,
    scrapping,
    scrapping_planned,
    severely_damaged,
    temporary_plate,
    vehicle_stolen_with_card,
)
from bot.law.duplicate_rules.event import (
    damage,
    loss,
    reason_unknown,
    theft_abroad,
    theft_in_france,
    theft_of_vehicle_unknown,
)
from bot.law.duplicate_rules.finding import Case, Finding, Rule
from bot.law.duplicate_rules.people import (
    agent,
    applicant_unknown,
    company,
    holder_applies,
    lessor_gave_mandate,
    minor,
    professional,
)
from bot.law.duplicate_rules.request import help_wanted, payment, request
from bot.law.duplicate_rules.roadworthiness import (
    inspection_exempt,
    inspection_not_yet_required,
    inspection_to_pass,
    inspection_unknown,
    inspection_valid,
)
from bot.law.duplicate_rules.vehicle_story import (
    current_plate,
    garage_plate,
    moped,
    move_to_declare,
    moved,
    old_moped_plate,
    old_plate,
    plate_unknown,
    pledge,
    sale,
    storm,
    unpaid_fines,
)

__all__ = ["CLOSING", "OPEN", "Case", "Finding", "Rule"]

THEFT: tuple[Rule, ...] = (theft_in_france, theft_abroad, theft_of_vehicle_unknown)
INSPECTION: tuple[Rule, ...] = (
    inspection_to_pass,
    inspection_valid,
    inspection_exempt,
    inspection_not_yet_required,
    inspection_unknown,
)

# The first that speaks stops the examination; the rules beside it still have their say.
CLOSING: tuple[tuple[Rule, tuple[Rule, ...]], ...] = (
    (vehicle_stolen_with_card, ()),
    (original_found_before_request, (move_to_declare,)),
    (original_found_after_request, (move_to_declare,)),
    (not_authorised, (scrapping_planned,)),
    (lessor_applies, (*THEFT, scrapping_planned)),
    (holder_deceased, ()),
    (buyer_not_yet_holder, (*THEFT, *INSPECTION, help_wanted, scrapping_planned)),
    (temporary_plate, THEFT),
    (severely_damaged, (scrapping_planned,)),
    (scrapping, THEFT),
)

# Of two rules that give the same paper another status, the first wins.
OPEN: tuple[Rule, ...] = (
    reason_unknown,
    applicant_unknown,
    holder_applies,
    agent,
    professional,
    lessor_gave_mandate,
    company,
    minor,
    *THEFT,
    loss,
    damage,
    *INSPECTION,
    old_plate,
    current_plate,
    garage_plate,
    old_moped_plate,
    plate_unknown,
    moped,
    moved,
    unpaid_fines,
    pledge,
    storm,
    sale,
    help_wanted,
    payment,
    request,
)
