"""The rules on who applies, and for whom."""

from __future__ import annotations

from bot.law.decision import Status
from bot.law.duplicate_rules.finding import Case, Finding
from bot.law.situation import (
    Applicant,
    Holder,
    Situation,
)

THIRD_PARTIES = frozenset({Applicant.AGENT, Applicant.PROFESSIONAL})


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
        documents=(*mandate_papers(case.situation), "agent_identity"),
    )


def professional(case: Case) -> Finding | None:
    """An authorised professional applies on a mandate, for a fee of his own (code de la route, R322-1)."""
    if case.situation.applicant is not Applicant.PROFESSIONAL:
        return None
    return Finding(
        reasons=("professional_may_apply",),
        documents=mandate_papers(case.situation),
        warnings=("professional_fees", "check_professional"),
    )


def mandate_papers(known: Situation) -> tuple[str, ...]:
    """The papers of whoever asks for the holder, by kind of holder."""
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
