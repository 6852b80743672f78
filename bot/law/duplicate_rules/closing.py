"""The rules that close a case: no duplicate, or not by this person, or not yet."""

from __future__ import annotations

from bot.law.decision import Outcome, Status
from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.duplicate_rules.people import THIRD_PARTIES, mandate_papers
from bot.law.plates import PlateFormat
from bot.law.situation import (
    Applicant,
    Holder,
    Opposition,
    OriginalFound,
    Reason,
    Situation,
)


def vehicle_stolen_with_card(case: Case) -> Finding | None:
    """Refused: no duplicate while the vehicle is stolen too (Service-Public.fr F1726, copy of about 2011).

    The insurer is told at once: code des assurances, article L113-2, 4°.
    """
    known = case.situation
    if known.vehicle_stolen is not True:
        return None
    locally = ("declare_theft_locally",) if known.event_abroad else ()
    report = () if known.theft_declared else (*locally, "report_vehicle_theft")
    return Finding(
        outcome=Outcome.REFUSED,
        answer="vehicle_stolen",
        reasons=("vehicle_stolen_with_card",),
        steps=(*report, "tell_insurer", "get_sheet_for_insurer"),
        warnings=("insurer_deadline",),
    )


def original_found_before_request(case: Case) -> Finding | None:
    """Not needed: the card is back and nothing was requested (by deduction)."""
    known = case.situation
    if known.original_found is not OriginalFound.BEFORE_REQUEST or known.reason is Reason.DAMAGE:
        return None
    return Finding(
        outcome=Outcome.NOT_NEEDED,
        answer="original_found_before",
        reasons=("original_is_back",),
        steps=("keep_original", *_police_to_tell(known)),
    )


def original_found_after_request(case: Case) -> Finding | None:
    """Irrevocable: a request sent is not cancelled and the original is invalid (Service-Public.fr F1726)."""
    known = case.situation
    if known.original_found is not OriginalFound.AFTER_REQUEST or known.reason is Reason.DAMAGE:
        return None
    return Finding(
        outcome=Outcome.IRREVOCABLE,
        answer="original_found_after",
        reasons=("request_cannot_be_cancelled",),
        steps=("destroy_original", *_police_to_tell(known), "wait_for_card"),
        warnings=("original_invalid",),
    )


def _police_to_tell(known: Situation) -> tuple[str, ...]:
    return ("tell_police_found",) if known.theft_declared else ()


def not_authorised(case: Case) -> Finding | None:
    """Refused: somebody else needs a signed mandate (Service-Public.fr F1726; code de la route, R322-10).

    A minor's parent and the user of a leased vehicle have rules of their own; the dead give no mandate.
    """
    known = case.situation
    others = {Holder.MINOR, Holder.LESSOR, Holder.DECEASED}
    if known.applicant is not Applicant.OTHER or known.holder in others:
        return None
    return Finding(
        outcome=Outcome.REFUSED,
        answer="mandate_missing",
        reasons=("mandate_missing",),
        steps=("get_mandate",),
        documents=mandate_papers(known),
    )


def lessor_applies(case: Case) -> Finding | None:
    """The lessor applies, the user only with the lessor's mandate (Service-Public.fr F1726)."""
    known = case.situation
    if known.holder is not Holder.LESSOR or known.applicant in THIRD_PARTIES | {Applicant.BUYER}:
        return None
    return Finding(
        outcome=Outcome.LESSOR_APPLIES,
        answer="lessor_applies",
        reasons=("lessor_is_holder",),
        steps=("tell_lessor", "ask_lessor_mandate"),
        documents=("lessor_mandate", "representative_identity"),
        warnings=("lessor_fees",),
        statuses={"lessor_mandate": Status.IF_ASKED, "representative_identity": Status.IF_ASKED},
    )


def holder_deceased(case: Case) -> Finding | None:
    """Other procedure: the heirs change the holder (code de la route, article R322-5).

    A vehicle to be scrapped is left to the rule on scrapping (article R322-9), a buyer to his own rule.
    """
    known = case.situation
    if known.holder is not Holder.DECEASED or known.applicant is Applicant.BUYER or known.to_be_scrapped:
        return None
    return Finding(
        outcome=Outcome.OTHER_PROCEDURE,
        answer="holder_deceased",
        reasons=("holder_deceased",),
        steps=("settle_succession",),
        warnings=("scrapping_needs_no_duplicate",),
        uncertainties=("duplicate_for_deceased",),
    )


def buyer_not_yet_holder(case: Case) -> Finding | None:
    """Other procedure: the buyer asks in his own name (France Titres; code de la route, R322-5)."""
    if case.situation.applicant is not Applicant.BUYER:
        return None
    return Finding(
        outcome=Outcome.OTHER_PROCEDURE,
        answer="buyer_own_name",
        reasons=("card_never_in_buyers_name",),
        steps=("request_in_own_name",),
        documents=("identity_proof", "transfer_certificate", "bank_card"),
        warnings=("not_a_duplicate_price", "change_of_holder_deadline", "recent_inspection_for_sale"),
        statuses={"identity_proof": Status.PROVIDE},
    )


def temporary_plate(case: Case) -> Finding | None:
    """Other procedure: a provisional WW number is no simple request (commercial source only)."""
    if case.situation.plate_format is not PlateFormat.WW:
        return None
    return Finding(
        outcome=Outcome.OTHER_PROCEDURE,
        answer="temporary_plate",
        reasons=("temporary_plate",),
        steps=("contact_service",),
        documents=("tax_clearance", "conformity_certificate"),
        warnings=("import_takes_longer",),
    )


def severely_damaged(case: Case) -> Finding | None:
    """Other procedure: a card withdrawn after severe damage comes back through the expert (L327-4)."""
    if case.situation.opposition is not Opposition.SEVERELY_DAMAGED:
        return None
    return Finding(
        outcome=Outcome.OTHER_PROCEDURE,
        answer="severely_damaged",
        reasons=("card_withdrawn",),
        steps=("follow_expert_procedure",),
        documents=("identification_sheet",),
    )


def scrapping(case: Case) -> Finding | None:
    """Not needed: for the scrap centre the declaration is enough (code de la route, article R322-9, I)."""
    known = case.situation
    if not known.to_be_scrapped:
        return None
    lost = known.reason is Reason.LOSS
    damaged = known.reason is Reason.DAMAGE
    return Finding(
        outcome=Outcome.NOT_NEEDED,
        answer="scrapping",
        reasons=("scrapping_needs_no_card",),
        steps=(*(("complete_loss_declaration",) if lost else ()), "hand_over_to_scrap_centre"),
        documents=(*(("loss_declaration",) if lost else ()), "ownership_proof"),
        uncertainties=("damaged_card_for_scrapping",) if damaged else (),
        statuses={"loss_declaration": Status.PROVIDE},
    )


def scrapping_planned(case: Case) -> Finding | None:
    """A reminder, where another rule closes the case: scrapping needs no duplicate (R322-9, I)."""
    if not case.situation.to_be_scrapped:
        return None
    return Finding(warnings=("scrapping_needs_no_duplicate",))
