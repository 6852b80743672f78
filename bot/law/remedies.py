"""What can be done when the card is late, refused or does not come, by when, and what follows.

The way of a refusal: appeal to the administration within two months of the notification (CRPA L411-2), two
months of silence are a rejection (CRPA L411-7), then two months to go to the administrative court (CJA
R421-1, R421-2; more from overseas or abroad, R421-7). Every date told is a ``safe`` one (see time_limits).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum

from bot.law.parameters import number_on
from bot.law.time_limits import (
    TimeLimit,
    add_months,
    add_working_days,
    date_to_date,
    is_surely_over,
    kind_of,
)


class FileStatus(str, Enum):
    """Where the online request stands, as its page or the letter received says."""

    NONE = "none"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    VALIDATED = "validated"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"


class Residence(str, Enum):
    """Where the person lives: the distance lengthens the time to go to court (CJA R421-7)."""

    METROPOLE = "metropole"
    OVERSEAS = "overseas"
    ABROAD = "abroad"


class Stage(str, Enum):
    """Where the case stands on the day of the question; each stage has its main answer."""

    UNKNOWN = "unknown"
    NOT_REQUESTED = "not_requested"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    WAITING_UNDATED = "waiting_undated"
    WAITING = "waiting"
    NOT_RECEIVED = "not_received"
    AT_POST_OFFICE = "at_post_office"
    SENT_BACK = "sent_back"
    RECEIVED = "received"
    REFUSED_UNDATED = "refused_undated"
    REFUSED = "refused"
    COURT_ONLY = "court_only"
    APPEAL_PENDING = "appeal_pending"
    APPEAL_REJECTED = "appeal_rejected"
    LIMITS_NOT_BINDING = "limits_not_binding"
    LIMIT_PASSED = "limit_passed"


class StepCode(str, Enum):
    """The things a person can do, or will be able to do; each has its sentence."""

    TRACK = "track"
    CONTACT = "contact"
    WAIT_DELIVERY = "wait_delivery"
    PICK_UP = "pick_up"
    ASK_RESEND = "ask_resend"
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


class WarningCode(str, Enum):
    """What to know beside the steps; each has its sentence."""

    NON_WORKING_DAY = "non_working_day"
    LAST_HOURS = "last_hours"
    EDGE_APPEAL = "edge_appeal"
    LATE_APPEAL = "late_appeal"
    IMPLIED_REJECTION = "implied_rejection"
    LATE_ANSWER = "late_answer"
    BOTH_ANSWERS = "both_answers"
    LIMITS_NOT_BINDING = "limits_not_binding"
    CHECK_REMEDIES = "check_remedies"
    DISTANCE = "distance"
    WHICH_COURT = "which_court"
    DEFENDER_NO_SUSPENSION = "defender_no_suspension"
    NO_SPEEDING_UP = "no_speeding_up"
    DELIVERY_NOT_GUARANTEED = "delivery_not_guaranteed"
    INITIAL_SILENCE = "initial_silence"


@dataclass(frozen=True)
class Case:
    """What is known of one request; None means unknown, and for an appeal or its answer: none so far.

    ``refused_on`` is the day the refusal was notified. The answers are rejections: an appeal that succeeds
    ends the case. An appeal counts from the day the administration had it; the day of posting gives dates
    that are too early, never too late. ``department`` only serves for its public holidays.
    """

    file_status: FileStatus | None = None
    requested_on: dt.date | None = None
    incomplete_notice_on: dt.date | None = None
    validated_on: dt.date | None = None
    delivery_notice_on: dt.date | None = None
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


@dataclass(frozen=True)
class DatedStage:
    """A stage and the days it lasts, both included; ``until`` is None while no date ends it."""

    stage: Stage
    since: dt.date
    until: dt.date | None


def plan(case: Case, on: dt.date) -> Plan:
    """The stage of the case on that day and the steps open then; ValueError on an impossible case."""
    check(case, on)
    drawn = _refusal_plan(case, on) if _is_refused(case) else _delivery_plan(case, on)
    warnings = drawn.warnings
    if drawn.deadline is not None and drawn.deadline.extended is not None:
        moved = {"last_day": drawn.deadline.safe.isoformat(), "extended": drawn.deadline.extended.isoformat()}
        warnings = (Caution(WarningCode.NON_WORKING_DAY, "cja:R421-1", False, moved), *warnings)
    now = drawn.now
    if case.amount_disputed:
        now = (*now, Step(StepCode.TAX_CLAIM, "cibs:L421-91", certain=False))
    values = dict(drawn.values)
    if drawn.deadline is not None:
        values["deadline"] = drawn.deadline.safe.isoformat()
    for told in (*[step.values for step in (*now, *drawn.later)], *[warning.values for warning in warnings]):
        values.update(told)
    return replace(drawn, now=now, warnings=warnings, values=values)


def stages(case: Case, on: dt.date) -> tuple[DatedStage, ...]:
    """The stages of a refusal, past and to come if nothing more is done; empty before a dated refusal."""
    check(case, on)
    clock = _Clock(case, on)
    if case.refused_on is None or clock.initial is None:
        return ()
    marks = [(Stage.REFUSED, case.refused_on)]
    if clock.appeals:
        lodged = min(appeal.lodged for appeal in clock.appeals)
        marks += [(Stage.APPEAL_PENDING, lodged), (Stage.APPEAL_REJECTED, clock.start)]
    elif clock.last_day != clock.initial.safe:
        marks.append((Stage.COURT_ONLY, _day_after(clock.initial.safe)))
    end = Stage.LIMITS_NOT_BINDING if clock.unbound else Stage.LIMIT_PASSED
    marks.append((end, _day_after(clock.last_day)))
    ends = [since - dt.timedelta(days=1) for _, since in marks[1:]]
    found = [
        DatedStage(stage, since, until) for (stage, since), until in zip(marks, [*ends, None], strict=True)
    ]
    return tuple(stage for stage in found if stage.until is None or stage.since <= stage.until)


def open_questions(case: Case, on: dt.date) -> tuple[str, ...]:
    """The unknown facts that would change the plan, by field of the case, the most telling first."""
    current = plan(case, on)
    if current.stage is Stage.UNKNOWN:
        return ("file_status",)
    asked: list[str] = []
    if _is_refused(case) and case.refused_on is None:
        asked.append("refused_on")
    if current.stage is Stage.WAITING_UNDATED:
        asked.append("validated_on")
    for name, variants in _variants(case).items():
        if len({_told(plan(variant, on)) for variant in variants}) > 1:
            asked.append(name)
    if current.stage in (Stage.NOT_RECEIVED, Stage.WAITING_UNDATED) and case.delivery_notice_on is None:
        asked.append("delivery_notice_on")
    if current.stage in (Stage.REFUSED_UNDATED, Stage.LIMIT_PASSED) and case.gracious_appeal_on is None:
        asked.append("gracious_appeal_on")
    if current.stage is Stage.APPEAL_PENDING and case.gracious_appeal_on and not case.gracious_answer_on:
        asked.append("gracious_answer_on")
    return tuple(asked)


def check(case: Case, on: dt.date) -> None:
    """Nothing if the dates of the case can stand together; otherwise ValueError naming the fields."""
    for item in fields(case):
        value = getattr(case, item.name)
        if isinstance(value, dt.date) and value > on:
            raise ValueError(f"{item.name} is after the day of the question ({on.isoformat()})")
    for earlier, later in _ORDER:
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
    if _is_refused(case) and _is_delivered(case):
        raise ValueError("refused_on or an appeal with validated_on or delivery_notice_on")


_ORDER = (
    ("requested_on", "incomplete_notice_on"),
    ("requested_on", "validated_on"),
    ("requested_on", "refused_on"),
    ("validated_on", "delivery_notice_on"),
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
_OF_A_DELIVERY = ("validated_on", "delivery_notice_on")
_DELIVERED = (FileStatus.VALIDATED, FileStatus.SENT, FileStatus.RECEIVED)
_ONLY_WITH: Mapping[str, tuple[FileStatus, ...]] = {
    **{name: (FileStatus.REFUSED,) for name in _OF_A_REFUSAL},
    **{name: _DELIVERED for name in _OF_A_DELIVERY},
    **{name: tuple(FileStatus)[1:] for name in ("requested_on", "incomplete_notice_on")},
}


def _variants(case: Case) -> dict[str, list[Case]]:
    """The case with each possible answer to the closed questions that have none yet."""
    found: dict[str, list[Case]] = {}
    if case.refusal_states_remedies is None and _is_refused(case):
        found["refusal_states_remedies"] = [replace(case, refusal_states_remedies=a) for a in (True, False)]
    if case.residence is None:
        found["residence"] = [replace(case, residence=answer) for answer in Residence]
    if case.urgent is None:
        found["urgent"] = [replace(case, urgent=answer) for answer in (True, False)]
    return found


def _told(drawn: Plan) -> str:
    codes = [step.code.value for step in (*drawn.now, *drawn.later)]
    # When a limit ended is no reason to ask.
    told = sorted(item for item in drawn.values.items() if item[0] != "passed_on")
    return repr((drawn.stage, codes, told))


def _is_refused(case: Case) -> bool:
    return case.file_status is FileStatus.REFUSED or any(
        getattr(case, name) is not None for name in _OF_A_REFUSAL
    )


def _is_delivered(case: Case) -> bool:
    return any(getattr(case, name) is not None for name in _OF_A_DELIVERY)


def _day_after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


# --- the card that does not come ----------------------------------------------------------------------


def _delivery_plan(case: Case, on: dt.date) -> Plan:
    """Following, completing or claiming a request that is not refused (official page on remedies)."""
    status = case.file_status
    track, contact = Step(StepCode.TRACK, _PAGE), Step(StepCode.CONTACT, _PAGE)
    no_speed = Caution(WarningCode.NO_SPEEDING_UP, _PAGE)
    if status is None and not _is_delivered(case):
        return Plan(on, Stage.UNKNOWN, (track, contact))
    if status is FileStatus.NONE:
        return Plan(on, Stage.NOT_REQUESTED, (Step(StepCode.FIRST_REQUEST, "code_route:R322-10"),))
    if status is FileStatus.RECEIVED:
        return Plan(on, Stage.RECEIVED, ())
    if status is FileStatus.INCOMPLETE:
        # CRPA L114-5: the administration names the missing papers and sets the limit; we do not know it.
        now = (Step(StepCode.COMPLETE_FILE, "crpa:L114-5"), track, contact, *_urgent(case))
        return Plan(on, Stage.INCOMPLETE, now, warnings=(no_speed,))
    if status is FileStatus.UNDER_REVIEW:
        warnings = (no_speed, *_initial_silence(case, on))
        now = (track, contact, *_urgent(case))
        if len(warnings) > 1:
            now = (*now, _defender())
        return Plan(on, Stage.UNDER_REVIEW, now, warnings=warnings)
    return _sent_plan(case, on)


def _initial_silence(case: Case, on: dt.date) -> tuple[Caution, ...]:
    """A warning after two months of silence on the first request (CRPA L231-1; its effect was not found)."""
    months = number_on("deadlines.silence_on_appeal", on)
    if case.requested_on is None or on < add_months(case.requested_on, months):
        return ()
    return (Caution(WarningCode.INITIAL_SILENCE, "crpa:L231-1", False),)


def _sent_plan(case: Case, on: dt.date) -> Plan:
    """A validated request: 7 working days as a rule, and 15 days at the post office; neither is sure."""
    track, contact = Step(StepCode.TRACK, _PAGE), Step(StepCode.CONTACT, _PAGE)
    if case.delivery_notice_on is not None:
        days = dt.timedelta(days=number_on("deadlines.post_office_pickup", on))
        # The post office counts days of any kind: nothing moves the last one.
        last = case.delivery_notice_on + days
        limit = TimeLimit(last, None, kind_of(last, case.department))
        if on > limit.safe:
            now = (Step(StepCode.ASK_RESEND, "legalplace_duplicate", certain=False), contact, track)
            return Plan(on, Stage.SENT_BACK, now)
        values = {"pickup_deadline": limit.safe.isoformat()}
        since = case.delivery_notice_on
        pick_up = Step(StepCode.PICK_UP, "legalplace_duplicate", since, limit, certain=False, values=values)
        return Plan(on, Stage.AT_POST_OFFICE, (pick_up, track), deadline=limit)
    no_promise = Caution(WarningCode.DELIVERY_NOT_GUARANTEED, _PAGE)
    no_speed = Caution(WarningCode.NO_SPEEDING_UP, _PAGE)
    if case.validated_on is None:
        return Plan(on, Stage.WAITING_UNDATED, (track, contact), warnings=(no_promise, no_speed))
    days_allowed = number_on("deadlines.delivery", on)
    expected = add_working_days(case.validated_on, days_allowed, case.department)
    values = {"expected_on": expected.isoformat()}
    if on <= expected:
        wait = Step(StepCode.WAIT_DELIVERY, _PAGE, certain=False, values=values)
        later = (Step(StepCode.CONTACT, _PAGE, opens=_day_after(expected)),)
        return Plan(on, Stage.WAITING, (wait, track), later, (no_promise, no_speed), values=values)
    steps = (track, contact, *_urgent(case), _defender())
    return Plan(on, Stage.NOT_RECEIVED, steps, warnings=(no_promise,), values=values)


# --- the refusal --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Appeal:
    """An appeal lodged in time: when, and when it is or will be rejected, by an answer or by silence."""

    lodged: dt.date
    silence: dt.date
    answered: dt.date | None

    @property
    def rejected(self) -> dt.date:
        # An answer after the silence rejects what is rejected already: the first rejection is the safe one.
        return min(self.silence, self.answered or self.silence)

    def is_pending(self, on: dt.date) -> bool:
        return on < self.rejected


class _Clock:
    """The limits of one refusal: to appeal, and to go to court after it or after the appeals' rejection."""

    def __init__(self, case: Case, on: dt.date) -> None:
        self.case, self.on, self.department = case, on, case.department
        self.appeal_months = number_on("deadlines.appeal", on)
        self.silence_months = number_on("deadlines.silence_on_appeal", on)
        self.unbound = case.refusal_states_remedies is False
        self.initial = None if case.refused_on is None else self._months(case.refused_on, self.appeal_months)
        self.late, self.edge = False, False
        self.appeals = tuple(self._in_time())
        self.start = max((a.rejected for a in self.appeals), default=case.refused_on or on)
        self.court = self.court_limit(self.start)
        self.renewed = self._renewed()

    @property
    def last_limit(self) -> TimeLimit:
        """The limit after which only a new request remains, or a contest that no limit binds (CJA R421-5)."""
        if self.initial is not None and self.unbound and not self.appeals:
            return self.initial
        return self.renewed or self.court

    @property
    def last_day(self) -> dt.date:
        """The last day of that limit, the safe one."""
        return self.last_limit.safe

    @property
    def pending(self) -> bool:
        return any(appeal.is_pending(self.on) for appeal in self.appeals)

    def court_limit(self, start: dt.date) -> TimeLimit:
        """Two months after ``start`` (CJA R421-1), plus one from overseas or two from abroad (R421-7)."""
        return self._months(start, self.appeal_months, *self.distance)

    def court_limit_without_distance(self, start: dt.date) -> TimeLimit:
        """Two months after ``start``, wherever the person lives (CJA R421-1)."""
        return self._months(start, self.appeal_months)

    @property
    def distance(self) -> tuple[int, ...]:
        """The months that CJA R421-7 adds; none where the residence is unknown, which is the safe reading."""
        if self.case.residence is Residence.OVERSEAS:
            return (number_on("deadlines.court_extension_overseas", self.on),)
        if self.case.residence is Residence.ABROAD:
            return (number_on("deadlines.court_extension_abroad", self.on),)
        return ()

    def silence_after(self, lodged: dt.date) -> dt.date:
        """The day two months of silence on an appeal become a rejection (CRPA L411-7, L231-4)."""
        return add_months(lodged, self.silence_months)

    def _months(self, start: dt.date, *months: int) -> TimeLimit:
        return date_to_date(start, months, self.department)

    def _in_time(self) -> Iterator[_Appeal]:
        """The appeals that stop the court's clock: lodged within the first limit (CRPA L411-2)."""
        case = self.case
        for lodged, answered in (
            (case.gracious_appeal_on, case.gracious_answer_on),
            (case.hierarchical_appeal_on, case.hierarchical_answer_on),
        ):
            if lodged is None:
                continue
            if self.initial is not None and not self.unbound:
                if is_surely_over(self.initial, lodged, self.department):
                    self.late = True
                    continue
                self.edge = self.edge or lodged > self.initial.safe
            yield _Appeal(lodged, self.silence_after(lodged), answered)

    def _renewed(self) -> TimeLimit | None:
        """The limit that an answer later than the silence starts again while it ran (CJA R421-2)."""
        answers = [a.answered for a in self.appeals if a.answered is not None and a.answered > a.silence]
        if not answers or not self.start < max(answers) <= self.court.safe:
            return None
        return self.court_limit(max(answers))


