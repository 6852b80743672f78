"""The words of facts, places and shorthand, read from YAML and compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
# What ``cities.txt`` calls a place in no region with a rate of its own, and one outside France.
ELSEWHERE, ABROAD = "elsewhere", "abroad"


class FactWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``facts.yml``: shorthands, the patterns of each fact's values, the words that name a date."""

    words: dict[str, str]
    facts: dict[str, dict[str | bool, list[str]]]
    dates: dict[str, list[str]]


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``places.yml``: a region's usual names and its départements."""

    names: list[str]
    departements: dict[str, str]


class ShortQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of a few words in ``follow_ups.yml``: its patterns, and what it means after which topic."""

    words: list[str]
    default: str
    after: dict[str, str]


class FollowUps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``follow_ups.yml``: short questions, and by topic, fact and value ("any": all) the question meant."""

    asked: dict[str, ShortQuestion]
    for_another_case: dict[str, dict[str, dict[str | bool, str]]]


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by gender."""

    feminine: list[str]
    masculine: list[str]


class OtherDocumentNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``other_documents.yml``: the card's names, the words of vehicles, and other documents by label."""

    card: list[str]
    vehicle: list[str]
    others: dict[str, Names]


@dataclass(frozen=True)
class OtherDocument:
    """A document that is not the card, and the label of the messages about it."""

    name: str
    is_masculine: bool
    label: str


@dataclass(frozen=True)
class FactPattern:
    """A fact, one of its values, and the expression that states it."""

    fact: str
    value: str | bool
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def fact_patterns() -> tuple[FactPattern, ...]:
    """Every pattern of every fact, in the order of the file; a wrong file raises msgspec.DecodeError."""
    words = _fact_words()
    return tuple(
        FactPattern(fact, value, _compile("|".join(patterns), words.words))
        for fact, values in words.facts.items()
        for value, patterns in values.items()
    )


@lru_cache(maxsize=1)
def answer_patterns() -> dict[str, tuple[FactPattern, ...]]:
    """By fact, the expressions that state it only in answer to its question."""
    answers = msgspec.yaml.decode((FOLDER / "answers.yml").read_bytes(), type=dict[str, dict[str, list[str]]])
    return {
        fact: tuple(
            FactPattern(fact, value, _compile("|".join(patterns), {})) for value, patterns in values.items()
        )
        for fact, values in answers.items()
    }


@lru_cache(maxsize=1)
def date_cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The kind of date, and the words that announce it, in order of precedence."""
    words = _fact_words()
    return tuple((kind, _compile("|".join(cues), words.words)) for kind, cues in words.dates.items())


@lru_cache(maxsize=1)
def shorthand() -> dict[str, str]:
    """Text-message spellings and the ordinary words they stand for."""
    words = msgspec.yaml.decode((FOLDER / "shorthand.yml").read_bytes(), type=dict[str, list[str]])
    return {form: word for word, forms in words.items() for form in forms}


@lru_cache(maxsize=1)
def french_words() -> frozenset[str]:
    """Words that no other language of ours uses every day."""
    lines = msgspec.yaml.decode((FOLDER / "french_words.yml").read_bytes(), type=list[list[str | bool]])
    return frozenset(word for line in lines for word in line if isinstance(word, str))


@lru_cache(maxsize=1)
def manner_patterns() -> dict[str, re.Pattern[str]]:
    """By manner, the expression that shows it."""
    manners = msgspec.yaml.decode((FOLDER / "manners.yml").read_bytes(), type=dict[str, list[str]])
    return {manner: _compile("|".join(patterns), {}) for manner, patterns in manners.items()}


@lru_cache(maxsize=1)
def fact_names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each fact that people name ("la région"), with the expression that names it."""
    names = msgspec.yaml.decode((FOLDER / "fact_names.yml").read_bytes(), type=dict[str, list[str]])
    return tuple((fact, _compile("|".join(patterns), {})) for fact, patterns in names.items())


@lru_cache(maxsize=1)
def follow_ups() -> FollowUps:
    """The questions that only the one before makes clear."""
    return msgspec.yaml.decode((FOLDER / "follow_ups.yml").read_bytes(), type=FollowUps)


@lru_cache(maxsize=1)
def short_questions() -> tuple[tuple[ShortQuestion, re.Pattern[str]], ...]:
    """Each short question with the expression of the whole message."""
    return tuple(
        (question, re.compile(rf"(?:et |mais |ok |alors )*(?:{'|'.join(question.words)})"))
        for question in follow_ups().asked.values()
    )


@lru_cache(maxsize=1)
def other_document_names() -> OtherDocumentNames:
    """What is, and what is not, the card."""
    return msgspec.yaml.decode((FOLDER / "other_documents.yml").read_bytes(), type=OtherDocumentNames)


@lru_cache(maxsize=1)
def other_documents() -> tuple[OtherDocument, ...]:
    """Every document that is not the card."""
    return tuple(
        OtherDocument(name, is_masculine, label)
        for label, names in other_document_names().others.items()
        for is_masculine, own in ((False, names.feminine), (True, names.masculine))
        for name in own
    )


@lru_cache(maxsize=1)
def regions() -> dict[str, Region]:
    """Regions by their key."""
    return msgspec.yaml.decode((FOLDER / "places.yml").read_bytes(), type=dict[str, Region])


@lru_cache(maxsize=1)
def cities() -> dict[str, str]:
    """Folded names of cities, and for each its region's key, ``ELSEWHERE`` or ``ABROAD``."""
    found: dict[str, str] = {}
    place = ""
    for line in (FOLDER / "cities.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            place = line.strip("[]")
        elif not line.startswith("#"):
            found[line] = place
    return found


@lru_cache(maxsize=1)
def _fact_words() -> FactWords:
    return msgspec.yaml.decode((FOLDER / "facts.yml").read_bytes(), type=FactWords)


def _compile(expression: str, words: dict[str, str]) -> re.Pattern[str]:
    for word, meaning in words.items():
        expression = expression.replace(f"<{word}>", meaning)
    return re.compile(rf"\b(?:{expression})\b")
