"""Passwords: what is asked of one, and its hash (Argon2id with the library's current parameters)."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# ANSSI and NIST ask for length rather than for kinds of characters.
SHORTEST = 12
LONGEST = 200

_hasher = PasswordHasher()


def fault(password: str, login: str) -> str | None:
    """Why the password is refused: "short", "long", "login" or "plain"; None where it is not."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if login and login.casefold() in password.casefold():
        return "login"
    return "plain" if len(set(password)) < 5 else None


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