def _refusal_plan(case: Case, on: dt.date) -> Plan:
    clock = _Clock(case, on)
    if clock.pending:
        return _pending_plan(clock)
    if clock.appeals:
        return _rejected_plan(clock)
    if clock.initial is None:
        return _undated_plan(clock)
    if on <= clock.initial.safe:
        return _first_limit_plan(clock, clock.initial)
    if on <= clock.last_day:
        return _court_only_plan(clock, clock.initial)
    return _passed_plan(clock)


def _undated_plan(clock: _Clock) -> Plan:
    """A refusal whose date is unknown: everything can be told but the dates."""
    certain = False
    now = (
        Step(StepCode.GRACIOUS_APPEAL_UNDATED, "crpa:L411-2", interrupts=True, certain=certain),
        Step(StepCode.HIERARCHICAL_APPEAL_UNDATED, "crpa:L411-2", interrupts=True, certain=certain),
        Step(StepCode.COURT_UNDATED, "cja:R421-1", certain=certain),
        *_suspension(clock),
        Step(StepCode.ASK_REASONS, "crpa:L211-5"),
        *_other_ways(),
    )
    return Plan(clock.on, Stage.REFUSED_UNDATED, now, warnings=_common_warnings(clock))


def _first_limit_plan(clock: _Clock, initial: TimeLimit) -> Plan:
    """A refusal nobody contested: both appeals for two months, and the court (CRPA L411-2, CJA R421-1)."""
    now = (
        *_open_appeals(clock),
        _court(clock, clock.court),
        *_suspension(clock),
        Step(StepCode.ASK_REASONS, "crpa:L211-5"),
        *_other_ways(),
    )
    silence = clock.silence_after(clock.on)
    later = (_silence(silence, True), _court_after(silence, clock.court_limit(silence), True))
    warnings, values = _common_warnings(clock), _refusal_values(clock.case)
    return Plan(clock.on, Stage.REFUSED, now, later, warnings, initial, values)


