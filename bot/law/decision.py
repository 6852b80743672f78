"""The parts of a decision, and the catalogue of its codes, each with its legal reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar


class Outcome(StrEnum):
    """What becomes of the request; INCOMPLETE while the reason or the applicant is unknown."""

    ACCEPTED = "accepted"
    ACCEPTED_AFTER_STEPS = "accepted_after_steps"
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"
    IRREVOCABLE = "irrevocable"
    OTHER_PROCEDURE = "other_procedure"
    LESSOR_APPLIES = "lessor_applies"
    INCOMPLETE = "incomplete"


class Status(StrEnum):
    """What to do with a paper: have it ready, keep it at hand, or show it if it is asked for."""

    PROVIDE = "provide"
    KEEP = "keep"
    IF_ASKED = "if_asked"


@dataclass(frozen=True)
class Item:
    """One thing to tell: a code, the text it rests on, values for the sentence (dates as ISO strings).

    Advice that rests on no text has the reference "", and is not certain.
    """

    code: str
    reference: str
    values: Mapping[str, str] = field(default_factory=dict)
    certain: bool = True


@dataclass(frozen=True)
class Document(Item):
    """A paper, and what to do with it."""

    status: Status = Status.PROVIDE


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer to one situation; ``answer`` names the sentence, more finely than ``outcome``.

    ``rules`` are the rules that had something to say, ``facts`` the known fields that mattered.
    """

    outcome: Outcome
    answer: str
    rules: tuple[str, ...]
    reasons: tuple[Item, ...]
    steps: tuple[Item, ...]
    documents: tuple[Document, ...]
    warnings: tuple[Item, ...]
    uncertainties: tuple[Item, ...]
    facts: tuple[str, ...] = ()


# --- everything that can be said, with the text it rests on ------------------------------------------

Kind = TypeVar("Kind", bound=Item)


def _by_code[Kind: Item](items: Iterable[Kind]) -> dict[str, Kind]:
    return {item.code: item for item in items}


REASONS = _by_code(
    (
        Item("vehicle_stolen_with_card", "sp_vehicle_stolen"),
        Item("original_is_back", "sp_duplicate", certain=False),
        Item("request_cannot_be_cancelled", "sp_remedies"),
        Item("mandate_missing", "sp_duplicate"),
        Item("lessor_is_holder", "ants_duplicate"),
        Item("holder_deceased", "code_route:R322-5", certain=False),
        Item("card_never_in_buyers_name", "ants_duplicate"),
        Item("temporary_plate", "commercial_lost_card", certain=False),
        Item("card_withdrawn", "code_route:L327-4"),
        Item("scrapping_needs_no_card", "code_route:R322-9"),
        Item("reason_unknown", "code_route:R322-10"),
        Item("applicant_unknown", "sp_duplicate"),
        Item("holder_may_apply", "sp_duplicate"),
        Item("agent_may_apply", "sp_duplicate"),
        Item("professional_may_apply", "code_route:R322-1"),
        Item("lessor_gave_mandate", "sp_duplicate"),
        Item("company_representative_applies", "code_route:R322-1"),
        Item("minor_needs_parent", "sp_duplicate"),
        Item("theft_declared_first", "arrete_2009:17"),
        Item("theft_already_declared", "arrete_2009:17"),
        Item("loss_needs_no_declaration", "arrete_2009:17"),
        Item("damage_needs_no_declaration", "arrete_2009:17"),
        Item("inspection_must_be_valid", "code_route:R322-10"),
        Item("inspection_is_valid", "code_route:R322-10"),
        Item("inspection_exempt", "code_route:R322-10"),
        Item("inspection_not_yet_required", "code_route:R323-22"),
        Item("inspection_not_yet_required_two_wheels", "sp_divorce"),
        Item("old_plate_converted", "sp_duplicate"),
        Item("number_kept", "code_route:R322-2"),
        Item("garage_plate_accepted", "legalplace_duplicate", certain=False),
        Item("one_request_with_move", "cibs:L421-39"),
        Item("storm_tax_exempt", "cibs:L421-40"),
        Item("card_needed_to_sell", "code_route:R322-4"),
    )
)

# In the order in which a person takes them; the decision keeps this order.
STEPS = _by_code(
    (
        Item("declare_theft_locally", "sp_duplicate"),
        Item("declare_loss_locally", "commercial_lost_card", certain=False),
        Item("declare_theft", "arrete_2009:17"),
        Item("declare_theft_on_return", "sp_duplicate"),
        Item("report_vehicle_theft", "cpp:15-3"),
        Item("tell_insurer", "code_assurances:L113-2"),
        Item("get_sheet_for_insurer", "sp_vehicle_stolen"),
        Item("keep_original", "sp_duplicate", certain=False),
        Item("destroy_original", "sp_duplicate"),
        Item("tell_police_found", "", certain=False),
        Item("complete_loss_declaration", "code_route:R322-9"),
        Item("hand_over_to_scrap_centre", "code_route:R322-9"),
        Item("tell_lessor", "sp_duplicate"),
        Item("ask_lessor_mandate", "sp_duplicate"),
        Item("settle_succession", "code_route:R322-5", certain=False),
        Item("get_mandate", "sp_duplicate"),
        Item("contact_service", "sp_remedies"),
        Item("follow_expert_procedure", "code_route:L327-4"),
        Item("check_situation", "code_route:R322-4"),
        Item("check_inspection", "code_route:R322-10", certain=False),
        Item("get_identification_sheet", "ants_fiv"),
        Item("pass_inspection", "code_route:R322-10"),
        Item("get_help", "sp_duplicate"),
        Item("parent_applies", "sp_duplicate"),
        Item("add_new_address", "code_route:R322-7"),
        Item("request_in_own_name", "ants_duplicate"),
        Item("request_online", "code_route:R322-10"),
        Item("request_through_professional", "code_route:R322-1"),
        Item("print_provisional", "arrete_2009:17"),
        Item("wait_for_card", "sp_delivery"),
        Item("fit_new_plates", "sp_duplicate"),
        Item("tell_others_new_number", "sp_duplicate"),
        Item("keep_damaged_card", "arrete_2009:17"),
    )
)

