"""The lines of a price under the code général des impôts, until 31 December 2020.

Kept so that an old price can be told from a wrong one. A duplicate cost one cheval fiscal and a management
fee; the taxes were rounded to the euro, the forwarding fee was added after that.
"""

from __future__ import annotations

import datetime as dt

from bot.law.forwarding_fee import forwarding_fee
from bot.law.operations import Document, Issue, Purpose
from bot.law.parameters import value_on
from bot.law.regimes import Regime, first_day
from bot.law.regional_tax import ROAD_TRANSPORT, UNFAVOURED, Rate, rate_on
from bot.law.tax_lines import Line, Reason, Tax, Uncertainty
from bot.law.transport_tax import transport_exemption, transport_tax
from bot.law.vehicle import MOTORCYCLES, Category, Vehicle, known

UNTAXED = frozenset({Purpose.CONVERSION, Purpose.ADDRESS, Purpose.SPOUSE, Purpose.ERROR, Purpose.MISUSE})
_DUPLICATE = "cgi_before_2021:1599 octodecies"
_HOLDER = "cgi_before_2021:1599 sexdecies"
_LIGHT_MOTORCYCLE = 125


def lines(request: Issue, vehicle: Vehicle, on: dt.date, region: str | None) -> tuple[Line, ...]:
    """The five lines of the request under the rules of its time (CGI, art. 1599 octodecies and 1628-0 bis).

    Raises ValueError where no rule of that time is known, MissingFact and ParameterError as fees.quote.
    """
    return (*_taxes(request, vehicle, on, region), forwarding_fee(request, vehicle, on))


def _taxes(request: Issue, vehicle: Vehicle, on: dt.date, region: str | None) -> tuple[Line, ...]:
    if request.document is Document.NONE:
        return _all_nothing(Reason.NO_CERTIFICATE)
    if request.document is Document.LABEL:
        return _all_nothing(Reason.LABEL_ONLY)
    taxed = _taxed_purpose(request)
    if taxed is None:
        return _all_nothing(Reason.UNTAXED_EVENT)
    if vehicle.is_moped():
        return _all_nothing(Reason.MOPED_EXEMPT, (Uncertainty.MOPED_BEFORE_2021,))
    if taxed is Purpose.DUPLICATE:
        regional = _duplicate(vehicle, on, region)
        transport = _nothing(Tax.TRANSPORT, Reason.NO_CHANGE_OF_HOLDER)
    else:
        regional = _change_of_holder(vehicle, on, region)
        transport = _transport(vehicle, on)
    fee = value_on("fees.management_fee_before_2021", on)
    return (
        regional,
        transport,
        _nothing(Tax.EMISSIONS_AND_MASS, Reason.NO_FIRST_REGISTRATION),
        Line(Tax.FIXED, int(fee.value), fee.reference, fee.since, Reason.MANAGEMENT_FEE_DUE),
    )


def _taxed_purpose(request: Issue) -> Purpose | None:
    """The purpose that is taxed: of several, only the dearest counts (CGI, art. 1599 octodecies, 5).

    A duplicate for an old number was treated as a conversion, which is untaxed (same article, 3).
    """
    if Purpose.CONVERSION in request.purposes and Purpose.DUPLICATE in request.purposes:
        return None
    taxed = request.purposes - UNTAXED
    if not taxed:
        return None
    if taxed not in ({Purpose.DUPLICATE}, {Purpose.HOLDER}):
        names = ", ".join(sorted(purpose.value for purpose in taxed))
        raise ValueError(f"no price rule before 2021 is known for {names}")
    return next(iter(taxed))


def _duplicate(vehicle: Vehicle, on: dt.date, region: str | None) -> Line:
    """One cheval fiscal; a quarter for light motorcycles (CGI, art. 1599 octodecies, 1-2 and 4)."""
    rate = rate_on(known(region, "region"), on)
    if vehicle.category in MOTORCYCLES:
        if known(vehicle.engine_capacity, "engine_capacity") <= _LIGHT_MOTORCYCLE:
            return _regional(rate, 1, 1, Reason.DUPLICATE_QUARTER_RATE, _DUPLICATE)
    return _regional(rate, 1, 4, Reason.DUPLICATE_ONE_POWER_UNIT, _DUPLICATE)


def _change_of_holder(vehicle: Vehicle, on: dt.date, region: str | None) -> Line:
    """The rate by the power; halved for motorcycles and road transport, halved again from ten years on."""
    if known(vehicle.energy, "energy") not in UNFAVOURED:
        raise ValueError("no price rule before 2021 is known for the energy of this vehicle")
    rate = rate_on(known(region, "region"), on)
    power = known(vehicle.fiscal_power, "fiscal_power")
    old = vehicle.is_ten_years_old(on)
    if vehicle.category in MOTORCYCLES:
        reason = Reason.MOTORCYCLE_QUARTER_RATE if old else Reason.MOTORCYCLE_HALF_RATE
        return _regional(rate, power, 1 if old else 2, reason, _HOLDER)
    if vehicle.category in ROAD_TRANSPORT or (vehicle.category is Category.N1 and vehicle.road_tractor):
        reason = Reason.ROAD_TRANSPORT_QUARTER_RATE if old else Reason.ROAD_TRANSPORT_HALF_RATE
        return _regional(rate, power, 1 if old else 2, reason, _HOLDER)
    reason = Reason.TEN_YEARS_HALF_RATE if old else Reason.FULL_RATE
    return _regional(rate, power, 2 if old else 4, reason, _HOLDER)


def _regional(rate: Rate, power: int, quarters: int, reason: Reason, article: str) -> Line:
    # The other taxes are whole euros, so rounding this line rounds their sum.
    euros = (rate.cents * power * quarters + 200) // 400
    return Line(Tax.REGIONAL, euros * 100, article, rate.since, reason, rate.uncertainties)


def _transport(vehicle: Vehicle, on: dt.date) -> Line:
    exemption = transport_exemption(vehicle)
    return transport_tax(vehicle, on) if exemption is None else _nothing(Tax.TRANSPORT, exemption)


def _all_nothing(reason: Reason, doubts: tuple[Uncertainty, ...] = ()) -> tuple[Line, ...]:
    taxes = (Tax.REGIONAL, Tax.TRANSPORT, Tax.EMISSIONS_AND_MASS, Tax.FIXED)
    return tuple(_nothing(tax, reason, doubts) for tax in taxes)


def _nothing(tax: Tax, reason: Reason, doubts: tuple[Uncertainty, ...] = ()) -> Line:
    return Line(tax, 0, _DUPLICATE, first_day(Regime.PRICES_BEFORE_2021), reason, doubts)
