"""Whether a duplicate can be requested and how: the decision, and what is still to be asked.

The rules are examined in order. The first one that closes the case stops the examination, except for the
rules listed beside it, which still tell the person something useful.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from bot.law.decision import (
    DOCUMENTS,
    REASONS,
    STEPS,
    UNCERTAINTIES,
    WARNINGS,
    Decision,
    Document,
    Item,
    Kind,
    Outcome,
    Status,
)
from bot.law.duplicate_rules import CLOSING, OPEN, Case, Finding, Rule
from bot.law.inspection import inspection_required
from bot.law.parameters import number_on
from bot.law.situation import DATES, Reason, Situation, possible_values
from bot.law.time_limits import add_months

__all__ = [
    "ASKED_FIELDS",
    "Decision",
    "Document",
    "Item",
    "Outcome",
    "Status",
    "decide",
    "open_questions",
]

DECLARATIONS = frozenset({"declare_theft_locally", "declare_theft", "declare_theft_on_return"})
INSPECTIONS = frozenset({"get_identification_sheet", "pass_inspection"})
CHECKS = frozenset({"check_inspection"})
PREREQUISITES = DECLARATIONS | INSPECTIONS | CHECKS


def decide(situation: Situation, on: dt.date) -> Decision:
    """The decision on that day (code de la route, article R322-10), with the facts that it rests on."""
    decision = _examine(situation, on)
    mattered = tuple(
        name for name in situation.known() if any(other != decision for other in _others(situation, name, on))
    )
    return dataclasses.replace(decision, facts=mattered)


# Asked in this order. The rest is used when the person tells it, and never asked: hardly anybody is
# concerned (storm, opposition, scrapping, sale), people say it first (card found again, help wanted), or it
# adds advice without changing what may be done (a loss abroad).
ASKED_FIELDS: tuple[str, ...] = (
    "reason",
    "vehicle_stolen",
    "event_abroad",
    "theft_declared",
    "applicant",
    "holder",
    "plate_format",
    "inspection",
    "vehicle_kind",
    "first_registration",
    "moved",
)
ASKED_AFTER_THEFT = frozenset({"vehicle_stolen", "event_abroad", "theft_declared"})
# Kind and age are asked only of people who do not know whether their inspection is valid.
ASKED_WITHOUT_INSPECTION = frozenset({"vehicle_kind", "first_registration"})


def open_questions(situation: Situation, on: dt.date, skip: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The unknown fields whose answer could change the decision, in the order to ask them.

    ``skip`` are the fields that the person cannot tell: never asked again.
    """
    decision = _examine(situation, on)
    return tuple(
        name
        for name in ASKED_FIELDS
        if name not in skip
        and getattr(situation, name) is None
        and _worth_asking(name, situation, skip)
        and any(other != decision for other in _others(situation, name, on))
    )


def _worth_asking(name: str, situation: Situation, skip: frozenset[str]) -> bool:
    if name in ASKED_AFTER_THEFT:
        return situation.reason is Reason.THEFT
    if name in ASKED_WITHOUT_INSPECTION:
        return situation.inspection is None and "inspection" in skip
    return True


def _others(situation: Situation, name: str, on: dt.date) -> Iterator[Decision]:
    """The decisions if that one field were otherwise; lazily, since the first difference is enough."""
    values = _days_to_try(on) if name in DATES else possible_values(name)
    for value in values:
        yield _examine(dataclasses.replace(situation, **{name: value}), on)  # type: ignore[arg-type]


def _days_to_try(on: dt.date) -> tuple[dt.date, ...]:
    # One day for each answer of the law: new, first inspection open, two-wheeler not yet subject, old.
    car = 12 * number_on("deadlines.first_inspection_car", on)
    return on, add_months(on, -car), add_months(on, -car - 1), add_months(on, -10 * car)


def _examine(situation: Situation, on: dt.date) -> Decision:
    case = Case(situation, on, inspection_required(situation.vehicle_kind, situation.first_registration, on))
    for rule, beside in CLOSING:
        closed = rule(case)
        if closed is not None:
            return _decision(closed, ((rule, closed), *_findings(beside, case)))
    return _decision(None, _findings(OPEN, case))


def _findings(rules: Iterable[Rule], case: Case) -> tuple[tuple[Rule, Finding], ...]:
    return tuple((rule, found) for rule in rules if (found := rule(case)) is not None)


def _decision(closed: Finding | None, found: tuple[tuple[Rule, Finding], ...]) -> Decision:
    findings = [finding for _, finding in found]
    steps = _collect(STEPS, findings, "steps")
    reasons = _collect(REASONS, findings, "reasons")
    if closed is not None and closed.outcome is not None:
        outcome, answer = closed.outcome, closed.answer
    else:
        outcome, answer = _accepted(reasons, steps)
    return Decision(
        outcome=outcome,
        answer=answer,
        rules=tuple(rule.__name__ for rule, _ in found),
        reasons=reasons,
        steps=steps,
        documents=_with_status(_collect(DOCUMENTS, findings, "documents"), findings),
        warnings=_collect(WARNINGS, findings, "warnings"),
        uncertainties=_collect(UNCERTAINTIES, findings, "uncertainties"),
    )


def _accepted(reasons: tuple[Item, ...], steps: tuple[Item, ...]) -> tuple[Outcome, str]:
    codes = {item.code for item in steps}
    if {"reason_unknown", "applicant_unknown"} & {item.code for item in reasons}:
        return Outcome.INCOMPLETE, "incomplete"
    first = codes & PREREQUISITES
    if not first:
        return Outcome.ACCEPTED, "accepted_by_parent" if "parent_applies" in codes else "accepted"
    for name, only in (("declaration", DECLARATIONS), ("inspection", INSPECTIONS), ("check", CHECKS)):
        if first <= only:
            return Outcome.ACCEPTED_AFTER_STEPS, f"accepted_after_{name}"
    return Outcome.ACCEPTED_AFTER_STEPS, "accepted_after_steps"


def _collect(catalogue: Mapping[str, Kind], findings: list[Finding], part: str) -> tuple[Kind, ...]:
    codes = {code for finding in findings for code in getattr(finding, part)}
    unsure = {code for finding in findings for code in finding.unsure}
    values = {code: told for finding in findings for code, told in finding.values.items()}
    items = []
    for code in sorted(codes, key=tuple(catalogue).index):
        item = catalogue[code]
        if code in unsure or code in values:
            item = dataclasses.replace(
                item, certain=item.certain and code not in unsure, values=values.get(code, item.values)
            )
        items.append(item)
    return tuple(items)


def _with_status(documents: tuple[Document, ...], findings: list[Finding]) -> tuple[Document, ...]:
    told: dict[str, Status] = {}
    for finding in findings:
        for code, status in finding.statuses.items():
            told.setdefault(code, status)
    return tuple(
        dataclasses.replace(document, status=told.get(document.code, document.status))
        for document in documents
    )
