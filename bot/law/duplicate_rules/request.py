"""The rules on the request itself: help, payment, sending it."""

from __future__ import annotations

import datetime as dt

from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.parameters import parameter
from bot.law.situation import (
    Applicant,
    Holder,
)


def help_wanted(case: Case) -> Finding | None:
    """People who cannot apply online are helped at a digital point or a France services office (F1726)."""
    if not case.situation.needs_help or case.situation.applicant is Applicant.PROFESSIONAL:
        return None
    return Finding(
        steps=("get_help",), documents=("request_information",), warnings=("keep_credentials_private",)
    )


def payment(case: Case) -> Finding | None:
    """The online service takes bank cards only (Service-Public.fr F1726)."""
    if case.situation.applicant is Applicant.PROFESSIONAL:
        return None
    return Finding(documents=("bank_card",))


def request(case: Case) -> Finding | None:
    """Accepted: file number, provisional certificate, then the card (R322-10; arrêté, art. 17).

    Since 1 January 2025 the card comes by tracked letter, into the letter box (France Titres).
    """
    known = case.situation
    through = known.applicant is Applicant.PROFESSIONAL
    with_address = known.holder not in {Holder.COMPANY, Holder.MINOR, Holder.LESSOR}
    return Finding(
        steps=(
            "request_through_professional" if through else "request_online",
            "print_provisional",
            "wait_for_card",
        ),
        documents=("request_information", *(("address_proof",) if with_address else ())),
        warnings=("tracked_letter",) if case.on >= _tracked_letter_starts() else (),
    )


def _tracked_letter_starts() -> dt.date:
    return parameter("milestones.tracked_letter_starts").values[0].since
