"""Every fact of every procedure, by name."""

from __future__ import annotations

from collections.abc import Mapping

from bot.procedures.duplicate import facts as duplicate
from bot.procedures.fact import Fact

FACTS: Mapping[str, Fact] = {fact.name: fact for fact in duplicate.FACTS}
# Those that a conversation holds, each in its slot.
FACT_NAMES = tuple(name for name, fact in FACTS.items() if not fact.is_of_the_sheet)
