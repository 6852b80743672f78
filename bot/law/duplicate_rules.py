"""The rules on the duplicate of a card, one function each, and the order in which they are examined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.law.decision import Outcome, Status
from bot.law.inspection import LIGHT, WITHOUT_KNOWN_RULE, first_inspection_open
from bot.law.plates import PlateFormat
from bot.law.situation import (
    Applicant,
    Holder,
    Inspection,
    Opposition,
    OriginalFound,
    Reason,
    Situation,
    VehicleKind,
)


@dataclass(frozen=True)
class Case:
    """A situation on a day, with what the law of that day says of its inspection."""

    situation: Situation
    on: dt.date
    subject_to_inspection: bool | None


@dataclass(frozen=True)
class Finding:
    """What one rule says, by codes; with an ``outcome`` it closes the case, under the name ``answer``."""

    reasons: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    uncertainties: tuple[str, ...] = ()
    statuses: Mapping[str, Status] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    outcome: Outcome | None = None
    answer: str = ""


Rule = Callable[[Case], "Finding | None"]

THIRD_PARTIES = frozenset({Applicant.AGENT, Applicant.PROFESSIONAL})


# --- rules that close the case ------------------------------------------------------------------------


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
        documents=_mandate_papers(known),
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


# --- rules on what happened ---------------------------------------------------------------------------


def theft_in_france(case: Case) -> Finding | None:
    """A theft is declared to the police or gendarmerie before the request (arrêté of 9/2/2009, art. 17 a)."""
    if case.situation.reason is not Reason.THEFT or case.situation.event_abroad:
        return None
    return _theft(case.situation, "declare_theft")


def theft_abroad(case: Case) -> Finding | None:
    """A theft abroad is declared there, then in France, before the request (Service-Public.fr F1726)."""
    if case.situation.reason is not Reason.THEFT or not case.situation.event_abroad:
        return None
    return _theft(case.situation, "declare_theft_locally", "declare_theft_on_return")


def _theft(known: Situation, *declarations: str) -> Finding:
    done = known.theft_declared
    return Finding(
        reasons=("theft_already_declared",) if done else ("theft_declared_first",),
        steps=() if done else declarations,
        documents=("theft_declaration", *(("foreign_declaration",) if known.event_abroad else ())),
        warnings=("provisional_only_in_france",) if known.event_abroad else (),
        uncertainties=("theft_declaration_unknown",) if done is None else (),
        unsure=frozenset(declarations) if done is None else frozenset(),
    )


def theft_of_vehicle_unknown(case: Case) -> Finding | None:
    """Uncertain: no duplicate if the vehicle was stolen with the card (F1726, copy of about 2011)."""
    if case.situation.reason is not Reason.THEFT or case.situation.vehicle_stolen is not None:
        return None
    return Finding(uncertainties=("vehicle_stolen_unknown",))


def loss(case: Case) -> Finding | None:
    """A loss is requested directly, the declaration is optional (arrêté of 9/2/2009, art. 17 b)."""
    if case.situation.reason is not Reason.LOSS:
        return None
    abroad = case.situation.event_abroad
    return Finding(
        reasons=("loss_needs_no_declaration",),
        steps=("declare_loss_locally",) if abroad else (),
        documents=("loss_declaration",),
        warnings=("provisional_only_in_france",) if abroad else (),
    )


def damage(case: Case) -> Finding | None:
    """A damaged card is replaced directly and kept five years (arrêté of 9/2/2009, art. 17 c)."""
    if case.situation.reason is not Reason.DAMAGE:
        return None
    return Finding(
        reasons=("damage_needs_no_declaration",),
        steps=("keep_damaged_card",),
        documents=("damaged_card",),
        warnings=("do_not_send_damaged_card",),
    )


def reason_unknown(case: Case) -> Finding | None:
    """The three cases of a duplicate are loss, theft and damage (code de la route, article R322-10)."""
    return Finding(reasons=("reason_unknown",)) if case.situation.reason is None else None


# --- rules on who applies and for whom ----------------------------------------------------------------


def applicant_unknown(case: Case) -> Finding | None:
    """Only the holder, a co-holder or somebody with a mandate may apply (Service-Public.fr F1726)."""
    return Finding(reasons=("applicant_unknown",)) if case.situation.applicant is None else None


def holder_applies(case: Case) -> Finding | None:
    """The holder and the co-holder may apply (code de la route, article R322-10; Service-Public.fr F1726)."""
    known = case.situation
    own = known.applicant in {Applicant.HOLDER, Applicant.CO_HOLDER}
    if known.holder in {Holder.COMPANY, Holder.MINOR}:
        return None
    return Finding(
        reasons=("holder_may_apply",) if own else (),
        documents=() if known.applicant in THIRD_PARTIES else ("identity_proof",),
        uncertainties=() if known.holder else ("holder_unknown",),
    )


def agent(case: Case) -> Finding | None:
    """An agent applies with a copy of the signed mandate and of the holder's identity (F1726)."""
    if case.situation.applicant is not Applicant.AGENT:
        return None
    return Finding(
        reasons=("agent_may_apply",),
        documents=(*_mandate_papers(case.situation), "agent_identity"),
    )


