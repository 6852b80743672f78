"""How an answer changes when facts change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.guides.facts import Facts, line
from bot.guides.guide import Guide, Line
from bot.procedures.duplicate.facts import FOUND


def changed_facts(before: Facts, after: Facts) -> list[Line]:
    """The facts that changed, were added or were removed, as the lines of a list."""
    lines: list[Line] = []
    for name, value in after.items():
        if name not in before:
            lines.append({"response": "utter_fact_added", "values": {"new": line(name, value)}})
        elif before[name] not in (value, FOUND):
            values = {"old": line(name, before[name]), "new": line(name, value)}
            lines.append({"response": "utter_fact_changed", "values": values})
    for name, value in before.items():
        if name not in after:
            lines.append({"response": "utter_fact_dropped", "values": {"old": line(name, value)}})
    return lines


def telling_changes(guide: Guide, before: Facts, after: Facts, on: dt.date) -> list[Line]:
    """The changed facts on which the answer before or after depends."""
    counting = [*_counting(guide, before, on), *_counting(guide, after, on)]
    return [
        change
        for change in changed_facts(before, after)
        if any(fact in counting for fact in change["values"].values())
    ]


def difference(guide: Guide, before: Facts, after: Facts, on: dt.date) -> dict[str, Any]:
    """The values of ``utter_difference``: results before and after, steps and papers added or removed."""
    old, new = guide.gist(before, on), guide.gist(after, on)
    is_other = old.headline != new.headline
    parts: dict[str, list[Line]] = {
        "earlier": [old.headline] * is_other,
        "now": [new.headline] * is_other,
        "steps_added": _without(new.steps, old.steps),
        "steps_removed": _without(old.steps, new.steps),
        "papers_added": _without(new.papers, old.papers),
        "papers_removed": _without(old.papers, new.papers),
    }
    same = [] if any(parts.values()) else [{"response": "utter_difference_none"}]
    return {**parts, "same": same}


def _without(lines: tuple[Line, ...], others: tuple[Line, ...]) -> list[Line]:
    return [line for line in lines if line not in others]


def _counting(guide: Guide, facts: Facts, on: dt.date) -> list[Line]:
    return [line for reply in guide.reply(facts, on) for line in reply.values.get("facts", [])]