DOCUMENTS = _by_code(
    (
        Document("request_information", "sp_duplicate"),
        Document("identity_proof", "arrete_2009:17", status=Status.KEEP),
        Document("theft_declaration", "arrete_2009:17"),
        Document("foreign_declaration", "sp_duplicate"),
        Document("loss_declaration", "arrete_2009:17", status=Status.KEEP),
        Document("damaged_card", "arrete_2009:17", status=Status.KEEP),
        Document("inspection_report", "code_route:R322-10"),
        Document("mandate", "sp_duplicate"),
        Document("holder_identity", "sp_duplicate"),
        Document("agent_identity", "ants_duplicate", certain=False, status=Status.IF_ASKED),
        Document("lessor_mandate", "sp_duplicate"),
        Document("representative_identity", "sp_duplicate"),
        Document("company_extract", "legalplace_duplicate", certain=False),
        Document("minor_identity", "sp_duplicate"),
        Document("parent_identity", "sp_duplicate"),
        Document("parent_address_proof", "sp_duplicate"),
        Document("transfer_certificate", "ants_duplicate"),
        Document("address_proof", "ants_duplicate", status=Status.IF_ASKED),
        Document("storm_proof", "cibs:L421-40", certain=False, status=Status.IF_ASKED),
        Document("tax_clearance", "commercial_lost_card", certain=False, status=Status.IF_ASKED),
        Document("conformity_certificate", "commercial_lost_card", certain=False, status=Status.IF_ASKED),
        Document("ownership_proof", "code_route:R322-9"),
        Document("identification_sheet", "ants_fiv", status=Status.IF_ASKED),
        Document("bank_card", "sp_duplicate"),
    )
)

WARNINGS = _by_code(
    (
        Item("insurer_deadline", "code_assurances:L113-2"),
        Item("original_invalid", "sp_duplicate"),
        Item("scrapping_needs_no_duplicate", "code_route:R322-9"),
        Item("professional_fees", "commercial_lost_card"),
        Item("check_professional", "code_route:R322-1"),
        Item("lessor_fees", "", certain=False),
        Item("company_address", "code_route:R322-1"),
        Item("not_a_duplicate_price", "cibs:L421-33"),
        Item("change_of_holder_deadline", "code_route:R322-5"),
        Item("import_takes_longer", "commercial_lost_card", certain=False),
        Item("do_not_send_damaged_card", "arrete_2009:17"),
        Item("sheet_does_not_allow_driving", "ants_fiv"),
        Item("first_inspection_due", "code_route:R323-22"),
        Item("stop_using_old_plates", "sp_duplicate"),
        Item("declare_move_in_time", "code_route:R322-7"),
        Item("tell_lessor_new_address", "code_route:R322-7"),
        Item("fines_block_sale", "code_route:R322-15"),
        Item("hand_over_crossed_card", "code_route:R322-4"),
        Item("recent_inspection_for_sale", "code_route:R323-22"),
        Item("keep_credentials_private", "", certain=False),
        Item("provisional_only_in_france", "sp_duplicate"),
        Item("tracked_letter", "ants_shipping"),
    )
)

UNCERTAINTIES = _by_code(
    Item(code, reference, certain=False)
    for code, reference in (
        ("vehicle_stolen_unknown", "sp_vehicle_stolen"),
        ("theft_declaration_unknown", "arrete_2009:17"),
        ("holder_unknown", "ants_duplicate"),
        ("plate_unknown", "sp_duplicate"),
        ("inspection_unknown", "code_route:R322-10"),
        ("inspection_rule_unknown", "sp_inspection"),
        ("exemption_to_check", "sp_inspection"),
        ("duplicate_for_deceased", "code_route:R322-9"),
        ("damaged_card_for_scrapping", "code_route:R322-9"),
        ("old_plate_price", "cibs:L421-39"),
        ("new_plates_delay", "legalplace_delays"),
        ("moped_price", "cibs:L421-38"),
        ("old_moped_plate", "legalplace_duplicate"),
        ("garage_plate_unconfirmed", "legalplace_duplicate"),
        ("fines_effect_unknown", "code_route:R322-16"),
        ("pledge_effect_unknown", "code_route:L322-2"),
        ("storm_proof_unknown", "cibs:L421-40"),
    )
)
