"""Browsers in which somebody has signed in before: a stranger's wrong passwords do not shut these out.

Each such browser keeps a sealed cookie a login, which says nothing to others. It opens nothing: it only has
its own count of wrong passwords, apart from what everybody else tries on that login.
"""

from __future__ import annotations

from bot.mediator.security.keys import Keys, new_token

KEPT_DAYS = 180


def cookie_name(keys: Keys, login: str) -> str:
    """The cookie's name, one a login: several colleagues may share a computer."""
    return f"__Host-desk-known-{keys.digest('device name', login)[:16]}"


def new_cookie(keys: Keys, login: str) -> str:
    """The cookie that a browser is given when somebody signed in."""
    token = new_token()
    return f"{token}.{keys.digest('device', login, token)}"


def known(keys: Keys, login: str, cookie: str) -> str | None:
    """What its failures are counted by; None for a browser that is not known to have been that person's."""
    token, _, seal = cookie.partition(".")
    return token if token and keys.matches(seal, "device", login, token) else None
