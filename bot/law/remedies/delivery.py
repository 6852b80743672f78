"""The card that does not come: following, completing or claiming a request that is not refused."""

from __future__ import annotations

import datetime as dt

from bot.law.parameters import number_on
from bot.law.remedies.case import Case, FileStatus, is_delivered
from bot.law.remedies.steps import PAGE, defender, urgent
from bot.law.remedies.vocabulary import Caution, Plan, Stage, Step, StepCode, WarningCode
from bot.law.time_limits import add_months, add_working_days

# France Titres on the shipping of cards.
SHIPPING = "ants_shipping"
ONE_DAY = dt.timedelta(days=1)


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
    if status is FileStatus.SENT or case.shipped_on is not None:
        return _shipped_plan(case, on)
    return _validated_plan(case, on)


def _initial_silence(case: Case, on: dt.date) -> tuple[Caution, ...]:
    """A warning after two months of silence on the first request (CRPA L231-1; its effect was not found)."""
    months = number_on("deadlines.silence_on_appeal", on)
    if case.requested_on is None or on < add_months(case.requested_on, months):
        return ()
    return (Caution(WarningCode.INITIAL_SILENCE, "crpa:L231-1", False),)


def _validated_plan(case: Case, on: dt.date) -> Plan:
    """A validated request, not known to be shipped: 7 working days on average, not guaranteed (F11475)."""
    track, contact = Step(StepCode.TRACK, PAGE), Step(StepCode.CONTACT, PAGE)
    no_promise = Caution(WarningCode.DELIVERY_NOT_GUARANTEED, PAGE)
    no_speed = Caution(WarningCode.NO_SPEEDING_UP, PAGE)
    if case.validated_on is None:
        return Plan(on, Stage.WAITING_UNDATED, (track, contact), warnings=(no_promise, no_speed))
    days_allowed = number_on("deadlines.delivery", on)
    expected = add_working_days(case.validated_on, days_allowed, case.department)
    values = {"expected_on": expected.isoformat()}
    if on <= expected:
        wait = Step(StepCode.WAIT_DELIVERY, PAGE, certain=False, values=values)
        later = (Step(StepCode.CONTACT, PAGE, opens=expected + ONE_DAY),)
        return Plan(on, Stage.WAITING, (wait, track), later, (no_promise, no_speed), values=values)
    steps = (track, contact, *urgent(case), defender())
    return Plan(on, Stage.NOT_RECEIVED, steps, warnings=(no_promise,), values=values)


def _shipped_plan(case: Case, on: dt.date) -> Plan:
    """A card shipped by tracked letter: 10 whole days of waiting, then the contact form (France Titres)."""
    track, check = Step(StepCode.TRACK_SHIPPING, SHIPPING), Step(StepCode.CHECK_MAILBOX, SHIPPING)
    if case.shipped_on is None:
        now = (track, check, Step(StepCode.CONTACT_AFTER_WAIT, SHIPPING))
        return Plan(on, Stage.SHIPPED_UNDATED, now)
    last = case.shipped_on + dt.timedelta(days=number_on("deadlines.wait_after_shipping", on))
    values = {"wait_until": last.isoformat()}
    if on <= last:
        wait = Step(StepCode.WAIT_LETTER, SHIPPING, values=values)
        later = (Step(StepCode.CONTACT, SHIPPING, opens=last + ONE_DAY),)
        return Plan(on, Stage.SHIPPED, (wait, track, check), later, values=values)
    steps = (track, Step(StepCode.CONTACT, SHIPPING), *urgent(case), defender())
    return Plan(on, Stage.SHIPMENT_OVERDUE, steps, values=values)
