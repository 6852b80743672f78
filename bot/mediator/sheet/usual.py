"""What the sheet presumes where nothing else was told: the usual case, which it says that it presumes."""

from __future__ import annotations

from bot.guides.facts import Facts
from bot.mediator.sheet.people import ROLES

_APPLICANT_OF = {told["holder"]: told["applicant"] for told in ROLES.values()}


def presumed(facts: Facts) -> Facts:
    """The facts to add: the holder applies, an adult, for a car; none before the reason is told.

    Where the card is another's, who usually applies: a minor's parent, an heir, a lessee, a company's
    representative.
    """
    if "reason" not in facts or not str(facts.get("operation", "duplicate")).startswith("duplicate"):
        return {}
    usual: Facts = {"applicant": _APPLICANT_OF.get(facts.get("holder"), "holder")}
    if facts.get("applicant") != "buyer":
        usual["holder"] = "person"
    if facts.get("plate_format") != "moped":
        usual["vehicle_kind"] = "car"
    return {name: value for name, value in usual.items() if name not in facts}
