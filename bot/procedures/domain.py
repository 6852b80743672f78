"""The facts' parts of domain.yml, written from their declarations: ``python -m bot.procedures.domain``."""

from __future__ import annotations

import re
from pathlib import Path

from bot.procedures.registry import FACT_NAMES, FACTS

FILE = Path(__file__).parents[2] / "domain.yml"
# What stands between two marks is written here; the first pair is that of the entities.
_PART = re.compile(r"(# >>> facts\n).*?(^ *# <<< facts$)", re.DOTALL | re.MULTILINE)
_SLOT = """\
  {name}:
    type: {type}
    influence_conversation: false
    mappings:
    - type: custom
"""


def with_facts(domain: str) -> str:
    """The domain's text with the entities and slots of the facts that a conversation holds."""
    entities = "".join(f"- {name}\n" for name in FACT_NAMES)
    slots = "".join(_SLOT.format(name=name, type=FACTS[name].slot_type) for name in FACT_NAMES)
    parts = iter((entities, slots))
    return _PART.sub(lambda marks: f"{marks[1]}{next(parts)}{marks[2]}", domain)


if __name__ == "__main__":
    FILE.write_text(with_facts(FILE.read_text(encoding="utf-8")), encoding="utf-8")
