"""What an operation costs: the rules of the code des impositions sur les biens et services, since 2021.

The amounts are computed from the purposes of the request and the document produced, never looked up. Where
the text leaves two readings open, the quote holds both, each with its lines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.law import fees_before_2021
from bot.law.forwarding_fee import forwarding_fee
from bot.law.operations import Document, Issue, Operation, Purpose, issue
from bot.law.parameters import ParameterError, value_on
from bot.law.regimes import Regime, applies, first_day
from bot.law.regional_tax import regional_tax
from bot.law.tax_lines import LastKnown, Line, Reason, Tax, Uncertainty
from bot.law.transport_tax import transport_exemption, transport_tax
from bot.law.vehicle import TRANSPORT_VEHICLES, Category, Vehicle

EXEMPT_PURPOSES = frozenset({Purpose.ADDRESS, Purpose.ERROR, Purpose.MISUSE, Purpose.CONVERSION})
CHANGES_OF_HOLDER = frozenset(
    {Purpose.HOLDER, Purpose.FIRST_REGISTRATION, Purpose.CO_OWNERSHIP, Purpose.LONG_TERM_RENTAL}
)
_ONLY = {
    frozenset({Purpose.ADDRESS}): Reason.FIXED_TAX_EXEMPT_ONLY_ADDRESS,
    frozenset({Purpose.ERROR}): Reason.FIXED_TAX_EXEMPT_ONLY_ERROR,
    frozenset({Purpose.MISUSE}): Reason.FIXED_TAX_EXEMPT_ONLY_MISUSE,
    frozenset({Purpose.CONVERSION}): Reason.FIXED_TAX_EXEMPT_ONLY_CONVERSION,
}


class Why(StrEnum):
    """On what a reading rests."""

    SETTLED = "settled"
    TEXT_OF_THE_LAW = "text_of_the_law"
    TREATED_AS_CONVERSION = "treated_as_conversion"


class Note(StrEnum):
    """What else the person pays or should know."""

    NEW_PLATES = "new_plates"
    PRIVATE_FEE = "private_fee"
    RULES_BEFORE_2021 = "rules_before_2021"


@dataclass(frozen=True)
class Reading:
    """One way to read the law: its five lines in order, and the citations it rests on."""

    why: Why
    references: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """The sum of the lines, in cents."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Quote:
    """The price of an operation on a day: one reading where the law is clear, two where it is not."""

    operation: Operation
    on: dt.date
    readings: tuple[Reading, ...]
    notes: tuple[Note, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the law leaves more than one reading."""
        return len(self.readings) > 1

    @property
    def low(self) -> int:
        """The lowest total that a reading gives, in cents."""
        return min(reading.total for reading in self.readings)

    @property
    def high(self) -> int:
        """The highest total that a reading gives, in cents."""
        return max(reading.total for reading in self.readings)

    @property
    def total(self) -> int:
        """The total in cents; raises ValueError where the law leaves more than one reading."""
        return self._settled().total

    @property
    def lines(self) -> tuple[Line, ...]:
        """The five lines; raises ValueError where the law leaves more than one reading."""
        return self._settled().lines

    @property
    def uncertainties(self) -> tuple[Uncertainty, ...]:
        """What the texts read do not settle, each once, in the order of the lines."""
        lines = (line for reading in self.readings for line in reading.lines)
        return tuple(dict.fromkeys(doubt for line in lines for doubt in line.uncertainties))

    @property
    def last_known(self) -> tuple[LastKnown, ...]:
        """The values of an earlier year that the price rests on, each once: it is then an estimate."""
        lines = (line for reading in self.readings for line in reading.lines)
        return tuple(dict.fromkeys(known for line in lines for known in line.last_known))

    @property
    def references(self) -> tuple[str, ...]:
        """The citations of the readings and of their lines, each once."""
        cited: list[str] = []
        for reading in self.readings:
            cited += [*reading.references, *(line.article for line in reading.lines)]
        return tuple(dict.fromkeys(cited))

    def _settled(self) -> Reading:
        if self.is_open:
            raise ValueError(f"the price of {self.operation.value} has several readings: no single total")
        return self.readings[0]


def quote(
    operation: Operation,
    vehicle: Vehicle,
    on: dt.date,
    region: str | None = None,
    *,
    address_changes_before: int | None = None,
    by_professional: bool = False,
) -> Quote:
    """The price of the operation on that day (CIBS, art. L421-30 to L421-57; décret 2008-850).

    ``address_changes_before`` counts the moves already shown on the card and decides for ADDRESS_CHANGE
    only. Raises MissingFact naming a fact that decides and is not known, ValueError for an operation that
    no rule here prices, ParameterError naming region and day where a value is not known.
    """
    if not applies(Regime.PRICES_BEFORE_2021, on):
        raise ParameterError(f"no price rule is known on {on.isoformat()}")
    request = issue(operation, vehicle, on, address_changes_before)
    old_rules = not applies(Regime.CODE_OF_TAXES_ON_GOODS, on)
    readings: tuple[Reading, ...]
    if old_rules:
        readings = (Reading(Why.SETTLED, (), fees_before_2021.lines(request, vehicle, on, region)),)
    else:
        readings = tuple(
            Reading(why, references, _lines(one, vehicle, on, region))
            for why, references, one in _readings(request)
        )
    notes = [Note.NEW_PLATES] if Purpose.CONVERSION in request.purposes else []
    notes += [Note.PRIVATE_FEE] if by_professional else []
    notes += [Note.RULES_BEFORE_2021] if old_rules else []
    return Quote(operation, on, readings, tuple(notes))


def _since() -> dt.date:
    """The first day of the rules of this module, which dates the lines that rest on no value."""
    return first_day(Regime.CODE_OF_TAXES_ON_GOODS)


def _readings(request: Issue) -> Iterable[tuple[Why, tuple[str, ...], Issue]]:
    """The ways to read a request: two for a duplicate that also converts an old number (art. L421-39, 4°).

    The article exempts a certificate whose only purpose is the conversion; the administration used to treat
    such a duplicate as a conversion, and no official figure since 2021 says whether it still does.
    """
    if not {Purpose.DUPLICATE, Purpose.CONVERSION} <= request.purposes:
        yield Why.SETTLED, (), request
        return
    as_conversion = Issue(request.purposes - {Purpose.DUPLICATE}, request.document)
    yield Why.TEXT_OF_THE_LAW, ("cibs:L421-39",), request
    yield Why.TREATED_AS_CONVERSION, ("cibs:L421-39", "legalplace_duplicate", "road_safety_22"), as_conversion


def _lines(request: Issue, vehicle: Vehicle, on: dt.date, region: str | None) -> tuple[Line, ...]:
    return (
        _regional(request, vehicle, on, region),
        _transport(request, vehicle, on),
        _emissions_and_mass(request, vehicle),
        _fixed(request, vehicle, on),
        forwarding_fee(request, vehicle, on),
    )


def _regional(request: Issue, vehicle: Vehicle, on: dt.date, region: str | None) -> Line:
    """The regional tax, due only on a change of holder or what is treated as one (art. L421-33, 2°)."""
    if Purpose.STORM_REPLACEMENT in request.purposes:
        return Line(Tax.REGIONAL, 0, "cibs:L421-51", _since(), Reason.STORM_REPLACEMENT_EXEMPT)
    if Purpose.SPOUSE in request.purposes:
        return Line(Tax.REGIONAL, 0, "cibs:L421-52", _since(), Reason.SPOUSE_EXEMPT)
    if not request.purposes & CHANGES_OF_HOLDER:
        return _not_due(Tax.REGIONAL, request, Reason.NO_CHANGE_OF_HOLDER, "cibs:L421-33")
    return regional_tax(vehicle, on, region, _since())


def _transport(request: Issue, vehicle: Vehicle, on: dt.date) -> Line:
    """The tax on transport vehicles, due as the regional tax is (art. L421-30, 3°, L421-56 and L421-57)."""
    if not request.purposes & CHANGES_OF_HOLDER:
        line = _not_due(Tax.TRANSPORT, request, Reason.NO_CHANGE_OF_HOLDER, "cibs:L421-33")
        # Article L421-52 spares spouses the regional tax only; no text read charges them this one.
        if Purpose.SPOUSE in request.purposes and vehicle.category in TRANSPORT_VEHICLES:
            return replace(line, uncertainties=(Uncertainty.SPOUSE_TRANSPORT_TAX,))
        return line
    exemption = transport_exemption(vehicle)
    if exemption is None:
        return transport_tax(vehicle, on)
    article = "cibs:L421-57" if exemption is Reason.COLLECTION_EXEMPT else "cibs:L421-30"
    return Line(Tax.TRANSPORT, 0, article, _since(), exemption)


def _emissions_and_mass(request: Issue, vehicle: Vehicle) -> Line:
    """The taxes on emissions and mass: nil unless a passenger car is first registered (art. L421-33, 3°)."""
    if Purpose.FIRST_REGISTRATION not in request.purposes:
        return _not_due(Tax.EMISSIONS_AND_MASS, request, Reason.NO_FIRST_REGISTRATION, "cibs:L421-33")
    if vehicle.category is Category.M1:
        raise ValueError("no price rule here covers the emissions and mass of a new passenger car")
    # Some pick-ups of category N1 count as passenger cars (art. L421-2).
    doubts = (Uncertainty.PICKUP_EMISSIONS_TAX,) if vehicle.category is Category.N1 else ()
    return Line(Tax.EMISSIONS_AND_MASS, 0, "cibs:L421-30", _since(), Reason.NO_PASSENGER_CAR, doubts)


def _fixed(request: Issue, vehicle: Vehicle, on: dt.date) -> Line:
    """The fixed tax: due for any certificate (art. L421-38), but for the cases of L421-39 and L421-40."""
    if request.document is not Document.CERTIFICATE:
        return _not_due(Tax.FIXED, request, Reason.NO_CERTIFICATE, "cibs:L421-33")
    if request.purposes & {Purpose.STORM_REISSUE, Purpose.STORM_REPLACEMENT}:
        return Line(Tax.FIXED, 0, "cibs:L421-40", _since(), Reason.FIXED_TAX_EXEMPT_STORM)
    if request.purposes <= EXEMPT_PURPOSES:
        reason = _ONLY.get(request.purposes, Reason.FIXED_TAX_EXEMPT_ONLY_LISTED)
        return Line(Tax.FIXED, 0, "cibs:L421-39", _since(), reason)
    value = value_on("fees.fixed_tax", on)
    doubts: tuple[Uncertainty, ...] = ()
    if request.purposes & {Purpose.SPOUSE, Purpose.NAME}:
        doubts = (Uncertainty.NO_OFFICIAL_EXAMPLE,)
    elif Purpose.DUPLICATE in request.purposes and vehicle.is_moped():
        doubts = (Uncertainty.MOPED_FIXED_TAX,)
    return Line(Tax.FIXED, int(value.value), value.reference, value.since, Reason.FIXED_TAX_DUE, doubts)


def _not_due(tax: Tax, request: Issue, reason: Reason, article: str) -> Line:
    """A line of nothing: because no certificate is issued, or else for the reason given."""
    if request.document is Document.NONE:
        return Line(tax, 0, article, _since(), Reason.NO_CERTIFICATE, (Uncertainty.NO_TARIFF_FOUND,))
    if request.document is Document.LABEL:
        return Line(tax, 0, "bofip_fixed_tax", _since(), Reason.LABEL_ONLY)
    return Line(tax, 0, article, _since(), reason)