def _court_only_plan(clock: _Clock, initial: TimeLimit) -> Plan:
    """The two months to appeal are over, the distance leaves time to go to court (CJA R421-7)."""
    reasons = Step(StepCode.ASK_REASONS, "crpa:L211-5")
    now = (_court(clock, clock.court), *_suspension(clock), reasons, *_other_ways())
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    if not is_surely_over(initial, clock.on, clock.department):
        warnings.insert(0, Caution(WarningCode.LAST_HOURS, "crpa:L411-2", False))
    values = _refusal_values(clock.case)
    return Plan(clock.on, Stage.COURT_ONLY, now, (), tuple(warnings), clock.court, values)


def _pending_plan(clock: _Clock) -> Plan:
    """An appeal waits for its answer: the court's clock stands still until the rejection (CRPA L411-2)."""
    on = clock.on
    silence = {"silence_on": clock.start.isoformat()}
    certain = clock.initial is not None and not clock.edge and not clock.unbound
    now = (
        Step(StepCode.WAIT_ANSWER, "crpa:L411-7", certain=certain, values=silence),
        *_open_appeals(clock),
        *_suspension(clock),
        *_other_ways(),
    )
    later = (_silence(clock.start, certain), _court_after(clock.start, clock.court, certain))
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    return Plan(on, Stage.APPEAL_PENDING, now, later, tuple(warnings), None, silence)