def professional(case: Case) -> Finding | None:
    """An authorised professional applies on a mandate, for a fee of his own (code de la route, R322-1)."""
    if case.situation.applicant is not Applicant.PROFESSIONAL:
        return None
    return Finding(
        reasons=("professional_may_apply",),
        documents=_mandate_papers(case.situation),
        warnings=("professional_fees", "check_professional"),
    )


def _mandate_papers(known: Situation) -> tuple[str, ...]:
    papers: dict[Holder | None, tuple[str, ...]] = {
        Holder.LESSOR: ("lessor_mandate", "representative_identity"),
        Holder.COMPANY: ("mandate", "representative_identity"),
        Holder.MINOR: ("mandate",),
    }
    return papers.get(known.holder, ("mandate", "holder_identity"))


def lessor_gave_mandate(case: Case) -> Finding | None:
    """With the lessor's mandate, the user or a professional may apply (Service-Public.fr F1726)."""
    if case.situation.holder is not Holder.LESSOR:
        return None
    return Finding(reasons=("lessor_gave_mandate",), warnings=("lessor_fees",))


def company(case: Case) -> Finding | None:
    """A company applies through its legal representative, seat or site (code de la route, R322-1, II)."""
    if case.situation.holder is not Holder.COMPANY:
        return None
    third = case.situation.applicant in THIRD_PARTIES
    return Finding(
        reasons=("company_representative_applies",),
        documents=("company_extract", "representative_identity"),
        warnings=("company_address",),
        statuses={"representative_identity": Status.PROVIDE if third else Status.KEEP},
    )


def minor(case: Case) -> Finding | None:
    """A minor's parent or guardian applies and signs (Service-Public.fr F1726)."""
    known = case.situation
    if known.holder is not Holder.MINOR:
        return None
    return Finding(
        reasons=("minor_needs_parent",),
        steps=() if known.applicant in THIRD_PARTIES else ("parent_applies",),
        documents=("minor_identity", "parent_identity", "parent_address_proof"),
    )


# --- rules on the inspection --------------------------------------------------------------------------


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


# --- rules on the number, the address, the vehicle's story --------------------------------------------


def old_plate(case: Case) -> Finding | None:
    """An old number is replaced for life, with new plates (Service-Public.fr F1726; CIBS L421-39)."""
    known = case.situation
    if known.plate_format is not PlateFormat.FNI:
        return None
    # Two amounts are possible only where the fixed tax and the forwarding fee are both in question.
    price = () if _storm(known) or known.vehicle_kind is VehicleKind.MOPED else ("old_plate_price",)
    return Finding(
        reasons=("old_plate_converted",),
        steps=("fit_new_plates", "tell_others_new_number"),
        warnings=("stop_using_old_plates",),
        uncertainties=(*price, "new_plates_delay"),
    )


def current_plate(case: Case) -> Finding | None:
    """A number of the current format is kept (code de la route, article R322-2)."""
    return Finding(reasons=("number_kept",)) if case.situation.plate_format is PlateFormat.SIV else None


def garage_plate(case: Case) -> Finding | None:
    """A W garage card is said to be concerned; no official text read confirms it."""
    if case.situation.plate_format is not PlateFormat.W_GARAGE:
        return None
    return Finding(reasons=("garage_plate_accepted",), uncertainties=("garage_plate_unconfirmed",))


def old_moped_plate(case: Case) -> Finding | None:
    """A moped's old format is said to be concerned; what becomes of its number was not found."""
    if case.situation.plate_format is not PlateFormat.MOPED:
        return None
    return Finding(uncertainties=("old_moped_plate",))


def plate_unknown(case: Case) -> Finding | None:
    """Uncertain: an old number would be replaced (Service-Public.fr F1726)."""
    if case.situation.plate_format not in {None, PlateFormat.UNKNOWN}:
        return None
    return Finding(uncertainties=("plate_unknown",))


