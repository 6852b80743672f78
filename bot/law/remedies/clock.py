"""The limits that run from a refusal, and what appeals and silence make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.law.parameters import number_on
from bot.law.remedies.case import Case, Residence
from bot.law.remedies.vocabulary import Stage
from bot.law.time_limits import TimeLimit, add_months, date_to_date, is_surely_over


@dataclass(frozen=True)
class Appeal:
    """An appeal lodged in time: when, and when it is or will be rejected, by an answer or by silence."""

    lodged: dt.date
    silence: dt.date
    answered: dt.date | None

    @property
    def rejected(self) -> dt.date:
        """The day of the rejection."""
        # An answer after the silence rejects what is rejected already: the first rejection is the safe one.
        return min(self.silence, self.answered or self.silence)

    def is_pending(self, on: dt.date) -> bool:
        """Whether the appeal still waits for its answer."""
        return on < self.rejected


class Clock:
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
        """The last safe day of that time limit."""
        return self.last_limit.safe

    @property
    def pending(self) -> bool:
        """Whether one of the appeals still waits for its answer."""
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

    @property
    def court_stage(self) -> Stage:
        """What is left of the court once the two months are over: from overseas it depends on its seat."""
        return Stage.COURT_PERHAPS if self.case.residence is Residence.OVERSEAS else Stage.COURT_ONLY

    def silence_after(self, lodged: dt.date) -> dt.date:
        """The day two months of silence on an appeal become a rejection (CRPA L411-7, L231-4)."""
        return add_months(lodged, self.silence_months)

    def _months(self, start: dt.date, *months: int) -> TimeLimit:
        return date_to_date(start, months, self.department)

    def _in_time(self) -> Iterator[Appeal]:
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
            yield Appeal(lodged, self.silence_after(lodged), answered)

    def _renewed(self) -> TimeLimit | None:
        """The limit that an answer later than the silence starts again while it ran (CJA R421-2)."""
        answers = [a.answered for a in self.appeals if a.answered is not None and a.answered > a.silence]
        if not answers or not self.start < max(answers) <= self.court.safe:
            return None
        return self.court_limit(max(answers))
