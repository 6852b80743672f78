"""The forwarding fee (Y5, redevance d'acheminement), the same before and since 2021 but for its amount."""

from __future__ import annotations

import datetime as dt

from bot.law.operations import Document, Issue, Purpose
from bot.law.parameters import value_on
from bot.law.regimes import Regime, first_day
from bot.law.tax_lines import Line, Reason, Tax, Uncertainty
from bot.law.vehicle import Vehicle

_DECREE = "decret_2008_850:1"
_EXEMPTION_UNKNOWN = frozenset({Purpose.MISUSE, Purpose.STORM_REISSUE, Purpose.STORM_REPLACEMENT})


def forwarding_fee(request: Issue, vehicle: Vehicle, on: dt.date) -> Line:
    """The fee for sending a certificate; none for a moped, nor for the mending of an error (art. 1)."""
    if request.document is Document.NONE:
        return _nothing(Reason.NO_CERTIFICATE)
    if request.document is Document.LABEL:
        return _nothing(Reason.LABEL_ONLY)
    if Purpose.ERROR in request.purposes:
        return _nothing(Reason.FORWARDING_FEE_EXEMPT_ERROR)
    if vehicle.is_moped():
        return _nothing(Reason.FORWARDING_FEE_EXEMPT_MOPED)
    value = value_on("fees.forwarding_fee", on)
    unsettled = request.purposes & _EXEMPTION_UNKNOWN
    doubts = (Uncertainty.FORWARDING_FEE_EXEMPTION_NOT_FOUND,) if unsettled else ()
    amount = int(value.value)
    return Line(Tax.FORWARDING, amount, value.reference, value.since, Reason.FORWARDING_FEE_DUE, doubts)


def _nothing(reason: Reason) -> Line:
    return Line(Tax.FORWARDING, 0, _DECREE, first_day(Regime.FORWARDING_FEE), reason)
