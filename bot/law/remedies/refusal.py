"""The refusal: which appeals and courts are open, until when, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.law.remedies.case import Case, Residence
from bot.law.remedies.clock import Clock
from bot.law.remedies.steps import (
    PAGE,
    court,
    court_after,
    defender,
    open_appeals,
    other_ways,
    reasons_of_silence,
    silence_rejects,
    suspension,
    unbound_appeals,
)
from bot.law.remedies.vocabulary import Caution, Plan, Stage, Step, StepCode, WarningCode
from bot.law.time_limits import TimeLimit, is_surely_over

# A letter counts on the day it is posted (Conseil d'État, 30 June 2025, no. 494573), if that can be proved:
# in the last week the appeal online is the surer one.
POST_DAYS = dt.timedelta(days=7)


def refusal_plan(case: Case, on: dt.date) -> Plan:
    """What to do after a refusal, on that day."""
    clock = Clock(case, on)
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


def _undated_plan(clock: Clock) -> Plan:
    """A refusal whose date is unknown: everything can be told but the dates."""
    certain = False
    now = (
        Step(StepCode.GRACIOUS_APPEAL_UNDATED, "crpa:L411-2", interrupts=True, certain=certain),
        Step(StepCode.HIERARCHICAL_APPEAL_UNDATED, "crpa:L411-2", interrupts=True, certain=certain),
        Step(StepCode.COURT_UNDATED, "cja:R421-1", certain=certain),
        *suspension(clock),
        Step(StepCode.ASK_REASONS, "crpa:L211-5"),
        *other_ways(),
    )
    return Plan(clock.on, Stage.REFUSED_UNDATED, now, warnings=_common_warnings(clock))


def _first_limit_plan(clock: Clock, initial: TimeLimit) -> Plan:
    """A refusal nobody contested: both appeals for two months, and the court (CRPA L411-2, CJA R421-1)."""
    now = (
        *open_appeals(clock),
        court(clock, clock.court),
        *suspension(clock),
        Step(StepCode.ASK_REASONS, "crpa:L211-5"),
        *other_ways(),
    )
    warnings = _common_warnings(clock)
    if initial.safe - clock.on < POST_DAYS:
        warnings = (Caution(WarningCode.POST_MAY_BE_LATE, "crpa:L411-2", False), *warnings)
    silence = clock.silence_after(clock.on)
    later = (silence_rejects(silence, True), court_after(silence, clock.court_limit(silence), True))
    values = _refusal_values(clock.case)
    return Plan(clock.on, Stage.REFUSED, now, later, warnings, initial, values)


def _court_only_plan(clock: Clock, initial: TimeLimit) -> Plan:
    """The two months to appeal are over, the distance leaves time to go to court (CJA R421-7)."""
    reasons = Step(StepCode.ASK_REASONS, "crpa:L211-5")
    now = (court(clock, clock.court), *suspension(clock), reasons, *other_ways())
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    if not is_surely_over(initial, clock.on, clock.department):
        warnings.insert(0, Caution(WarningCode.LAST_HOURS, "crpa:L411-2", False))
    values = _refusal_values(clock.case)
    return Plan(clock.on, clock.court_stage, now, (), tuple(warnings), clock.court, values)


def _pending_plan(clock: Clock) -> Plan:
    """An appeal waits for its answer: the court's clock stands still until the rejection (CRPA L411-2)."""
    on = clock.on
    silence = {"silence_on": clock.start.isoformat()}
    certain = clock.initial is not None and not clock.edge and not clock.unbound
    now = (
        Step(StepCode.WAIT_ANSWER, "crpa:L411-7", certain=certain, values=silence),
        *open_appeals(clock),
        *suspension(clock),
        *other_ways(),
    )
    later = (silence_rejects(clock.start, certain), court_after(clock.start, clock.court, certain))
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    return Plan(on, Stage.APPEAL_PENDING, now, later, tuple(warnings), None, silence)


def _rejected_plan(clock: Clock) -> Plan:
    """The appeals are rejected, by an answer or silence: two months to go to court (CJA R421-1, R421-2)."""
    on = clock.on
    limit, certain = clock.court, clock.initial is not None and not clock.edge and not clock.unbound
    if on > limit.safe and clock.renewed is not None:
        limit, certain = clock.renewed, False
    if on > limit.safe:
        return _passed_plan(clock)
    values = {"rejected_on": clock.start.isoformat(), **_refusal_values(clock.case)}
    silent = any(appeal.rejected == appeal.silence for appeal in clock.appeals)
    reasons = (reasons_of_silence(limit),) if silent else ()
    opened = list(open_appeals(clock))
    if not opened and clock.case.hierarchical_appeal_on is None:
        # The official page sends there after a rejection; the law no longer stops the court's clock for it.
        opened.append(Step(StepCode.HIERARCHICAL_APPEAL_LATE, PAGE))
    now = (court(clock, limit, certain), *suspension(clock), *reasons, *opened, *other_ways())
    warnings = [*_appeal_warnings(clock), *_common_warnings(clock)]
    if clock.renewed is not None:
        later_answer = {"renewed_deadline": clock.renewed.safe.isoformat()}
        warnings.insert(0, Caution(WarningCode.LATE_ANSWER, "cja:R421-2", False, later_answer))
    if silent:
        warnings.insert(0, Caution(WarningCode.IMPLIED_REJECTION, "crpa:L411-7"))
    return Plan(on, Stage.APPEAL_REJECTED, now, (), tuple(warnings), limit, values)


