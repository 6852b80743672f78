"""The card that does not come: following, completing or claiming a request that is not refused."""

from __future__ import annotations

import datetime as dt

from bot.law.parameters import number_on
from bot.law.remedies.case import Case, FileStatus, is_delivered
from bot.law.remedies.steps import PAGE, defender, urgent
from bot.law.remedies.vocabulary import Caution, Plan, Stage, Step, StepCode, WarningCode
from bot.law.time_limits import TimeLimit, add_months, add_working_days, kind_of


def delivery_plan(case: Case, on: dt.date) -> Plan:
    """Following, completing or claiming a request that is not refused (official page on remedies)."""
    status = case.file_status
    track, contact = Step(StepCode.TRACK, PAGE), Step(StepCode.CONTACT, PAGE)
    no_speed = Caution(WarningCode.NO_SPEEDING_UP, PAGE)
    if status is None and not is_delivered(case):
        return Plan(on, Stage.UNKNOWN, (track, contact))
    if status is FileStatus.NONE:
        return Plan(on, Stage.NOT_REQUESTED, (Step(StepCode.FIRST_REQUEST, "code_route:R322-10"),))
    if status is FileStatus.RECEIVED:
        return Plan(on, Stage.RECEIVED, ())
    if status is FileStatus.INCOMPLETE:
        # CRPA L114-5: the administration names the missing papers and sets the limit; we do not know it.
        now = (Step(StepCode.COMPLETE_FILE, "crpa:L114-5"), track, contact, *urgent(case))
        return Plan(on, Stage.INCOMPLETE, now, warnings=(no_speed,))
    if status is FileStatus.UNDER_REVIEW:
        warnings = (no_speed, *_initial_silence(case, on))
        now = (track, contact, *urgent(case))
        if len(warnings) > 1:
            now = (*now, defender())
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
    track, contact = Step(StepCode.TRACK, PAGE), Step(StepCode.CONTACT, PAGE)
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
    no_promise = Caution(WarningCode.DELIVERY_NOT_GUARANTEED, PAGE)
    no_speed = Caution(WarningCode.NO_SPEEDING_UP, PAGE)
    if case.validated_on is None:
        return Plan(on, Stage.WAITING_UNDATED, (track, contact), warnings=(no_promise, no_speed))
    days_allowed = number_on("deadlines.delivery", on)
    expected = add_working_days(case.validated_on, days_allowed, case.department)
    values = {"expected_on": expected.isoformat()}
    if on <= expected:
        wait = Step(StepCode.WAIT_DELIVERY, PAGE, certain=False, values=values)
        later = (Step(StepCode.CONTACT, PAGE, opens=expected + dt.timedelta(days=1)),)
        return Plan(on, Stage.WAITING, (wait, track), later, (no_promise, no_speed), values=values)
    steps = (track, contact, *urgent(case), defender())
    return Plan(on, Stage.NOT_RECEIVED, steps, warnings=(no_promise,), values=values)
