"""From when on a vehicle must have a valid technical inspection (contrôle technique)."""

from __future__ import annotations

import datetime as dt

from bot.law.parameters import number_on
from bot.law.regimes import Regime, applies
from bot.law.situation import VehicleKind
from bot.law.time_limits import add_months

LIGHT = frozenset({VehicleKind.CAR, VehicleKind.VAN, VehicleKind.MOTORHOME})
TWO_WHEELS = frozenset({VehicleKind.MOTORCYCLE, VehicleKind.MOPED, VehicleKind.QUADRICYCLE})
# No text that we could read says when these must be inspected.
WITHOUT_KNOWN_RULE = frozenset({VehicleKind.TRAILER, VehicleKind.TRUCK, VehicleKind.TRACTOR})


def inspection_required(
    kind: VehicleKind | None, first_registration: dt.date | None, on: dt.date
) -> bool | None:
    """Whether the vehicle must have a valid inspection that day; None where the facts or the law do not say.

    Code de la route, articles R322-10 and R323-22; category L: Service-Public.fr F2880. A vehicle is subject
    from the day after its fourth (category L: fifth) anniversary, a collection vehicle at any age.
    """
    if kind is VehicleKind.COLLECTION:
        return True
    if kind in TWO_WHEELS and not applies(Regime.TWO_WHEELS_INSPECTION, on):
        return False
    due = first_inspection_due(kind, first_registration, on)
    return None if due is None else on > due


def first_inspection_due(
    kind: VehicleKind | None, first_registration: dt.date | None, on: dt.date
) -> dt.date | None:
    """The anniversary by which the first inspection must be done, by the law of that day; None if unknown.

    Code de la route, article R323-22 (four years); category L: Service-Public.fr F2880 (five years).
    """
    if first_registration is None:
        return None
    if kind in LIGHT:
        return add_months(first_registration, 12 * number_on("deadlines.first_inspection_car", on))
    if kind in TWO_WHEELS and applies(Regime.TWO_WHEELS_INSPECTION, on):
        return add_months(first_registration, 12 * number_on("deadlines.first_inspection_two_wheels", on))
    return None


def first_inspection_open(
    kind: VehicleKind | None, first_registration: dt.date | None, on: dt.date
) -> dt.date | None:
    """The due day of a first inspection that can already be passed that day; None otherwise.

    Code de la route, article R323-22: the six months before the fourth anniversary.
    """
    due = first_inspection_due(kind, first_registration, on)
    if due is None or kind not in LIGHT:
        return None
    opens = add_months(due, -number_on("deadlines.inspection_window_car", on))
    return due if opens <= on <= due else None
