"""The letters of a case: which ones fit, and each as a draft with blanks for what we do not know."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts, is_uncertain
from bot.law.remedies import Stage, StepCode
from bot.nlg.sentences import Sentences
from bot.takeaway.answers import Answers, answers
from bot.takeaway.case import SheetCase
from bot.takeaway.deadlines import deadlines
from bot.takeaway.letter import Letter, body_of, with_blanks
from bot.takeaway.writing import Item, Line, Writer

# Each letter with the steps that call for it; a step of the plan, or of the decision.
_STEPS: dict[str, frozenset[str]] = {
    "gracious_appeal": frozenset({StepCode.GRACIOUS_APPEAL, StepCode.GRACIOUS_APPEAL_UNDATED}),
    "hierarchical_appeal": frozenset(
        {
            StepCode.HIERARCHICAL_APPEAL,
            StepCode.HIERARCHICAL_APPEAL_UNDATED,
            StepCode.HIERARCHICAL_APPEAL_LATE,
        }
    ),
    "reasons": frozenset({StepCode.ASK_REASONS}),
    "reasons_of_silence": frozenset({StepCode.ASK_REASONS_OF_SILENCE}),
    "defender": frozenset({StepCode.DEFENDER}),
    "mandate": frozenset({"get_mandate"}),
    "lessor": frozenset({"tell_lessor", "ask_lessor_mandate"}),
}
NAMES = tuple(_STEPS)
# The Défenseur des droits comes after a step taken with the administration (CRPA L424-1): not before.
_AFTER_A_STEP = frozenset(
    {
        Stage.APPEAL_PENDING,
        Stage.APPEAL_REJECTED,
        Stage.LIMIT_PASSED,
        Stage.NOT_RECEIVED,
        Stage.SHIPMENT_OVERDUE,
        Stage.UNDER_REVIEW,
    }
)
_DEADLINES = {
    "gracious_appeal": "gracious_appeal",
    "hierarchical_appeal": "hierarchical_appeal",
    "reasons_of_silence": "ask_reasons_of_silence",
}
_DATES = (
    "requested_on",
    "validated_on",
    "shipped_on",
    "refused_on",
    "gracious_appeal_on",
    "gracious_answer_on",
    "hierarchical_appeal_on",
    "hierarchical_answer_on",
)


def fitting(given: Answers) -> tuple[str, ...]:
    """The letters that the steps of a case call for, in the order of ``NAMES``."""
    plan, decision = given.plan, given.decision
    steps: set[str] = {step.code for step in plan.now} if plan else set()
    steps |= {step.code for step in decision.steps} if decision else set()
    if plan is None or plan.stage not in _AFTER_A_STEP:
        steps.discard(StepCode.DEFENDER)
    return tuple(name for name in NAMES if _STEPS[name] & steps)


def draft(name: str, case: SheetCase, sentences: Sentences, on: dt.date) -> Letter:
    """The letter of that name for the case; raises KeyError for an unknown name."""
    if name not in NAMES:
        raise KeyError(name)
    writer = Writer(sentences, False, on)
    given = answers(case, on)
    values = _values(name, case.facts, given, writer)
    prefix = f"utter_letter_{name}"
    how = [*writer.paragraphs(f"{prefix}_how")]
    days = {day.code: day for day in deadlines(case.facts, given.plan, on)}
    last = days.get(_DEADLINES.get(name, ""))
    if last is not None:
        how += writer.paragraphs("utter_letter_deadline", day=last.day)
    return Letter(
        name=name,
        title=writer.text(f"{prefix}_title"),
        how=tuple(how),
        sender=_lines("utter_letter_sender", writer),
        recipient=_lines(f"{prefix}_to", writer),
        place=_lines("utter_letter_place", writer)[0],
        subject=_lines(f"{prefix}_subject", writer)[0],
        body=body_of(writer.text(prefix, **values)),
    )


def _values(name: str, facts: Facts, given: Answers, writer: Writer) -> dict[str, object]:
    arguments = _arguments(given, writer)
    laws = writer.laws([{"response": f"utter_letter_{name}"}, *arguments])
    return {
        "refusal": _part("refusal", facts, "refused_on"),
        # An appeal that was answered is not the one met with silence: the other's day is left to fill in.
        "appeal": _part("appeal", {} if facts.get("gracious_answer_on") else facts, "gracious_appeal_on"),
        "what_happened": {"response": f"utter_letter_part_reason_{facts.get('reason', 'unknown')}"},
        "arguments": arguments,
        "dates": [
            {"response": f"utter_fact_{date}", "values": {date: facts[date]}}
            for date in _DATES
            # A letter states no day that is not certain.
            if date in facts and not is_uncertain(facts[date])
        ],
        "enclosures": _enclosures(facts),
        "articles": [{"response": "utter_letter_article", "values": {"title": law.title}} for law in laws],
    }


def _part(part: str, facts: Facts, date: str) -> Item:
    """A sentence with its date, or with a blank for it."""
    known = None if is_uncertain(facts.get(date)) else facts.get(date)
    end = "" if known else "_undated"
    return {"response": f"utter_letter_part_{part}{end}", "values": {date: known} if known else {}}


def _arguments(given: Answers, writer: Writer) -> list[Item]:
    """What speaks for the person: the reasons of a decision in favour, each with its text."""
    if not given.is_accepted or given.decision is None:
        return []
    found: list[Item] = []
    for reason in given.decision.reasons:
        name = f"utter_letter_argument_{reason.code}"
        if writer.has(name):
            # An argument names its own texts, not those of the reason.
            found.append({"response": name, "values": dict(reason.values)})
    return found


def _enclosures(facts: Facts) -> list[Item]:
    names = ["identity"]
    if facts.get("reason") == "theft":
        names.append("theft_declaration")
    if facts.get("reason") == "loss":
        names.append("loss_declaration")
    if facts.get("inspection") == "valid":
        names.append("inspection_report")
    return [{"response": f"utter_letter_enclosure_{name}"} for name in names]


def _lines(name: str, writer: Writer) -> tuple[Line, ...]:
    return tuple(with_blanks(line) for line in writer.text(name).split("\n") if line.strip())