def _rejected_plan(clock: _Clock) -> Plan:
    """The appeals are rejected, by an answer or silence: two months to go to court (CJA R421-1, R421-2)."""
    on = clock.on
    limit, certain = clock.court, clock.initial is not None and not clock.edge and not clock.unbound
    if on > limit.safe and clock.renewed is not None:
        limit, certain = clock.renewed, False
    if on > limit.safe:
        return _passed_plan(clock)
    values = {"rejected_on": clock.start.isoformat(), **_refusal_values(clock.case)}
    silent = any(appeal.rejected == appeal.silence for appeal in clock.appeals)
    reasons = (_reasons_of_silence(limit),) if silent else ()
    opened = list(_open_appeals(clock))
    if not opened and clock.case.hierarchical_appeal_on is None:
        # The official page sends there after a rejection; the law no longer stops the court's clock for it.
        opened.append(Step(StepCode.HIERARCHICAL_APPEAL_LATE, _PAGE))
    now = (_court(clock, limit, certain), *_suspension(clock), *reasons, *opened, *_other_ways())
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    if clock.renewed is not None:
        later_answer = {"renewed_deadline": clock.renewed.safe.isoformat()}
        warnings.insert(0, Caution(WarningCode.LATE_ANSWER, "cja:R421-2", False, later_answer))
    if silent:
        warnings.insert(0, Caution(WarningCode.IMPLIED_REJECTION, "crpa:L411-7"))
    return Plan(on, Stage.APPEAL_REJECTED, now, (), tuple(warnings), limit, values)


