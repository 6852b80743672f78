"""The duplicate as a procedure."""

from __future__ import annotations

from bot.procedures.duplicate.facts import FACTS
from bot.procedures.procedure import Dialogue, Procedure

DUPLICATE = Procedure(
    name="duplicate",
    facts=FACTS,
    dialogues=(
        Dialogue(name="price", intent="quote_fee", topic="cost"),
        Dialogue(name="eligibility", intent="check_eligibility", topic="request_duplicate"),
        Dialogue(name="remedy", intent="plan_remedy", topic="refusal_remedies"),
    ),
)
