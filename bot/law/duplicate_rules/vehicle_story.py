"""The rules on the number, the address and what else happened to the vehicle."""

from __future__ import annotations

from bot.law.decision import Status
from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.plates import PlateFormat
from bot.law.situation import (
    Holder,
    Opposition,
    Reason,
    Situation,
    VehicleKind,
)


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
    has_moped_plate = known.vehicle_kind is None and known.plate_format is PlateFormat.MOPED
    if known.vehicle_kind is not VehicleKind.MOPED and not has_moped_plate:
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