def _passed_plan(clock: _Clock) -> Plan:
    """The limit is over: what remains, and everything again if the refusal never stated it (CJA R421-5)."""
    on, department = clock.on, clock.department
    values = {"passed_on": clock.last_day.isoformat(), **_refusal_values(clock.case)}
    again = Step(StepCode.NEW_REQUEST, "code_route:R322-10")
    if clock.unbound:
        now = (
            *_unbound_appeals(clock),
            Step(StepCode.COURT_UNDATED, "cja:R421-5", certain=False),
            *_suspension(clock),
            again,
            *_other_ways(),
        )
        return Plan(on, Stage.LIMITS_NOT_BINDING, now, warnings=_common_warnings(clock), values=values)
    warnings = [*_appeal_warnings(clock)]
    if not is_surely_over(clock.last_limit, on, department):
        warnings.insert(0, Caution(WarningCode.LAST_HOURS, "cja:R421-1", False))
    if clock.case.refusal_states_remedies is None:
        warnings.insert(0, Caution(WarningCode.CHECK_REMEDIES, "cja:R421-5"))
    now = (again, _defender(), Step(StepCode.CONTACT, _PAGE), Step(StepCode.KEEP_PROOFS, _PAGE))
    return Plan(on, Stage.LIMIT_PASSED, now, warnings=tuple(warnings), values=values)


