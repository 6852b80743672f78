"""What is known of one request, and which facts can stand together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum


class FileStatus(StrEnum):
    """Where the online request stands, as its page or the letter received says."""

    NONE = "none"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    VALIDATED = "validated"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"


class Residence(StrEnum):
    """Where the person lives: the distance lengthens the time to go to court (CJA R421-7)."""

    METROPOLE = "metropole"
    OVERSEAS = "overseas"
    ABROAD = "abroad"


@dataclass(frozen=True)
class Case:
    """What is known of one request; None means unknown, and for an appeal or its answer: none so far.

    ``refused_on`` is the day the refusal was notified. The answers are rejections: an appeal that succeeds
    ends the case. An appeal counts on the day it was sent (Conseil d'État, 30 June 2025, no. 494573); its
    silence runs from the day the administration has it, so the day of sending gives dates that are too
    early, never too late. ``shipped_on`` is the day the tracking says the card was posted.
    ``department`` only serves for its public holidays. ``latest`` holds, by the name of its field, the last
    day that an uncertain day may be; the field itself holds the first, from which the plan counts.
    """

    file_status: FileStatus | None = None
    requested_on: dt.date | None = None
    incomplete_notice_on: dt.date | None = None
    validated_on: dt.date | None = None
    shipped_on: dt.date | None = None
    refused_on: dt.date | None = None
    refusal_states_remedies: bool | None = None
    gracious_appeal_on: dt.date | None = None
    gracious_answer_on: dt.date | None = None
    hierarchical_appeal_on: dt.date | None = None
    hierarchical_answer_on: dt.date | None = None
    residence: Residence | None = None
    department: str | None = None
    urgent: bool | None = None
    amount_disputed: bool | None = None
    latest: Mapping[str, dt.date] = field(default_factory=dict)


# Pairs of days of which the first comes no later than the second.
ORDER = (
    ("requested_on", "incomplete_notice_on"),
    ("requested_on", "validated_on"),
    ("requested_on", "refused_on"),
    ("requested_on", "shipped_on"),
    ("validated_on", "shipped_on"),
    ("incomplete_notice_on", "validated_on"),
    ("incomplete_notice_on", "refused_on"),
    ("refused_on", "gracious_appeal_on"),
    ("refused_on", "hierarchical_appeal_on"),
    ("gracious_appeal_on", "gracious_answer_on"),
    ("hierarchical_appeal_on", "hierarchical_answer_on"),
)

_NEEDS = (
    ("gracious_appeal_on", "gracious_answer_on"),
    ("hierarchical_appeal_on", "hierarchical_answer_on"),
)

_OF_A_REFUSAL = (
    "refused_on",
    "refusal_states_remedies",
    "gracious_appeal_on",
    "gracious_answer_on",
    "hierarchical_appeal_on",
    "hierarchical_answer_on",
)

_OF_A_DELIVERY = ("validated_on", "shipped_on")

_DELIVERED = (FileStatus.VALIDATED, FileStatus.SENT, FileStatus.RECEIVED)

_ONLY_WITH: Mapping[str, tuple[FileStatus, ...]] = {
    **{name: (FileStatus.REFUSED,) for name in _OF_A_REFUSAL},
    **{name: _DELIVERED for name in _OF_A_DELIVERY},
    **{name: tuple(FileStatus)[1:] for name in ("requested_on", "incomplete_notice_on")},
}


def check(case: Case, on: dt.date) -> None:
    """Nothing if the dates of the case can stand together; otherwise ValueError naming the fields."""
    for item in fields(case):
        value = getattr(case, item.name)
        if isinstance(value, dt.date) and value > on:
            raise ValueError(f"{item.name} is after the day of the question ({on.isoformat()})")
    for earlier, later in ORDER:
        first, second = getattr(case, earlier), getattr(case, later)
        if first is not None and second is not None and second < first:
            raise ValueError(f"{later} is before {earlier}")
    for needed, dependent in _NEEDS:
        if getattr(case, dependent) is not None and getattr(case, needed) is None:
            raise ValueError(f"{dependent} without {needed}")
    if case.file_status is not None:
        for name, statuses in _ONLY_WITH.items():
            if getattr(case, name) is not None and case.file_status not in statuses:
                raise ValueError(f"{name} with file_status {case.file_status.value}")
    if is_refused(case) and is_delivered(case):
        raise ValueError("refused_on or an appeal with validated_on or shipped_on")


def is_refused(case: Case) -> bool:
    """Whether a refusal is said, or a step that only a refusal allows."""
    return case.file_status is FileStatus.REFUSED or any(
        getattr(case, name) is not None for name in _OF_A_REFUSAL
    )


def is_delivered(case: Case) -> bool:
    """Whether a validation or a shipment is said."""
    return any(getattr(case, name) is not None for name in _OF_A_DELIVERY)
