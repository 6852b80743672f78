"""How a stand-in holds a call against its platform's documented rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Violation(Exception):
    """A call breaks the platform's documented rules; the message says which one."""


class Unauthorized(Exception):
    """A call bears no valid credential."""


def check(condition: object, rule: str) -> None:
    """Raises ``Violation`` with the rule where the condition does not hold."""
    if not condition:
        raise Violation(rule)


def check_fields(value: object, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Any]:
    """The object, which must hold the required fields and none but those and the optional ones."""
    if not isinstance(value, dict):
        raise Violation(f"an object with {', '.join(required)} was expected")
    missing, unknown = set(required) - value.keys(), value.keys() - set(required) - set(optional)
    check(not missing and not unknown, f"missing {sorted(missing)}, unknown {sorted(unknown)}")
    return value


def check_text(text: object, most: int, what: str) -> str:
    """The text, which must be neither empty nor longer than ``most`` (UTF-16 units)."""
    if not isinstance(text, str) or not text.strip():
        raise Violation(f"{what} is empty")
    check(len(text.encode("utf-16-le")) // 2 <= most, f"{what} is longer than {most}")
    return text