_PAGE = "sp_remedies"


def _open_appeals(clock: _Clock) -> Iterator[Step]:
    """The appeals not lodged yet that still stop the court's clock, until two months (CRPA L411-2)."""
    limit, case = clock.initial, clock.case
    if limit is None or clock.on > limit.safe:
        return
    if case.gracious_appeal_on is None:
        values = {"gracious_deadline": limit.safe.isoformat()}
        yield Step(StepCode.GRACIOUS_APPEAL, "crpa:L411-2", case.refused_on, limit, True, True, values)
    if case.hierarchical_appeal_on is None:
        values = {"hierarchical_deadline": limit.safe.isoformat()}
        yield Step(StepCode.HIERARCHICAL_APPEAL, "crpa:L411-2", case.refused_on, limit, True, True, values)


def _unbound_appeals(clock: _Clock) -> Iterator[Step]:
    """The appeals not lodged against a refusal that stated no remedy (CJA R421-5): no date can be told."""
    if clock.case.gracious_appeal_on is None:
        yield Step(StepCode.GRACIOUS_APPEAL_UNDATED, "cja:R421-5", interrupts=True, certain=False)
    if clock.case.hierarchical_appeal_on is None:
        yield Step(StepCode.HIERARCHICAL_APPEAL_UNDATED, "cja:R421-5", interrupts=True, certain=False)


