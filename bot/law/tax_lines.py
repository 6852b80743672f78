"""One line of a price: which tax, how much, by which article, since when, why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Tax(StrEnum):
    """The lines of a price, by the mark that the card gives them."""

    REGIONAL = "y1"
    TRANSPORT = "y2"
    EMISSIONS_AND_MASS = "y3"
    FIXED = "y4"
    FORWARDING = "y5"


class Reason(StrEnum):
    """Why a line is worth what it is worth."""

    NO_CHANGE_OF_HOLDER = "no_change_of_holder"
    NO_CERTIFICATE = "no_certificate"
    LABEL_ONLY = "label_only"
    FULL_RATE = "full_rate"
    TEN_YEARS_HALF_RATE = "ten_years_half_rate"
    MOTORCYCLE_HALF_RATE = "motorcycle_half_rate"
    ROAD_TRANSPORT_HALF_RATE = "road_transport_half_rate"
    CLEAN_VEHICLE_HALF_RATE = "clean_vehicle_half_rate"
    CLEAN_VEHICLE_EXEMPT = "clean_vehicle_exempt"
    ELECTRIC_EXEMPT_BY_LAW = "electric_exempt_by_law"
    E85_CONVERSION_CAPPED = "e85_conversion_capped"
    MOPED_EXEMPT = "moped_exempt"
    TRAILER_EXEMPT = "trailer_exempt"
    AGRICULTURAL_EXEMPT = "agricultural_exempt"
    STATE_VEHICLE_EXEMPT = "state_vehicle_exempt"
    SPOUSE_EXEMPT = "spouse_exempt"
    STORM_REPLACEMENT_EXEMPT = "storm_replacement_exempt"
    TRANSPORT_TAX_DUE = "transport_tax_due"
    NO_TRANSPORT_VEHICLE = "no_transport_vehicle"
    SPECIAL_USE_EXEMPT = "special_use_exempt"
    COLLECTION_EXEMPT = "collection_exempt"
    NO_FIRST_REGISTRATION = "no_first_registration"
    NO_PASSENGER_CAR = "no_passenger_car"
    FIXED_TAX_DUE = "fixed_tax_due"
    FIXED_TAX_EXEMPT_ONLY_ADDRESS = "fixed_tax_exempt_only_address"
    FIXED_TAX_EXEMPT_ONLY_ERROR = "fixed_tax_exempt_only_error"
    FIXED_TAX_EXEMPT_ONLY_MISUSE = "fixed_tax_exempt_only_misuse"
    FIXED_TAX_EXEMPT_ONLY_CONVERSION = "fixed_tax_exempt_only_conversion"
    FIXED_TAX_EXEMPT_ONLY_LISTED = "fixed_tax_exempt_only_listed"
    FIXED_TAX_EXEMPT_STORM = "fixed_tax_exempt_storm"
    FORWARDING_FEE_DUE = "forwarding_fee_due"
    FORWARDING_FEE_EXEMPT_MOPED = "forwarding_fee_exempt_moped"
    FORWARDING_FEE_EXEMPT_ERROR = "forwarding_fee_exempt_error"
    DUPLICATE_ONE_POWER_UNIT = "duplicate_one_power_unit"
    DUPLICATE_QUARTER_RATE = "duplicate_quarter_rate"
    MOTORCYCLE_QUARTER_RATE = "motorcycle_quarter_rate"
    ROAD_TRANSPORT_QUARTER_RATE = "road_transport_quarter_rate"
    UNTAXED_EVENT = "untaxed_event"
    MANAGEMENT_FEE_DUE = "management_fee_due"


class Uncertainty(StrEnum):
    """What the texts read do not settle about an amount."""

    MOPED_FIXED_TAX = "moped_fixed_tax"
    NO_OFFICIAL_EXAMPLE = "no_official_example"
    FORWARDING_FEE_EXEMPTION_NOT_FOUND = "forwarding_fee_exemption_not_found"
    NO_TARIFF_FOUND = "no_tariff_found"
    REGIONAL_RATE = "regional_rate"
    REGIONAL_RATE_NOT_KNOWN = "regional_rate_not_known"
    REGIONAL_INCREASE = "regional_increase"
    REGIONAL_EXEMPTION = "regional_exemption"
    REGIONAL_EXEMPTION_NOT_KNOWN = "regional_exemption_not_known"
    TRANSPORT_TAX_AMOUNT = "transport_tax_amount"
    SPOUSE_TRANSPORT_TAX = "spouse_transport_tax"
    PICKUP_EMISSIONS_TAX = "pickup_emissions_tax"
    MOPED_BEFORE_2021 = "moped_before_2021"


@dataclass(frozen=True)
class LastKnown:
    """A value of an earlier year that a line rests on, since that of its own year is not known yet.

    ``value`` is in the unit of its parameter (cents for one cheval fiscal, percent waived), ``year`` is the
    year it was set for, and ``doubt`` the uncertainty that says so.
    """

    doubt: Uncertainty
    year: int
    value: int


@dataclass(frozen=True)
class Line:
    """One tax: ``amount`` in cents, ``article`` a citation, ``since`` the first day of the value or rule.

    A line with ``last_known`` values is an estimate; their doubts are among its uncertainties.
    """

    tax: Tax
    amount: int
    article: str
    since: dt.date
    reason: Reason
    uncertainties: tuple[Uncertainty, ...] = ()
    last_known: tuple[LastKnown, ...] = ()
