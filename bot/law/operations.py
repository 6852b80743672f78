"""What an operation asks the administration for: its purposes, and the document it produces."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.law.parameters import number_on
from bot.law.plates import PlateFormat
from bot.law.vehicle import MOPEDS, MissingFact, Vehicle, known


class Purpose(StrEnum):
    """The purposes that the law tells apart when it taxes or exempts a certificate."""

    DUPLICATE = "duplicate"
    ADDRESS = "address"
    ERROR = "error"
    MISUSE = "misuse"
    CONVERSION = "conversion"
    STORM_REISSUE = "storm_reissue"
    STORM_REPLACEMENT = "storm_replacement"
    HOLDER = "holder"
    FIRST_REGISTRATION = "first_registration"
    CO_OWNERSHIP = "co_ownership"
    LONG_TERM_RENTAL = "long_term_rental"
    SPOUSE = "spouse"
    NAME = "name"
    SERVICE = "service"


class Document(StrEnum):
    """What the administration hands over; a label is stuck on the card and is no certificate."""

    CERTIFICATE = "certificate"
    LABEL = "label"
    NONE = "none"


class Operation(StrEnum):
    """What a person may want to know the price of."""

    DUPLICATE = "duplicate"
    DUPLICATE_WITH_ADDRESS_CHANGE = "duplicate_with_address_change"
    DUPLICATE_AFTER_STORM = "duplicate_after_storm"
    ADDRESS_CHANGE = "address_change"
    CHANGE_OF_HOLDER = "change_of_holder"
    CO_OWNERSHIP_CHANGE = "co_ownership_change"
    LONG_TERM_RENTAL = "long_term_rental"
    FIRST_REGISTRATION = "first_registration"
    REPLACEMENT_AFTER_STORM = "replacement_after_storm"
    SPOUSE_ADDED_OR_REMOVED = "spouse_added_or_removed"
    NAME_CHANGE = "name_change"
    ERROR_CORRECTION = "error_correction"
    NUMBER_MISUSED = "number_misused"
    LOSS_DECLARATION = "loss_declaration"
    IDENTIFICATION_SHEET = "identification_sheet"
    PROVISIONAL_CERTIFICATE = "provisional_certificate"
    TRACKING = "tracking"


@dataclass(frozen=True)
class Issue:
    """The purposes of one request and the document that answers it."""

    purposes: frozenset[Purpose]
    document: Document


_PURPOSES: dict[Operation, tuple[Purpose, ...]] = {
    Operation.DUPLICATE: (Purpose.DUPLICATE,),
    Operation.DUPLICATE_WITH_ADDRESS_CHANGE: (Purpose.DUPLICATE, Purpose.ADDRESS),
    Operation.DUPLICATE_AFTER_STORM: (Purpose.STORM_REISSUE,),
    Operation.ADDRESS_CHANGE: (Purpose.ADDRESS,),
    Operation.CHANGE_OF_HOLDER: (Purpose.HOLDER,),
    Operation.CO_OWNERSHIP_CHANGE: (Purpose.CO_OWNERSHIP,),
    Operation.LONG_TERM_RENTAL: (Purpose.LONG_TERM_RENTAL,),
    Operation.FIRST_REGISTRATION: (Purpose.FIRST_REGISTRATION,),
    Operation.REPLACEMENT_AFTER_STORM: (Purpose.HOLDER, Purpose.STORM_REPLACEMENT),
    Operation.SPOUSE_ADDED_OR_REMOVED: (Purpose.SPOUSE,),
    Operation.NAME_CHANGE: (Purpose.NAME,),
    Operation.ERROR_CORRECTION: (Purpose.ERROR,),
    Operation.NUMBER_MISUSED: (Purpose.MISUSE,),
    Operation.LOSS_DECLARATION: (Purpose.SERVICE,),
    Operation.IDENTIFICATION_SHEET: (Purpose.SERVICE,),
    Operation.PROVISIONAL_CERTIFICATE: (Purpose.SERVICE,),
    Operation.TRACKING: (Purpose.SERVICE,),
}
_NEED_THE_PLATE = frozenset(
    {Operation.DUPLICATE, Operation.DUPLICATE_WITH_ADDRESS_CHANGE, Operation.ADDRESS_CHANGE}
)
_NOT_TOLD = frozenset({None, PlateFormat.UNKNOWN})
_PROVISIONAL = frozenset({PlateFormat.WW, PlateFormat.W_GARAGE})


def issue(
    operation: Operation, vehicle: Vehicle, on: dt.date, address_changes_before: int | None = None
) -> Issue:
    """What the operation asks for on this vehicle (code de la route, art. R322-2, R322-7 and R322-10).

    Raises MissingFact where the number format or the count of past address changes decides, ValueError for
    a provisional number or a negative count.
    """
    purposes = frozenset(_PURPOSES[operation])
    if Purpose.SERVICE in purposes:
        return Issue(purposes, Document.NONE)
    if vehicle.plate_format in _PROVISIONAL:
        raise ValueError(f"no price rule is known for plate_format {vehicle.plate_format!r}")
    if _is_old_number(operation, vehicle):
        return Issue(purposes | {Purpose.CONVERSION}, Document.CERTIFICATE)
    if operation is Operation.ADDRESS_CHANGE and not _is_beyond_labels(address_changes_before, on):
        return Issue(purposes, Document.LABEL)
    return Issue(purposes, Document.CERTIFICATE)


def _is_old_number(operation: Operation, vehicle: Vehicle) -> bool:
    plate_format = vehicle.plate_format
    # A moped never bore a number of the old format: its category answers the question.
    if vehicle.category not in MOPEDS and operation in _NEED_THE_PLATE and plate_format in _NOT_TOLD:
        raise MissingFact("plate_format")
    return plate_format is PlateFormat.FNI


def _is_beyond_labels(address_changes_before: int | None, on: dt.date) -> bool:
    count = known(address_changes_before, "address_changes_before")
    if count < 0:
        raise ValueError(f"address_changes_before cannot be negative, not {count}")
    return count >= number_on("fees.address_labels", on)
