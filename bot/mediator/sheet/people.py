"""Who stands at the desk, in one choice: a parent, an heir, a lessee… are two facts of the core each."""

from __future__ import annotations

from bot.guides.facts import Facts

# The choice of the form → who applies, and in whose name the card is, as the core knows them.
ROLES: dict[str, Facts] = {
    "parent": {"applicant": "other", "holder": "minor"},
    "heir": {"applicant": "other", "holder": "deceased"},
    "lessee": {"applicant": "other", "holder": "lessor"},
    "representative": {"applicant": "holder", "holder": "company"},
}
_OWN = ("holder", "co_holder")


def facts_of(facts: Facts, changed: str) -> Facts:
    """The facts with a role told as the core knows it; of two that contradict, the field ``changed`` wins."""
    role = facts.get("applicant")
    if role in ROLES:
        told = ROLES[str(role)]
        if changed == "holder" and facts.get("holder") not in (None, told["holder"]):
            return {name: value for name, value in facts.items() if name != "applicant"}
        return {**facts, **told}
    of_a_role = {told["holder"] for told in ROLES.values()}
    if changed == "applicant" and role in _OWN and facts.get("holder") in of_a_role:
        # "The holder" in place of "the parent": the card is not a minor's after all.
        return {name: value for name, value in facts.items() if name != "holder"}
    return facts


def role_of(facts: Facts) -> str | None:
    """The choice that tells both facts, None where none does."""
    return next((role for role, told in ROLES.items() if told.items() <= facts.items()), None)
