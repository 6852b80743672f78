"""The regional tax (Y1): the region's rate, and the particular rates that halve or cancel it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import IntEnum

from bot.law.parameters import ParameterError, Value, keys, last_known, number_on, parameter, value_on
from bot.law.tax_lines import LastKnown, Line, Reason, Tax, Uncertainty
from bot.law.vehicle import MOTORCYCLES, Category, Energy, Vehicle, known

ROAD_TRANSPORT = frozenset({Category.M2, Category.M3, Category.N2, Category.N3})
AGRICULTURAL = frozenset({Category.C, Category.T, Category.R, Category.S})
EXCLUSIVELY_ELECTRIC = frozenset({Energy.ELECTRIC, Energy.HYDROGEN})
UNFAVOURED = frozenset({Energy.PETROL, Energy.DIESEL})
_INCREASES = {"ile_de_france": "fees.ile_de_france_increase"}


class Halves(IntEnum):
    """How many halves of the rate are due."""

    NONE = 0
    HALF = 1
    FULL = 2


@dataclass(frozen=True)
class Relief:
    """What is left of the rate, by which rule, and since when."""

    halves: Halves
    reason: Reason
    article: str
    since: dt.date
    uncertainties: tuple[Uncertainty, ...] = ()
    last_known: tuple[LastKnown, ...] = ()


@dataclass(frozen=True)
class Rate:
    """Cents due for one cheval fiscal, and the latest first day of the values that make it up."""

    cents: int
    since: dt.date
    uncertainties: tuple[Uncertainty, ...] = ()
    last_known: tuple[LastKnown, ...] = ()


def regions() -> tuple[str, ...]:
    """The keys of the regions that have a rate, sorted."""
    prefix = "regional_rates."
    return tuple(key.removeprefix(prefix) for key in keys() if key.startswith(prefix))


def region_name(region: str) -> str:
    """The French name of the region; raises ParameterError for an unknown key."""
    return parameter(f"regional_rates.{region}").label


def rate_on(region: str, on: dt.date) -> Rate:
    """The region's rate that day, its increase included (CIBS, art. L421-42 and L421-54-1).

    Regions set it year by year: where that of the day's year is not known yet, the rate of the year before
    stands in, as ``last_known`` says. Raises ParameterError naming the region and the day where neither is.
    """
    if region not in regions():
        raise ParameterError(f"unknown region {region!r} (rate asked for {on.isoformat()})")
    rate = last_known(f"regional_rates.{region}", on)
    earlier = _earlier(f"regional_rates.{region}", rate, Uncertainty.REGIONAL_RATE_NOT_KNOWN, on)
    parts = [(rate, Uncertainty.REGIONAL_RATE)]
    if region in _INCREASES:
        parts.append((value_on(_INCREASES[region], on), Uncertainty.REGIONAL_INCREASE))
    return Rate(
        cents=sum(_number(value) for value, _ in parts),
        since=max(value.since for value, _ in parts),
        uncertainties=(
            *(known.doubt for known in earlier),
            *(doubt for value, doubt in parts if not value.certain),
        ),
        last_known=earlier,
    )


def _earlier(key: str, value: Value, doubt: Uncertainty, on: dt.date) -> tuple[LastKnown, ...]:
    """The value as one of an earlier year, where it no longer holds that day; nothing where it does."""
    end = parameter(key).end_of(value)
    if end is None or on < end:
        return ()
    return (LastKnown(doubt, value.since.year, _number(value)),)


def regional_tax(vehicle: Vehicle, on: dt.date, region: str | None, since: dt.date) -> Line:
    """The regional tax of a change of holder (CIBS, art. L421-42 to L421-53), from 2021.

    ``since`` dates the exemptions that rest on no value. Raises MissingFact naming what the amount depends
    on, and ParameterError naming region and day where a rate or an exemption is not known.
    """
    exemption = exemption_by_kind(vehicle, since) or electric_exemption(vehicle, on)
    if exemption is not None:
        return _line(0, exemption, exemption.since)
    where = known(region, "region")
    by_category = category_relief(vehicle, since)
    relief = _particular_rate(by_category, energy_relief(vehicle, on, where, since))
    converted = vehicle.energy is Energy.E85_CONVERSION
    if relief.halves is Halves.NONE and not converted:
        return _line(0, relief, relief.since)
    power = known(vehicle.fiscal_power, "fiscal_power")
    rate = rate_on(where, on)
    if relief.halves is Halves.NONE:
        over = _half_up(rate.cents * power * by_category.halves) - number_on("fees.e85_conversion_cap", on)
        capped = replace(relief, reason=Reason.E85_CONVERSION_CAPPED) if over > 0 else relief
        return _line(max(0, over), capped, rate.since, rate)
    if relief.halves is Halves.FULL and vehicle.is_ten_years_old(on):
        relief = replace(
            relief, halves=Halves.HALF, reason=Reason.TEN_YEARS_HALF_RATE, article="cibs:L421-45"
        )
    return _line(_half_up(rate.cents * power * relief.halves), relief, rate.since, rate)


def _line(amount: int, relief: Relief, since: dt.date, rate: Rate | None = None) -> Line:
    doubts = (rate.uncertainties if rate else ()) + relief.uncertainties
    earlier = (rate.last_known if rate else ()) + relief.last_known
    return Line(Tax.REGIONAL, amount, relief.article, since, relief.reason, doubts, earlier)


def exemption_by_kind(vehicle: Vehicle, since: dt.date) -> Relief | None:
    """The exemption that the holder or the category alone gives (CIBS, art. L421-30, -46, -48, -53)."""
    if vehicle.state_owned:
        return Relief(Halves.NONE, Reason.STATE_VEHICLE_EXEMPT, "cibs:L421-53", since)
    if vehicle.is_moped():
        return Relief(Halves.NONE, Reason.MOPED_EXEMPT, "cibs:L421-46", since)
    if vehicle.category in AGRICULTURAL:
        return Relief(Halves.NONE, Reason.AGRICULTURAL_EXEMPT, "cibs:L421-48", since)
    if vehicle.category is Category.O:
        return Relief(Halves.NONE, Reason.TRAILER_EXEMPT, "cibs:L421-30", since)
    return None


def electric_exemption(vehicle: Vehicle, on: dt.date) -> Relief | None:
    """The exemption of electricity and hydrogen in every region, until 30 April 2025 (CIBS, art. L421-49)."""
    if known(vehicle.energy, "energy") not in EXCLUSIVELY_ELECTRIC:
        return None
    value = value_on("regional_exemptions.electric_by_law", on)
    if value.value != 100:
        return None
    return Relief(Halves.NONE, Reason.ELECTRIC_EXEMPT_BY_LAW, "cibs:L421-49", value.since)


def category_relief(vehicle: Vehicle, since: dt.date) -> Relief:
    """The particular rate of a category: motorcycles (CIBS, art. L421-46), road transport (art. L421-47)."""
    if vehicle.category in MOTORCYCLES:
        return Relief(Halves.HALF, Reason.MOTORCYCLE_HALF_RATE, "cibs:L421-46", since)
    if vehicle.category in ROAD_TRANSPORT or (vehicle.category is Category.N1 and vehicle.road_tractor):
        return Relief(Halves.HALF, Reason.ROAD_TRANSPORT_HALF_RATE, "cibs:L421-47", since)
    return Relief(Halves.FULL, Reason.FULL_RATE, "cibs:L421-42", since)


def energy_relief(vehicle: Vehicle, on: dt.date, region: str, since: dt.date) -> Relief:
    """The particular rate that the region grants an energy (CIBS, art. L421-49 and L421-50).

    As for the rate, that of the year before stands in where the year's is not known yet.
    """
    if vehicle.energy in UNFAVOURED:
        return Relief(Halves.FULL, Reason.FULL_RATE, "cibs:L421-42", since)
    electric = vehicle.energy in EXCLUSIVELY_ELECTRIC
    key = f"regional_exemptions.{region}_{'electric' if electric else 'other'}"
    exempt = _exemption_on(key, on)
    article = "cibs:L421-49" if electric else "cibs:L421-50"
    earlier = _earlier(key, exempt, Uncertainty.REGIONAL_EXEMPTION_NOT_KNOWN, on)
    doubts = tuple(known.doubt for known in earlier)
    doubts += () if exempt.certain else (Uncertainty.REGIONAL_EXEMPTION,)
    if exempt.value == 100:
        return Relief(Halves.NONE, Reason.CLEAN_VEHICLE_EXEMPT, article, exempt.since, doubts, earlier)
    if exempt.value == 50:
        return Relief(Halves.HALF, Reason.CLEAN_VEHICLE_HALF_RATE, article, exempt.since, doubts, earlier)
    return Relief(Halves.FULL, Reason.FULL_RATE, "cibs:L421-42", exempt.since, doubts, earlier)


def _particular_rate(by_category: Relief, by_energy: Relief) -> Relief:
    # Particular rates do not add up: the lower one holds.
    lower = by_energy if by_energy.halves < by_category.halves else by_category
    return replace(lower, uncertainties=by_energy.uncertainties, last_known=by_energy.last_known)


def _exemption_on(key: str, on: dt.date) -> Value:
    if key not in keys():
        raise ParameterError(f"{key} has no value on {on.isoformat()}")
    return last_known(key, on)


def _half_up(half_cents: int) -> int:
    return (half_cents + 1) // 2


def _number(value: Value) -> int:
    return int(value.value)