def _passed_plan(clock: Clock) -> Plan:
    """The limit is over: what remains, and everything again if the refusal never stated it (CJA R421-5)."""
    on, department = clock.on, clock.department
    values = {"passed_on": clock.last_day.isoformat(), **_refusal_values(clock.case)}
    again = Step(StepCode.NEW_REQUEST, "code_route:R322-10")
    if clock.unbound:
        now = (
            *unbound_appeals(clock),
            Step(StepCode.COURT_UNDATED, "cja:R421-5", certain=False),
            *suspension(clock),
            again,
            *other_ways(),
        )
        return Plan(on, Stage.LIMITS_NOT_BINDING, now, warnings=_common_warnings(clock), values=values)
    warnings = [*_appeal_warnings(clock)]
    if not is_surely_over(clock.last_limit, on, department):
        warnings.insert(0, Caution(WarningCode.LAST_HOURS, "cja:R421-1", False))
    if clock.case.refusal_states_remedies is None:
        warnings.insert(0, Caution(WarningCode.CHECK_REMEDIES, "cja:R421-5"))
    now = (again, defender(), Step(StepCode.CONTACT, PAGE), Step(StepCode.KEEP_PROOFS, PAGE))
    return Plan(on, Stage.LIMIT_PASSED, now, warnings=tuple(warnings), values=values)


def uncertain_limit_plan(earliest: Case, latest: Case, on: dt.date) -> Plan:
    """A limit that is over if the uncertain days are the earliest, and runs if they are the latest.

    Nobody is told that it is over (CJA R421-1, CRPA L411-2 count from a day that is not certain here).
    """
    clock, hopeful = Clock(earliest, on), Clock(latest, on)
    now = (
        *unbound_appeals(clock, "crpa:L411-2"),
        Step(StepCode.COURT_UNDATED, "cja:R421-1", certain=False),
        *suspension(clock),
        Step(StepCode.ASK_REASONS, "crpa:L211-5"),
        *other_ways(),
    )
    values = {"passed_on": clock.last_day.isoformat(), "hoped_until": hopeful.last_day.isoformat()}
    warnings = [*_appeal_warnings(hopeful), *_common_warnings(hopeful)]
    return Plan(on, Stage.LIMIT_UNCERTAIN, now, warnings=tuple(warnings), values=values)


def _appeal_warnings(clock: Clock) -> Iterator[Caution]:
    if clock.edge:
        yield Caution(WarningCode.EDGE_APPEAL, "crpa:L411-2", False)
    if clock.initial is None and clock.appeals:
        yield Caution(WarningCode.UNDATED_REFUSAL, "crpa:L411-2", False)
    if clock.late:
        # From overseas or abroad the first limit may itself be longer: not found, so not relied on.
        yield Caution(WarningCode.LATE_APPEAL, "crpa:L411-2", not clock.distance)
    if clock.case.hierarchical_appeal_on is not None and clock.case.hierarchical_answer_on is None:
        # The day asked for is that of the posting: dates come out too early rather than too late.
        yield Caution(WarningCode.SILENCE_FROM_RECEIPT, "crpa:L411-7", False)
    if len(clock.appeals) > 1:
        yield Caution(WarningCode.BOTH_ANSWERS, "crpa:L411-2")


def _common_warnings(clock: Clock) -> tuple[Caution, ...]:
    found = [
        Caution(WarningCode.WHICH_COURT, "cja:R312-1", False),
        Caution(WarningCode.DEFENDER_NO_SUSPENSION, "crpa:L424-1"),
    ]
    surest = clock.court_limit_without_distance(clock.start).safe
    if clock.distance and clock.case.refused_on is not None:
        told = {"surest_court_deadline": surest.isoformat()}
        if clock.on <= surest:
            found.insert(0, Caution(WarningCode.DISTANCE, "cja:R421-7", values=told))
        elif clock.case.residence is Residence.OVERSEAS and not clock.unbound:
            # The month more is only for a court that sits outside the person's own territory.
            found.insert(0, Caution(WarningCode.DISTANCE_DEPENDS, "cja:R421-7", False, told))
    if clock.unbound:
        found.insert(0, Caution(WarningCode.LIMITS_NOT_BINDING, "cja:R421-5"))
    return tuple(found)


def _refusal_values(case: Case) -> dict[str, str]:
    return {} if case.refused_on is None else {"refused_on": case.refused_on.isoformat()}
