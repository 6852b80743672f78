"""The form of a case: one field a fact, its choices those of the core, its words those of the bot."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from bot.guides.coherence import settle
from bot.guides.facts import Facts
from bot.law.days import Days
from bot.law.regional_tax import region_name, regions
from bot.mediator.sheet import days, people
from bot.mediator.sheet.shown_when import is_shown
from bot.nlg.sentences import Sentences
from bot.procedures.fact import Group, Kind
from bot.procedures.registry import FACT_NAMES, FACTS

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (group.value, tuple(name for name in FACT_NAMES if FACTS[name].group is group)) for group in Group
)
MOST_RADIOS = 4
STRONGEST = 99
TRUTHS = {"yes": True, "no": False}
# The form's name for the field that was changed last, where the page can tell.
CHANGED = "changed"
# What was told of a theft no longer holds once the reason becomes another.
OF_THEFT = ("vehicle_stolen", "theft_declared")

Group = tuple[str, tuple["Field", ...]]


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

    def __init__(self, sentences: Sentences, words: days.Words) -> None:
        """Reads the labels; ``words`` reads dates in words. Raises KeyError naming a fact without a label."""
        self._sentences = sentences
        self._words = words
        self.groups = tuple((key, tuple(map(self._field, names))) for key, names in GROUPS)
        self.fields = {field.name: field for _, fields in self.groups for field in fields}

    def read(self, given: Mapping[str, str], on: dt.date) -> tuple[Facts, dict[str, str]]:
        """The facts that a form gives, made to stand together, and by name why each other cannot be."""
        facts: Facts = {}
        faults: dict[str, str] = {}
        for name, field in self.fields.items():
            text = given.get(name, "").strip()
            if not text:
                continue
            try:
                facts[name] = self._value(field, text)
            except days.NotADay as fault:
                faults[name] = str(fault)
            except ValueError:
                faults[name] = "value"
        changed = given.get(CHANGED, "")
        facts = people.facts_of(facts, changed)
        if changed == "reason" and facts.get("reason") != "theft":
            facts = {name: value for name, value in facts.items() if name not in OF_THEFT}
        settled, refused = settle({}, facts, on)
        return settled, faults | {name: _why(self.fields[name], facts[name], on) for name in refused}

    def shown(self, facts: Facts) -> dict[str, str]:
        """The facts as the form's fields hold them; what it has no field for is left out."""
        words = {True: "yes", False: "no"}
        values = {
            name: words[value] if isinstance(value, bool) else str(value)
            for name, value in facts.items()
            if name in self.fields
        }
        role = people.role_of(facts)
        return {**values, "applicant": role} if role else values

    def groups_for(self, facts: Facts, shown: Mapping[str, str]) -> tuple[Group, ...]:
        """The groups with the fields that these facts call for, and those that hold something."""
        return tuple(
            (key, tuple(field for field in fields if field.name in shown or is_shown(field.name, facts)))
            for key, fields in self.groups
        )

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
            return tuple(sorted(((key, region_name(key)) for key in regions()), key=_in_french_order))
        values = FACTS[name].choices or tuple(TRUTHS)
        told = [(value, self._say(f"utter_fact_{name}_{value}") or value) for value in values]
        if name == "applicant":
            told[2:2] = [(role, self._say(f"utter_fact_by_{role}") or role) for role in people.ROLES]
        return tuple(told)

    def _value(self, field: Field, text: str) -> object:
        if field.kind == "date":
            read = days.read(text, self._words)
            # A vehicle is as old as it may be, the older being under more rules.
            return Days.parse(read).earliest.isoformat() if FACTS[field.name].kind is Kind.DATE else read
        if field.kind == "number":
            if not (text.isascii() and text.isdigit() and 0 < int(text) <= STRONGEST):
                raise ValueError(text)
            return int(text)
        if text not in dict(field.options):
            raise ValueError(text)
        # "no" alone may be a choice among others, as for a card not found again.
        return TRUTHS[text] if dict(field.options).keys() == TRUTHS.keys() else text

    def _say(self, response: str) -> str | None:
        variation = self._sentences.variation(response, {}, "")
        return str(variation["text"]).strip() if variation else None


def _why(field: Field, value: object, on: dt.date) -> str:
    """Why a fact that was read cannot stand: a day to come, out of order with the others, or ruled out."""
    if field.kind != "date":
        return "value"
    return "to_come" if Days.parse(str(value)).earliest > on else "order"


def _in_french_order(option: tuple[str, str]) -> str:
    """The name without its accents: "Île-de-France" stands among the I."""
    return unicodedata.normalize("NFD", option[1]).encode("ascii", "ignore").decode().casefold()
