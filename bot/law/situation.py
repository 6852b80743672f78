"""What we know of somebody's case: a field is None until the person has told us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from typing import Any

from bot.law.plates import PlateFormat


class Reason(StrEnum):
    """What happened to the card."""

    LOSS = "loss"
    THEFT = "theft"
    DAMAGE = "damage"


class OriginalFound(StrEnum):
    """Whether the missing card turned up again, and when."""

    NO = "no"
    BEFORE_REQUEST = "before_request"
    AFTER_REQUEST = "after_request"


class Applicant(StrEnum):
    """Who makes the request; OTHER is anybody without a mandate, BUYER has bought but is not yet holder."""

    HOLDER = "holder"
    CO_HOLDER = "co_holder"
    AGENT = "agent"
    PROFESSIONAL = "professional"
    BUYER = "buyer"
    OTHER = "other"


class Holder(StrEnum):
    """In whose name the card is."""

    PERSON = "person"
    COMPANY = "company"
    LESSOR = "lessor"
    MINOR = "minor"
    DECEASED = "deceased"


class VehicleKind(StrEnum):
    """What the vehicle is; CAR, VAN and MOTORHOME weigh at most 3.5 tonnes, TRUCK weighs more."""

    CAR = "car"
    VAN = "van"
    MOTORHOME = "motorhome"
    MOTORCYCLE = "motorcycle"
    MOPED = "moped"
    QUADRICYCLE = "quadricycle"
    TRAILER = "trailer"
    TRUCK = "truck"
    TRACTOR = "tractor"
    COLLECTION = "collection"


class Inspection(StrEnum):
    """The state of the technical inspection (contrôle technique)."""

    VALID = "valid"
    EXPIRED = "expired"
    EXEMPT = "exempt"


class Opposition(StrEnum):
    """What may burden the card in the national register."""

    NONE = "none"
    PLEDGE = "pledge"
    UNPAID_FINES = "unpaid_fines"
    SEVERELY_DAMAGED = "severely_damaged"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The facts of one case; ``theft_declared`` means declared to the French police or gendarmerie."""

    reason: Reason | None = None
    event_abroad: bool | None = None
    theft_declared: bool | None = None
    vehicle_stolen: bool | None = None
    original_found: OriginalFound | None = None
    applicant: Applicant | None = None
    holder: Holder | None = None
    plate_format: PlateFormat | None = None
    vehicle_kind: VehicleKind | None = None
    first_registration: dt.date | None = None
    inspection: Inspection | None = None
    opposition: Opposition | None = None
    moved: bool | None = None
    storm_damage: bool | None = None
    to_be_scrapped: bool | None = None
    selling: bool | None = None
    needs_help: bool | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Situation:
        """The situation told by plain values (strings, booleans, ISO dates, None for unknown).

        Raises ValueError naming the field and what it accepts; the refused value is never repeated,
        since it may be what a person typed.
        """
        values: dict[str, Any] = {}
        for name, value in mapping.items():
            if name not in FIELDS:
                raise ValueError(f"unknown field; accepted: {', '.join(FIELDS)}")
            if value is not None:
                values[name] = _read(name, value)
        return cls(**values)

    def known(self) -> tuple[str, ...]:
        """The names of the fields that are not None, in the order of the class."""
        return tuple(name for name in FIELDS if getattr(self, name) is not None)


CHOICES: Mapping[str, type[Enum]] = {
    "reason": Reason,
    "original_found": OriginalFound,
    "applicant": Applicant,
    "holder": Holder,
    "plate_format": PlateFormat,
    "vehicle_kind": VehicleKind,
    "inspection": Inspection,
    "opposition": Opposition,
}
DATES = frozenset({"first_registration"})
FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Situation))


def possible_values(name: str) -> Iterable[object]:
    """Every value that a field of choices or of yes/no can take; empty for a date."""
    if name in DATES:
        return ()
    return tuple(CHOICES[name]) if name in CHOICES else (True, False)


def _read(name: str, value: object) -> object:
    if name in CHOICES:
        accepted = [member.value for member in CHOICES[name]]
        if isinstance(value, str) and value in accepted:
            return CHOICES[name](value)
        raise ValueError(f"{name}: accepted values are {', '.join(accepted)}")
    if name in DATES:
        if type(value) is dt.date:
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            raise ValueError(f"{name}: accepted value is a date such as 2019-05-31") from None
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name}: accepted values are true, false")
