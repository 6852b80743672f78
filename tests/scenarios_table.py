"""Writes docs/scenarios.md, the list of the scenarios: ``python -m tests.scenarios_table``."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios import GROUPS, Scenario, read

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scenarios.md"
TITLES = {
    "paths": "Every way that ends in another answer",
    "corrections": "Something told was wrong",
    "interruptions": "A question in the middle",
    "changes_of_mind": "Changes of mind",
    "hostile": "Nonsense, traps and attacks",
}
INTRODUCTION = """# Scenarios

Conversations in French that the assistant must hold as written, over REST with the running assistant
(`tests/test_scenarios.py`). They stand in `tests/cases/scenarios/`; this list is written by
`python -m tests.scenarios_table`, and a test compares it with them.
"""


def page() -> str:
    """The page: for each group its number, then a line a scenario."""
    groups = {group: read(group) for group in GROUPS}
    total = sum(len(scenarios) for scenarios in groups.values())
    turns = sum(len(one.turns) for scenarios in groups.values() for one in scenarios)
    parts = [INTRODUCTION, f"{total} scenarios, {turns} messages.\n"]
    for group, scenarios in groups.items():
        lines = [f"| {one.title} | {len(one.turns)} | {_end(one)} |" for one in scenarios]
        table = ["| Scenario | Messages | Ends with |", "|---|---|---|", *lines]
        parts.append(f"## {TITLES[group]} ({len(scenarios)})\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def _end(scenario: Scenario) -> str:
    """What the last turn must lead to."""
    last = scenario.turns[-1]
    found = f"outcome `{last['decides']}`" if "decides" in last else ""
    named = f"`{last['answer']}`" if "answer" in last else ""
    return found or named or "words of the answer"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
