"""The rules on the technical inspection."""

from __future__ import annotations

from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.inspection import LIGHT, WITHOUT_KNOWN_RULE, first_inspection_open
from bot.law.situation import (
    Inspection,
    Reason,
)


def inspection_to_pass(case: Case) -> Finding | None:
    """Blocking: a vehicle subject to inspection gets no duplicate without a valid one (R322-10, al. 2)."""
    known = case.situation
    if known.inspection is not Inspection.EXPIRED or case.subject_to_inspection is False:
        return None
    # Whoever still holds a damaged card needs no identification sheet at the inspection centre.
    missing = known.reason in {Reason.LOSS, Reason.THEFT}
    return Finding(
        reasons=("inspection_must_be_valid",),
        steps=(*(("get_identification_sheet",) if missing else ()), "pass_inspection"),
        documents=("inspection_report",),
        warnings=("sheet_does_not_allow_driving",) if missing else (),
    )


def inspection_valid(case: Case) -> Finding | None:
    """A report still valid is the proof, whatever its age (code de la route, article R322-10, al. 2)."""
    if case.situation.inspection is not Inspection.VALID or case.subject_to_inspection is False:
        return None
    return Finding(reasons=("inspection_is_valid",), documents=("inspection_report",))


def inspection_exempt(case: Case) -> Finding | None:
    """An exempt vehicle needs no report; uncertain where its age says that it is subject (R322-10, al. 2)."""
    if case.situation.inspection is not Inspection.EXEMPT or case.subject_to_inspection is False:
        return None
    return Finding(
        reasons=("inspection_exempt",),
        uncertainties=("exemption_to_check",) if case.subject_to_inspection else (),
    )


def inspection_not_yet_required(case: Case) -> Finding | None:
    """Too recent to be subject: four years, category L five (R323-22; Service-Public.fr F2880).

    Tells the due day once the first inspection can be passed.
    """
    known = case.situation
    if case.subject_to_inspection is not False:
        return None
    light = known.vehicle_kind in LIGHT
    due = first_inspection_open(known.vehicle_kind, known.first_registration, case.on)
    return Finding(
        reasons=("inspection_not_yet_required" if light else "inspection_not_yet_required_two_wheels",),
        warnings=("first_inspection_due",) if due else (),
        values={"first_inspection_due": {"first_due": due.isoformat()}} if due else {},
    )


def inspection_unknown(case: Case) -> Finding | None:
    """To be checked: a valid inspection may be needed and we do not know of one (R322-10, al. 2)."""
    known = case.situation
    if known.inspection is not None or case.subject_to_inspection is False:
        return None
    unruled = known.vehicle_kind in WITHOUT_KNOWN_RULE
    return Finding(
        reasons=("inspection_must_be_valid",) if case.subject_to_inspection else (),
        steps=("check_inspection",),
        documents=("inspection_report",),
        uncertainties=("inspection_rule_unknown" if unruled else "inspection_unknown",),
        unsure=frozenset() if case.subject_to_inspection else frozenset({"inspection_report"}),
    )
