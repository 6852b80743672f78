"""Which guided dialogues have something to say about the facts of a sheet, and what."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from bot.guides import GUIDES, side_by_side
from bot.guides.guide import Reply
from bot.law.decision import Decision, Outcome
from bot.law.fees import Quote
from bot.law.remedies import Plan, Stage
from bot.takeaway.case import SheetCase

logger = logging.getLogger(__name__)

_ACCEPTED = frozenset({Outcome.ACCEPTED, Outcome.ACCEPTED_AFTER_STEPS})
# The stages of a plan at which the request is still to be made, or made again.
_TO_REQUEST = frozenset({Stage.UNKNOWN, Stage.NOT_REQUESTED, Stage.LIMIT_PASSED})


@dataclass(frozen=True)
class Answers:
    """The answer of each guided dialogue, None where it has none; ``failed`` where the facts cannot be."""

    eligibility: Reply | None
    price: Reply | None
    remedy: Reply | None
    failed: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take away."""
        return not (self.eligibility or self.price or self.remedy)

    @property
    def decision(self) -> Decision | None:
        """What the law decides, None where the facts leave it open."""
        result = self.eligibility.result if self.eligibility else None
        return result if isinstance(result, Decision) else None

    @property
    def quote(self) -> Quote | None:
        """The price, None where it cannot be computed."""
        result = self.price.result if self.price else None
        return result if isinstance(result, Quote) else None

    @property
    def plan(self) -> Plan | None:
        """What to do about the request, None where the facts leave it open."""
        result = self.remedy.result if self.remedy else None
        return result if isinstance(result, Plan) else None

    @property
    def is_accepted(self) -> bool:
        """Whether the duplicate can be had, be it after other steps."""
        return self.decision is not None and self.decision.outcome in _ACCEPTED

    @property
    def is_requested(self) -> bool:
        """Whether the request was made: how to make it is told no more."""
        return self.plan is not None and self.plan.stage not in _TO_REQUEST


def answers(case: SheetCase, on: dt.date) -> Answers:
    """What each guided dialogue answers to the facts on that day.

    The dialogue answered last always speaks; the others where the facts are enough for them.
    """
    found = {name: _reply(name, case, on) for name in GUIDES}
    eligibility, price, remedy = found["eligibility"], found["price"], found["remedy"]
    failed = remedy is None or eligibility is None
    decided = Answers(eligibility, price, remedy, failed)
    is_incomplete = decided.decision is not None and decided.decision.outcome is Outcome.INCOMPLETE
    if is_incomplete and case.guide != "eligibility":
        eligibility = None
    if decided.plan is not None and decided.plan.stage is Stage.UNKNOWN and case.guide != "remedy":
        remedy = None
    if case.guide != "price" and not (decided.is_accepted and decided.quote and decided.quote.high):
        price = None
    return Answers(eligibility, price, remedy, failed)


def _reply(name: str, case: SheetCase, on: dt.date) -> Reply | None:
    try:
        return side_by_side.replies(name, case.facts, on)[-1]
    except ValueError as error:
        # Dates that cannot stand together: the rest of the sheet is still worth having.
        logger.warning("the guided dialogue %s has no answer to a sheet: %s", name, type(error).__name__)
        return None
