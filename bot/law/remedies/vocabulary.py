"""What a plan is made of: its stage, its steps, what to know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.law.time_limits import TimeLimit


class Stage(StrEnum):
    """The stage of the case on the day of the question; each has a main answer."""

    UNKNOWN = "unknown"
    NOT_REQUESTED = "not_requested"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    WAITING_UNDATED = "waiting_undated"
    WAITING = "waiting"
    NOT_RECEIVED = "not_received"
    SHIPPED_UNDATED = "shipped_undated"
    SHIPPED = "shipped"
    SHIPMENT_OVERDUE = "shipment_overdue"
    RECEIVED = "received"
    REFUSED_UNDATED = "refused_undated"
    REFUSED = "refused"
    COURT_ONLY = "court_only"
    COURT_PERHAPS = "court_perhaps"
    APPEAL_PENDING = "appeal_pending"
    APPEAL_REJECTED = "appeal_rejected"
    LIMITS_NOT_BINDING = "limits_not_binding"
    LIMIT_PASSED = "limit_passed"
    LIMIT_UNCERTAIN = "limit_uncertain"


class StepCode(StrEnum):
    """The things a person can do, or will be able to do; each has its sentence."""

    TRACK = "track"
    CONTACT = "contact"
    WAIT_DELIVERY = "wait_delivery"
    TRACK_SHIPPING = "track_shipping"
    CHECK_MAILBOX = "check_mailbox"
    WAIT_LETTER = "wait_letter"
    CONTACT_AFTER_WAIT = "contact_after_wait"
    COMPLETE_FILE = "complete_file"
    FIRST_REQUEST = "first_request"
    NEW_REQUEST = "new_request"
    ASK_REASONS = "ask_reasons"
    ASK_REASONS_OF_SILENCE = "ask_reasons_of_silence"
    GRACIOUS_APPEAL = "gracious_appeal"
    GRACIOUS_APPEAL_UNDATED = "gracious_appeal_undated"
    HIERARCHICAL_APPEAL = "hierarchical_appeal"
    HIERARCHICAL_APPEAL_UNDATED = "hierarchical_appeal_undated"
    HIERARCHICAL_APPEAL_LATE = "hierarchical_appeal_late"
    WAIT_ANSWER = "wait_answer"
    SILENCE_REJECTS = "silence_rejects"
    COURT = "court"
    COURT_UNDATED = "court_undated"
    COURT_AFTER_APPEAL = "court_after_appeal"
    INTERIM_MEASURES = "interim_measures"
    INTERIM_SUSPENSION = "interim_suspension"
    DEFENDER = "defender"
    MEDIATION = "mediation"
    KEEP_PROOFS = "keep_proofs"
    TAX_CLAIM = "tax_claim"


class WarningCode(StrEnum):
    """What to know beside the steps; each has its sentence."""

    UNCERTAIN_REFUSAL = "uncertain_refusal"
    UNCERTAIN_APPEAL = "uncertain_appeal"
    UNCERTAIN_ANSWER = "uncertain_answer"
    UNCERTAIN_REQUEST = "uncertain_request"
    NON_WORKING_DAY = "non_working_day"
    LAST_HOURS = "last_hours"
    POST_MAY_BE_LATE = "post_may_be_late"
    EDGE_APPEAL = "edge_appeal"
    LATE_APPEAL = "late_appeal"
    UNDATED_REFUSAL = "undated_refusal"
    IMPLIED_REJECTION = "implied_rejection"
    LATE_ANSWER = "late_answer"
    SILENCE_FROM_RECEIPT = "silence_from_receipt"
    BOTH_ANSWERS = "both_answers"
    LIMITS_NOT_BINDING = "limits_not_binding"
    CHECK_REMEDIES = "check_remedies"
    DISTANCE = "distance"
    DISTANCE_DEPENDS = "distance_depends"
    WHICH_COURT = "which_court"
    DEFENDER_NO_SUSPENSION = "defender_no_suspension"
    NO_SPEEDING_UP = "no_speeding_up"
    DELIVERY_NOT_GUARANTEED = "delivery_not_guaranteed"
    INITIAL_SILENCE = "initial_silence"


@dataclass(frozen=True)
class Step:
    """One thing to do: from when, until when, whether it stops the court's clock, and how sure we are."""

    code: StepCode
    reference: str
    opens: dt.date | None = None
    deadline: TimeLimit | None = None
    interrupts: bool = False
    certain: bool = True
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Caution:
    """One thing to know, with its source, its values and how sure we are."""

    code: WarningCode
    reference: str
    certain: bool = True
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Where the case stands, what to do now, what comes next if that is done, and what to know."""

    on: dt.date
    stage: Stage
    now: tuple[Step, ...]
    later: tuple[Step, ...] = ()
    warnings: tuple[Caution, ...] = ()
    deadline: TimeLimit | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    # The days that decide and are not certain, by field of the case.
    uncertain: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatedStage:
    """A stage and the days it lasts, both included; ``until`` is None while no date ends it."""

    stage: Stage
    since: dt.date
    until: dt.date | None
