"""Copies of the training examples as hurried or little-schooled people would type them.

The copies are the same at every training: chance is seeded with the text itself.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import lru_cache, partial

from bot.nlu.lexicon import shorthand
from bot.nlu.text import fold, without_accents

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_NEIGHBOURS = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, letter in enumerate(row)
}

# What is written as it sounds: an expression, and the spellings one of which takes its place.
_SOUNDS = [
    (r"\bj'ai\b", ("g", "jai", "jé", "j ai")),
    (r"\bc'est\b", ("c", "cé", "cest", "ces")),
    (r"\bn'ai\b", ("né", "nai")),
    (r"\best-ce qu(?:e |')", ("esk ", "est ce que ", "esque ", "es ke ")),
    (r"\bqu'est-ce qu(?:e |')", ("keske ", "qu est ce que ", "kesk ", "quesque ")),
    (r"(?<!\w)(?:d|l|m|n|s|qu)'(?=\w)", ("", "{}")),
    (r"qu(?=[aeiouéè])", ("k",)),
    (r"(?<=[a-z]{2})(?:er|ez|és|ée|ées|é)\b", ("é", "er", "e", "ai", "ez", "ée")),
    (r"(?<=[a-z]{2})(?:ais|ait|aient)\b", ("ai", "é", "ait", "er")),
    (r"(?<=[a-z]{3})ent\b", ("e", "")),
    (r"(?<=[a-z]{3})(?:es|e)\b", ("",)),
    (r"(?<=[a-z]{2}[aeiou])[stdxp]\b", ("",)),
    (r"eau|(?<=\w)au(?=\w)", ("o",)),
    (r"ph", ("f",)),
    (r"tion", ("sion", "ssion")),
    (r"ss|ç|c(?=[eiéè])", ("s",)),
    (r"([bcdfglmnprt])\1", (r"\1",)),
    (r"(?<=[aeiou])s(?=[aeiou])", ("z",)),
    (r"c(?=[aouclr])", ("k",)),
    (r"ai(?=\w)|è|ê", ("é", "e")),
    (r"em(?=[bp])|en(?=[cdt])", ("an", "am")),
    (r"ain\b|in\b", ("1", "in")),
    (r"g(?=[eié])", ("j",)),
    (r"oi", ("oa", "wa")),
    (r"(?<=[a-z])y|y(?=[a-z])", ("i",)),
    (r"\bh(?=[aeiou])", ("",)),
    (r"ge(?=[ao])", ("j",)),
]
_RULES = [(re.compile(expression), spellings) for expression, spellings in _SOUNDS]


_MISSPELT, _MISTYPED = 0.5, 0.25


def copies(text: str) -> list[str]:
    """Up to two noisy copies of the text: for every other text misspelt, for one of four mistyped."""
    chance = random.Random(f"copies {text}")
    noisy = [
        make(text) for make, share in ((misspell, _MISSPELT), (mistype, _MISTYPED)) if chance.random() < share
    ]
    return [copy for copy in noisy if copy.strip() and copy != text]


def mistype(text: str) -> str:
    """The text with a slip of the fingers in about one word of eight, most often without accents."""
    chance = random.Random(f"mistype {text}")
    typed = without_accents(text) if chance.random() < 0.6 else text
    typed = typed.lower() if chance.random() < 0.6 else typed
    if chance.random() < 0.5:
        typed = re.sub(r"[.,;:!?]", "", typed)
    return _slips(_apostrophes(typed, chance, 0.4), chance, 1 / 8)


def misspell(text: str) -> str:
    """The text as it sounds, with text-message shorthand, little punctuation and some slips."""
    chance = random.Random(f"misspell {text}")
    share = chance.choice((0.15, 0.35, 0.6))
    typed = _abbreviate(text.lower(), chance, share)
    for pattern, spellings in _RULES:
        typed = pattern.sub(partial(_spelling, spellings=spellings, chance=chance, share=share), typed)
    if chance.random() < 0.8:
        typed = without_accents(typed)
    if chance.random() < 0.8:
        typed = re.sub(r"[.,;:!?\"()]", "", typed)
    typed = _slips(_apostrophes(typed, chance, 0.8), chance, 1 / 12)
    return typed.upper() if chance.random() < 0.05 else typed


def _spelling(found: re.Match[str], spellings: tuple[str, ...], chance: random.Random, share: float) -> str:
    if chance.random() >= share:
        return found[0]
    return found.expand(chance.choice(spellings).replace("{}", found[0].rstrip("'")))


def _abbreviate(text: str, chance: random.Random, share: float) -> str:
    forms = _forms()
    return _words().sub(
        lambda found: chance.choice(forms[fold(found[0])]) if chance.random() < share else found[0], text
    )


def _apostrophes(text: str, chance: random.Random, share: float) -> str:
    if chance.random() >= share:
        return text
    return text.replace("'", chance.choice((" ", "")))


def _slips(text: str, chance: random.Random, share: float) -> str:
    typed: list[str] = []
    for word in text.split(" "):
        typed.append(_slip(word, chance) if len(word) > 3 and chance.random() < share else word)
        if len(typed) > 1 and chance.random() < share / 6:
            typed[-2:] = ["".join(typed[-2:])]
    return " ".join(typed)


def _slip(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return chance.choice(
        (
            before + after,
            before + letter + letter + after,
            before + after[0] + letter + after[1:],
            before + chance.choice(_NEIGHBOURS.get(letter.lower(), letter)) + after,
        )
    )


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[str]]:
    """By folded word, its text-message spellings."""
    forms: dict[str, list[str]] = defaultdict(list)
    for form, word in shorthand().items():
        forms[word].append(form)
    return dict(forms)


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    longest_first = sorted(_forms(), key=len, reverse=True)
    # Shorthand is kept without accents; the text still has its own.
    accents = {"a": "[aà]", "e": "[eéè]", "u": "[uù]", "i": "[iî]", "c": "[cç]", "o": "[oô]"}
    spelt = ("".join(accents.get(letter, re.escape(letter)) for letter in word) for word in longest_first)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(spelt)})(?!\w)")
