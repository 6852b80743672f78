"""From which day on each set of rules applies (``regimes.yml``), whatever the values of its parameters."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from bot.law.parameters import ParameterError, parameter


class Regime(StrEnum):
    """A set of rules that replaced another, or none."""

    PRICES_BEFORE_2021 = "prices_before_2021"
    FORWARDING_FEE = "forwarding_fee"
    CODE_OF_TAXES_ON_GOODS = "code_of_taxes_on_goods"
    TWO_WHEELS_INSPECTION = "two_wheels_inspection"


def first_day(regime: Regime) -> dt.date:
    """The first day of the rules; raises ParameterError where the regime has not exactly one date."""
    key = f"regimes.{regime.value}"
    values = parameter(key).values
    if len(values) != 1:
        raise ParameterError(f"{key} has several dates")
    return dt.date.fromisoformat(str(values[0].value))


def applies(regime: Regime, on: dt.date) -> bool:
    """Whether the rules are in force on that day; a regime ends where the next one starts."""
    return on >= first_day(regime)
