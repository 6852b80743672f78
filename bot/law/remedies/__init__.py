"""What can be done when the card is late, refused or does not come, by when, and what follows.

The way of a refusal: appeal to the administration within two months of the notification (CRPA L411-2), two
months of silence are a rejection (CRPA L411-7), then two months to go to the administrative court (CJA
R421-1, R421-2; more from overseas or abroad, R421-7). Every date told is a ``safe`` one (see time_limits).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.law.remedies.case import Case, FileStatus, Residence, is_refused
from bot.law.remedies.case import check as check_days
from bot.law.remedies.certainty import at_the_latest, doubts, narrowed
from bot.law.remedies.clock import Clock
from bot.law.remedies.delivery import delivery_plan
from bot.law.remedies.refusal import refusal_plan, uncertain_limit_plan
from bot.law.remedies.vocabulary import Caution, DatedStage, Plan, Stage, Step, StepCode, WarningCode

__all__ = [
    "Case",
    "Caution",
    "DatedStage",
    "FileStatus",
    "Plan",
    "Residence",
    "Stage",
    "Step",
    "StepCode",
    "WarningCode",
    "check",
    "open_questions",
    "plan",
    "stages",
]


# Stages at which a right is lost; never concluded from the earliest of several possible days.
_OVER = (Stage.LIMIT_PASSED, Stage.COURT_ONLY, Stage.COURT_PERHAPS)


def plan(case: Case, on: dt.date) -> Plan:
    """The stage of the case on that day and the steps open then; ValueError on an impossible case."""
    case = narrowed(case, on)
    check_days(case, on)
    drawn = _drawn(case, on)
    uncertain: tuple[str, ...] = ()
    if case.latest:
        hopeful = at_the_latest(case)
        if drawn.stage in _OVER and _drawn(hopeful, on).stage is not drawn.stage:
            drawn = uncertain_limit_plan(case, hopeful, on)
        uncertain = tuple(name for name in case.latest if _decides(name, case, on))
        drawn = replace(drawn, warnings=(*doubts(case, uncertain), *drawn.warnings), uncertain=uncertain)
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


def check(case: Case, on: dt.date) -> None:
    """Nothing if the days of the case can stand together in some reading; else ValueError naming fields."""
    check_days(narrowed(case, on), on)


def _drawn(case: Case, on: dt.date) -> Plan:
    return refusal_plan(case, on) if is_refused(case) else delivery_plan(case, on)


def _decides(name: str, case: Case, on: dt.date) -> bool:
    """Whether the plan would differ if that uncertain day were its latest possible value."""
    return _told(_drawn(case, on)) != _told(_drawn(at_the_latest(case, name), on))


def stages(case: Case, on: dt.date) -> tuple[DatedStage, ...]:
    """The stages of a refusal, past and to come if nothing more is done; empty before a dated refusal.

    An uncertain day counts as the earliest that it may be.
    """
    case = narrowed(case, on)
    check_days(case, on)
    clock = Clock(case, on)
    if case.refused_on is None or clock.initial is None:
        return ()
    marks = [(Stage.REFUSED, case.refused_on)]
    if clock.appeals:
        lodged = min(appeal.lodged for appeal in clock.appeals)
        marks += [(Stage.APPEAL_PENDING, lodged), (Stage.APPEAL_REJECTED, clock.start)]
    elif clock.last_day != clock.initial.safe:
        marks.append((clock.court_stage, _day_after(clock.initial.safe)))
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
    if is_refused(case) and case.refused_on is None:
        asked.append("refused_on")
    if current.stage is Stage.WAITING_UNDATED:
        asked.append("validated_on")
    for name, variants in _variants(case).items():
        if len({_told(plan(variant, on)) for variant in variants}) > 1:
            asked.append(name)
    if current.stage is Stage.SHIPPED_UNDATED:
        asked.append("shipped_on")
    if current.stage in (Stage.REFUSED_UNDATED, Stage.LIMIT_PASSED) and case.gracious_appeal_on is None:
        asked.append("gracious_appeal_on")
    if current.stage is Stage.APPEAL_PENDING and case.gracious_appeal_on and not case.gracious_answer_on:
        asked.append("gracious_answer_on")
    return tuple(asked)


def _variants(case: Case) -> dict[str, list[Case]]:
    """The case with each possible answer to the closed questions that have none yet."""
    found: dict[str, list[Case]] = {}
    if case.refusal_states_remedies is None and is_refused(case):
        found["refusal_states_remedies"] = [replace(case, refusal_states_remedies=a) for a in (True, False)]
    if case.residence is None:
        found["residence"] = [replace(case, residence=answer) for answer in Residence]
    if case.urgent is None:
        found["urgent"] = [replace(case, urgent=answer) for answer in (True, False)]
    return found


def _told(drawn: Plan) -> str:
    codes = [step.code.value for step in (*drawn.now, *drawn.later)]
    # The date on which a deadline passed is not worth a question.
    told = sorted(item for item in drawn.values.items() if item[0] != "passed_on")
    return repr((drawn.stage, codes, told))


def _day_after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)
