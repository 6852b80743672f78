"""Passwords: what is asked of one, and its hash (Argon2id with the library's current parameters)."""

from __future__ import annotations

import re
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.mediator.security.guessing import folded, guess

# ANSSI and NIST ask for length rather than for kinds of characters, and for a check against what is common.
SHORTEST = 12
LONGEST = 200
# Fewer parts than this are found by whoever tries the usual ones first.
FEWEST_PARTS = 7
# Parts of a name that are shorter stand in too many words.
_SHORTEST_NAME = 4

_hasher = PasswordHasher()


def fault(password: str, login: str, desk: str = "") -> str | None:
    """Why the password is refused, None where it is not.

    "short", "long"; "login" and "desk" for one made of the person's own names; "common", "series" (keyboard
    runs, digits in order) and "plain" (repeats) for one that is tried first. ``desk`` is the desk's name.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    text = folded(password)
    bare = re.sub(r"\W|_", "", text)
    if login and any(name in text for name in (folded(login), *_names(login.partition("@")[0]))):
        return "login"
    if desk and _bare(desk) and _bare(desk) in bare:
        return "desk"
    return _too_easy(password, login, desk)


def _too_easy(password: str, login: str, desk: str) -> str | None:
    alone = guess(password)
    if alone.parts < FEWEST_PARTS:
        by_kind = (("word", "common"), ("repeat", "plain"), ("run", "series"))
        return next((code for kind, code in by_kind if kind in alone.kinds), "plain")
    for code, names in (("login", _names(login)), ("desk", _names(desk))):
        if guess(password, names).parts < FEWEST_PARTS:
            return code
    return None


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\W_\d]+", folded(text)) if len(part) >= _SHORTEST_NAME)


def _bare(text: str) -> str:
    return re.sub(r"\W|_", "", folded(text))


def hashed(password: str) -> str:
    """The hash to store."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind ``stored``; without any, takes the same time and says no."""
    try:
        return _hasher.verify(stored or _nobody(), password[:LONGEST]) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("")
