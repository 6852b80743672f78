"""The form of a case: one field a fact, its choices those of the core, its words those of the bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.guides.coherence import settle
from bot.guides.facts import Facts, is_uncertain
from bot.law.regional_tax import region_name, regions
from bot.nlg.sentences import Sentences
from bot.procedures.fact import Group, Kind
from bot.procedures.registry import FACT_NAMES, FACTS

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (group.value, tuple(name for name in FACT_NAMES if FACTS[name].group is group)) for group in Group
)
MOST_RADIOS = 4
STRONGEST = 99
TRUTHS = {"yes": True, "no": False}
EARLIEST = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Field:
    """One fact on the form; ``kind`` is radio, select, date or number."""

    name: str
    kind: str
    legend: str
    why: str
    options: tuple[tuple[str, str], ...] = ()


class Form:
    """The fields, written once from the bot's own sentences."""

    def __init__(self, sentences: Sentences) -> None:
        """Reads the labels; raises KeyError naming a fact without one."""
        self._sentences = sentences
        self.groups = tuple((key, tuple(map(self._field, names))) for key, names in GROUPS)
        self.fields = {field.name: field for _, fields in self.groups for field in fields}

    def read(self, given: Mapping[str, str], on: dt.date) -> tuple[Facts, frozenset[str]]:
        """The facts that a form gives, made to stand together, and the names of those that cannot be."""
        facts: Facts = {}
        faults = set()
        for name, field in self.fields.items():
            text = given.get(name, "").strip()
            if not text:
                continue
            try:
                facts[name] = _value(field, text)
            except ValueError:
                faults.add(name)
        facts, refused = settle({}, facts, on)
        return facts, frozenset(faults.union(refused))

    def shown(self, facts: Facts) -> dict[str, str]:
        """The facts as the form's fields hold them; what it does not know, or cannot show, is left out."""
        words = {True: "yes", False: "no"}
        return {
            name: words[value] if isinstance(value, bool) else str(value)
            for name, value in facts.items()
            # A field for a day holds one day only: where several are possible, it is asked for anew.
            if name in self.fields and not is_uncertain(value)
        }

    def _field(self, name: str) -> Field:
        legend = self._say(f"utter_field_{name}") or self._say(f"utter_ask_{name}")
        if legend is None:
            raise KeyError(f"no label for the fact {name}")
        why = self._say(f"utter_why_{name}") or ""
        if FACTS[name].is_day:
            return Field(name, "date", legend, why)
        if FACTS[name].kind is Kind.NUMBER:
            return Field(name, "number", legend, why)
        options = self._options(name)
        return Field(name, "radio" if len(options) <= MOST_RADIOS else "select", legend, why, options)

    def _options(self, name: str) -> tuple[tuple[str, str], ...]:
        if name == "region":
            return tuple(sorted(((key, region_name(key)) for key in regions()), key=lambda pair: pair[1]))
        values = FACTS[name].choices or tuple(TRUTHS)
        return tuple((value, self._say(f"utter_fact_{name}_{value}") or value) for value in values)

    def _say(self, response: str) -> str | None:
        variation = self._sentences.variation(response, {}, "")
        return str(variation["text"]).strip() if variation else None


def _value(field: Field, text: str) -> object:
    if field.kind == "date":
        day = dt.date.fromisoformat(text)
        if day < EARLIEST:
            raise ValueError(text)
        return day.isoformat()
    if field.kind == "number":
        if not (text.isascii() and text.isdigit() and 0 < int(text) <= STRONGEST):
            raise ValueError(text)
        return int(text)
    if text not in dict(field.options):
        raise ValueError(text)
    # "no" alone may be a choice among others, as for a card not found again.
    return TRUTHS[text] if dict(field.options).keys() == TRUTHS.keys() else text
