"""The tax on transport vehicles (Y2), by weight."""

from __future__ import annotations

import datetime as dt

from bot.law.parameters import value_on
from bot.law.tax_lines import Line, Reason, Tax, Uncertainty
from bot.law.vehicle import TRANSPORT_VEHICLES, Vehicle, known

_BANDS = (
    (3_500, "fees.transport_tax_light"),
    (6_000, "fees.transport_tax_medium"),
    (11_000, "fees.transport_tax_heavy"),
)
_HEAVIEST = "fees.transport_tax_heaviest"


def transport_exemption(vehicle: Vehicle) -> Reason | None:
    """Why the vehicle does not bear the tax, None if it does (CIBS, art. L421-30 and L421-57)."""
    if vehicle.is_moped() or vehicle.category not in TRANSPORT_VEHICLES:
        return Reason.NO_TRANSPORT_VEHICLE
    if vehicle.special_use:
        return Reason.SPECIAL_USE_EXEMPT
    return Reason.COLLECTION_EXEMPT if vehicle.collection else None


def transport_tax(vehicle: Vehicle, on: dt.date) -> Line:
    """The tax on a vehicle of that weight, upper bounds included (CIBS, art. L421-56)."""
    weight = known(vehicle.gross_weight, "gross_weight")
    value = value_on(next((key for limit, key in _BANDS if weight <= limit), _HEAVIEST), on)
    doubts = () if value.certain else (Uncertainty.TRANSPORT_TAX_AMOUNT,)
    amount = int(value.value)
    return Line(Tax.TRANSPORT, amount, value.reference, value.since, Reason.TRANSPORT_TAX_DUE, doubts)
