"""How much of a password is left to guess once everything that people choose first is taken out of it.

A password counts as the number of its *parts*: a word of the shipped list, of the person's own names, a
straight run on a keyboard, an alphabetical or numerical series, a year, a repeat is one part however long it
is; every other sign is one part. ``azertyuiop12`` has three parts, ``motdepasse123`` two, twelve signs drawn
at random have twelve. It is the idea of zxcvbn without its estimates of time: what is needed here is a plain
answer that can be explained to a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).with_name("common_passwords.txt")
# Of an azerty and a qwerty keyboard: rows, and columns downwards.
_ROWS = (
    "1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
    "&e\"'(-e_ca)=", "!@#$%^&*()",
    "1aqw", "2zsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "1qaz", "2wsx", "8ik", "9ol", "aqw", "zsx", "qaz",
    "wsx",
    "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip
_SHORTEST_RUN = 3
_SHORTEST_WORD = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEET = str.maketrans("0134578@$!€", "oieastbasie")
_REPEAT = re.compile(r"(.+?)\1+", re.DOTALL)
# "ll" stands in words; "111" and "abab" do not.
_LEAST_REPEATED = 3


@dataclass(frozen=True)
class Guess:
    """How many parts a password has, and of which kinds: "word", "own", "run", "repeat"."""

    parts: int
    kinds: frozenset[str]


def guess(password: str, own: Iterable[str] = ()) -> Guess:
    """The fewest parts that the password can be taken for; ``own`` are the person's names, folded."""
    text, names = folded(password), frozenset(own)
    # « 1a2z3e4r »: two series, a sign of each in turn.
    woven = _guess(text[::2] + text[1::2], names)
    straight = _guess(text, names)
    return min(straight, Guess(woven.parts + 1, woven.kinds), key=lambda found: found.parts)


def _guess(text: str, own: frozenset[str]) -> Guess:
    kinds: set[str] = set()
    shorter = _REPEAT.sub(_once, text)
    if shorter != text:
        kinds.add("repeat")
    # best[i]: the fewest parts of the first i signs, and the kinds used for them.
    best: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
    for end in range(1, len(shorter) + 1):
        options = [(best[end - 1][0] + 1, best[end - 1][1])]
        for start in range(max(0, end - _longest(own)), end - _SHORTEST_RUN + 1):
            kind = _kind(shorter[start:end], own)
            if kind:
                options.append((best[start][0] + 1, best[start][1] | {kind}))
        best.append(min(options, key=lambda option: option[0]))
    parts, used = best[-1]
    return Guess(parts, frozenset(kinds | used))


def folded(text: str) -> str:
    """The text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _once(match: re.Match[str]) -> str:
    return match[1] if len(match[0]) >= _LEAST_REPEATED else match[0]


def _kind(piece: str, own: frozenset[str]) -> str | None:
    plain = piece.translate(_LEET)
    if piece in own or plain in own:
        return "own"
    if _is_run(piece) or _YEAR.fullmatch(piece):
        return "run"
    return "word" if piece in _words() or plain in _words() else None


def _is_run(piece: str) -> bool:
    return any(piece in row or piece[::-1] in row for row in _runs())


@lru_cache(maxsize=1)
def _runs() -> tuple[str, ...]:
    # Digits go on after nine.
    return (*_ROWS, "12345678901234567890")


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    found = (word for line in lines if not line.startswith("#") for word in line.split())
    return frozenset(word for word in found if len(word) >= _SHORTEST_WORD)


def _longest(own: frozenset[str]) -> int:
    return max(map(len, (*_words(), *own, *_runs())))