def moped(case: Case) -> Finding | None:
    """A moped's price is to be confirmed when paying: fixed tax, no forwarding fee (CIBS L421-38)."""
    known = case.situation
    if known.vehicle_kind is not VehicleKind.MOPED and known.plate_format is not PlateFormat.MOPED:
        return None
    if _storm(known):
        return None
    return Finding(uncertainties=("moped_price",))


def moved(case: Case) -> Finding | None:
    """The new address goes into the same request, paid once (code de la route, R322-7; CIBS L421-39)."""
    known = case.situation
    if not known.moved:
        return None
    if known.holder is Holder.LESSOR:
        return Finding(warnings=("tell_lessor_new_address",))
    proof = () if known.holder in {Holder.COMPANY, Holder.MINOR} else ("address_proof",)
    return Finding(
        reasons=("one_request_with_move",),
        steps=("add_new_address",),
        documents=proof,
        warnings=("declare_move_in_time",),
        statuses={"address_proof": Status.PROVIDE},
    )


def move_to_declare(case: Case) -> Finding | None:
    """A reminder, where no duplicate is requested: the new address is declared (code de la route, R322-7)."""
    return Finding(warnings=("declare_move_in_time",)) if case.situation.moved else None


def unpaid_fines(case: Case) -> Finding | None:
    """Uncertain: unpaid fines stop a sale, the text says nothing of a duplicate (R322-15 to R322-18)."""
    if case.situation.opposition is not Opposition.UNPAID_FINES:
        return None
    return Finding(
        steps=("check_situation",),
        warnings=("fines_block_sale",),
        uncertainties=("fines_effect_unknown",),
    )


def pledge(case: Case) -> Finding | None:
    """Uncertain: no text read forbids the duplicate of a pledged vehicle (code de la route, L322-2)."""
    if case.situation.opposition is not Opposition.PLEDGE:
        return None
    return Finding(steps=("check_situation",), uncertainties=("pledge_effect_unknown",))


def storm(case: Case) -> Finding | None:
    """A card destroyed by bad weather is reissued without the fixed tax (CIBS, article L421-40, 2°)."""
    if not _storm(case.situation):
        return None
    return Finding(
        reasons=("storm_tax_exempt",), documents=("storm_proof",), uncertainties=("storm_proof_unknown",)
    )


def _storm(known: Situation) -> bool:
    return known.storm_damage is True and known.reason is not Reason.THEFT


def sale(case: Case) -> Finding | None:
    """The duplicate comes before the sale: the seller hands over the crossed card (R322-4, I; R322-5, I)."""
    if not case.situation.selling:
        return None
    return Finding(
        reasons=("card_needed_to_sell",),
        warnings=("hand_over_crossed_card", "recent_inspection_for_sale"),
    )


# --- rules on the request itself ----------------------------------------------------------------------


def help_wanted(case: Case) -> Finding | None:
    """Who cannot do it online is helped at a digital point or a France services house (F1726)."""
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
    """Accepted: file number, provisional certificate, then the card (R322-10; arrêté, art. 17)."""
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
        warnings=("post_office_pickup",),
    )


THEFT: tuple[Rule, ...] = (theft_in_france, theft_abroad, theft_of_vehicle_unknown)
INSPECTION: tuple[Rule, ...] = (
    inspection_to_pass,
    inspection_valid,
    inspection_exempt,
    inspection_not_yet_required,
    inspection_unknown,
)

# The first that speaks stops the examination; the rules beside it still have their say.
CLOSING: tuple[tuple[Rule, tuple[Rule, ...]], ...] = (
    (vehicle_stolen_with_card, ()),
    (original_found_before_request, (move_to_declare,)),
    (original_found_after_request, (move_to_declare,)),
    (not_authorised, (scrapping_planned,)),
    (lessor_applies, (*THEFT, scrapping_planned)),
    (holder_deceased, ()),
    (buyer_not_yet_holder, (*THEFT, *INSPECTION, help_wanted, scrapping_planned)),
    (temporary_plate, THEFT),
    (severely_damaged, (scrapping_planned,)),
    (scrapping, THEFT),
)

# Of two rules that give the same paper another status, the first wins.
OPEN: tuple[Rule, ...] = (
    reason_unknown,
    applicant_unknown,
    holder_applies,
    agent,
    professional,
    lessor_gave_mandate,
    company,
    minor,
    *THEFT,
    loss,
    damage,
    *INSPECTION,
    old_plate,
    current_plate,
    garage_plate,
    old_moped_plate,
    plate_unknown,
    moped,
    moved,
    unpaid_fines,
    pledge,
    storm,
    sale,
    help_wanted,
    payment,
    request,
)