def _silence(day: dt.date, certain: bool) -> Step:
    values = {"silence_rejects_on": day.isoformat()}
    return Step(StepCode.SILENCE_REJECTS, "crpa:L411-7", day, certain=certain, values=values)


def _court_after(opens: dt.date, limit: TimeLimit, certain: bool) -> Step:
    values = {"later_court_opens": opens.isoformat(), "later_court_deadline": limit.safe.isoformat()}
    return Step(StepCode.COURT_AFTER_APPEAL, "cja:R421-2", opens, limit, False, certain, values)


def _court(clock: _Clock, limit: TimeLimit, certain: bool = True) -> Step:
    values = {"court_deadline": limit.safe.isoformat()}
    return Step(StepCode.COURT, "cja:R421-1", clock.start, limit, False, certain, values)


def _reasons_of_silence(limit: TimeLimit) -> Step:
    """Asking why, within the court's limit, where silence rejected (CRPA L232-4)."""
    values = {"reasons_deadline": limit.safe.isoformat()}
    return Step(StepCode.ASK_REASONS_OF_SILENCE, "crpa:L232-4", deadline=limit, values=values)


def _urgent(case: Case) -> tuple[Step, ...]:
    """The judge's useful measures, which need urgency and no decision (CJA L521-3; one ruling, contested)."""
    return (Step(StepCode.INTERIM_MEASURES, "cja:L521-3", certain=False),) if case.urgent else ()


def _defender() -> Step:
    """The Défenseur des droits: free, after the steps with the administration (CRPA L424-1)."""
    return Step(StepCode.DEFENDER, "crpa:L424-1")


def _suspension(clock: _Clock) -> tuple[Step, ...]:
    """The urgent judge's suspension of the refusal, with an action against it (CJA L521-1)."""
    # Useful measures (L521-3) are for want of a decision: against a refusal, the urgent judge suspends.
    return (Step(StepCode.INTERIM_SUSPENSION, "cja:L521-1"),) if clock.case.urgent else ()


def _other_ways() -> tuple[Step, ...]:
    """The ways beside the appeals and the court: Défenseur des droits, mediation (CJA L213-6)."""
    mediation = Step(StepCode.MEDIATION, "cja:L213-6", interrupts=True)
    return _defender(), mediation, Step(StepCode.KEEP_PROOFS, _PAGE)


def _appeal_warnings(clock: _Clock) -> Iterator[Caution]:
    if clock.edge:
        yield Caution(WarningCode.EDGE_APPEAL, "crpa:L411-2", False)
    if clock.late:
        # From overseas or abroad the first limit may itself be longer: not found, so not relied on.
        yield Caution(WarningCode.LATE_APPEAL, "crpa:L411-2", not clock.distance)
    if len(clock.appeals) > 1:
        yield Caution(WarningCode.BOTH_ANSWERS, "crpa:L411-2")


def _common_warnings(clock: _Clock) -> tuple[Caution, ...]:
    found = [
        Caution(WarningCode.WHICH_COURT, "cja:R312-1", False),
        Caution(WarningCode.DEFENDER_NO_SUSPENSION, "crpa:L424-1"),
    ]
    surest = clock.court_limit_without_distance(clock.start).safe
    if clock.distance and clock.case.refused_on is not None and clock.on <= surest:
        told = {"surest_court_deadline": surest.isoformat()}
        found.insert(0, Caution(WarningCode.DISTANCE, "cja:R421-7", values=told))
    if clock.unbound:
        found.insert(0, Caution(WarningCode.LIMITS_NOT_BINDING, "cja:R421-5"))
    return tuple(found)


def _refusal_values(case: Case) -> dict[str, str]:
    return {} if case.refused_on is None else {"refused_on": case.refused_on.isoformat()}
