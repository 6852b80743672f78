"""The steps that several plans share, each with its article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.law.remedies.case import Case
from bot.law.remedies.clock import Clock
from bot.law.remedies.vocabulary import Step, StepCode
from bot.law.time_limits import TimeLimit

# The official page on remedies.
PAGE = "sp_remedies"


def open_appeals(clock: Clock) -> Iterator[Step]:
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


def unbound_appeals(clock: Clock, reference: str = "cja:R421-5") -> Iterator[Step]:
    """The appeals not lodged whose last day cannot be told, as of a refusal without remedies (CJA R421-5)."""
    if clock.case.gracious_appeal_on is None:
        yield Step(StepCode.GRACIOUS_APPEAL_UNDATED, reference, interrupts=True, certain=False)
    if clock.case.hierarchical_appeal_on is None:
        yield Step(StepCode.HIERARCHICAL_APPEAL_UNDATED, reference, interrupts=True, certain=False)


def silence_rejects(day: dt.date, certain: bool) -> Step:
    """The day on which silence rejects an appeal (CRPA L411-7)."""
    values = {"silence_rejects_on": day.isoformat()}
    return Step(StepCode.SILENCE_REJECTS, "crpa:L411-7", day, certain=certain, values=values)


def court_after(opens: dt.date, limit: TimeLimit, certain: bool) -> Step:
    """The court, once an appeal that waits is rejected (CJA R421-2)."""
    values = {"later_court_opens": opens.isoformat(), "later_court_deadline": limit.safe.isoformat()}
    return Step(StepCode.COURT_AFTER_APPEAL, "cja:R421-2", opens, limit, False, certain, values)


def court(clock: Clock, limit: TimeLimit, certain: bool = True) -> Step:
    """The court, within its limit (CJA R421-1)."""
    values = {"court_deadline": limit.safe.isoformat()}
    return Step(StepCode.COURT, "cja:R421-1", clock.start, limit, False, certain, values)


def reasons_of_silence(limit: TimeLimit) -> Step:
    """Asking why, within the court's limit, where silence rejected (CRPA L232-4)."""
    values = {"reasons_deadline": limit.safe.isoformat()}
    return Step(StepCode.ASK_REASONS_OF_SILENCE, "crpa:L232-4", deadline=limit, values=values)


def urgent(case: Case) -> tuple[Step, ...]:
    """The judge's useful measures, which need urgency and no decision (CJA L521-3; one ruling, contested)."""
    return (Step(StepCode.INTERIM_MEASURES, "cja:L521-3", certain=False),) if case.urgent else ()


def defender() -> Step:
    """The Défenseur des droits: free, after the steps with the administration (CRPA L424-1)."""
    return Step(StepCode.DEFENDER, "crpa:L424-1")


def suspension(clock: Clock) -> tuple[Step, ...]:
    """The urgent judge's suspension of the refusal, with an action against it (CJA L521-1)."""
    # Useful measures (L521-3) are for want of a decision: against a refusal, the urgent judge suspends.
    return (Step(StepCode.INTERIM_SUSPENSION, "cja:L521-1"),) if clock.case.urgent else ()


def other_ways() -> tuple[Step, ...]:
    """The ways beside the appeals and the court: Défenseur des droits, mediation (CJA L213-6)."""
    mediation = Step(StepCode.MEDIATION, "cja:L213-6", interrupts=True)
    return defender(), mediation, Step(StepCode.KEEP_PROOFS, PAGE)
