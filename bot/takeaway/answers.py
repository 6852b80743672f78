"""Which guided dialogues have something to say about the facts of a sheet, and what."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from bot.guides import GUIDES, side_by_side
from bot.guides.guide import Reply
from bot.takeaway.case import SheetCase

logger = logging.getLogger(__name__)

_INCOMPLETE = "utter_outcome_incomplete"
_ACCEPTED = "utter_outcome_accepted"
_UNKNOWN_STAGE = "utter_remedy_unknown"
# The stages of a plan at which the request is still to be made, or made again.
_TO_REQUEST = {_UNKNOWN_STAGE, "utter_remedy_not_requested", "utter_remedy_limit_passed"}


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
    def is_accepted(self) -> bool:
        """Whether the duplicate can be had, be it after other steps."""
        return self.outcome.startswith(_ACCEPTED)

    @property
    def is_requested(self) -> bool:
        """Whether the request is made and lives its life: how to make it is told no more."""
        return self.remedy is not None and self.remedy.response not in _TO_REQUEST

    @property
    def outcome(self) -> str:
        """The response that says the decision, "" without a decision."""
        if self.eligibility is None:
            return ""
        answer = self.eligibility.values.get("answer")
        return str(answer["response"] if answer else self.eligibility.response)


def answers(case: SheetCase, on: dt.date) -> Answers:
    """What each guided dialogue answers to the facts on that day.

    The dialogue answered last always speaks; the others where the facts are enough for them.
    """
    found = {name: _reply(name, case, on) for name in GUIDES}
    eligibility, price, remedy = found["eligibility"], found["price"], found["remedy"]
    failed = remedy is None or eligibility is None
    decided = Answers(eligibility, None, None, False)
    if decided.outcome == _INCOMPLETE and case.guide != "eligibility":
        eligibility = None
    if remedy and remedy.response == _UNKNOWN_STAGE and case.guide != "remedy":
        remedy = None
    if case.guide != "price" and not (decided.is_accepted and price and price.values.get("lines")):
        price = None
    return Answers(eligibility, price, remedy, failed)


def _reply(name: str, case: SheetCase, on: dt.date) -> Reply | None:
    try:
        return side_by_side.replies(name, case.facts, on)[-1]
    except ValueError as error:
        # Dates that cannot stand together: the rest of the sheet is still worth having.
        logger.warning("the guided dialogue %s has no answer to a sheet: %s", name, type(error).__name__)
        return None
