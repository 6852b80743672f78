"""Every procedure, with its facts and guided dialogues by name."""

from __future__ import annotations

from collections.abc import Mapping

from bot.procedures.duplicate.procedure import DUPLICATE
from bot.procedures.fact import Fact, Kind
from bot.procedures.procedure import Dialogue, Procedure

PROCEDURES: tuple[Procedure, ...] = (DUPLICATE,)

FACTS: Mapping[str, Fact] = {fact.name: fact for procedure in PROCEDURES for fact in procedure.facts}
# Those that a conversation holds, each in its slot.
FACT_NAMES = tuple(name for name, fact in FACTS.items() if not fact.is_of_the_sheet)
# Those whose value is a day, and of these the ones that may be several days.
DATE_FACTS = frozenset(name for name in FACT_NAMES if FACTS[name].is_day)
DAYS_FACTS = frozenset(name for name in DATE_FACTS if FACTS[name].kind is Kind.DAYS)

DIALOGUES: Mapping[str, Dialogue] = {
    dialogue.name: dialogue for procedure in PROCEDURES for dialogue in procedure.dialogues
}
# Which dialogue an intent starts.
DIALOGUE_OF_INTENT: Mapping[str, str] = {dialogue.intent: name for name, dialogue in DIALOGUES.items()}
