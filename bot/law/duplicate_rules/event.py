"""The rules on what happened to the card: stolen, lost, damaged."""

from __future__ import annotations

from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.situation import (
    Reason,
    Situation,
)


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
