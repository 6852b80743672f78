"""An answer's text cut into what a page shows: paragraphs, lists, price tables, bold, links.

For the site's pages and the mediators' desk. The same rules as in ``bot/widget/src/format.js``; a test holds
both to the same examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.nlg.pieces import pieces

ADDRESS = re.compile(r"^(?:https?://|/(?!/))")
BULLET = re.compile(r"^[-•]\s+(.*)$")
STEP = re.compile(r"^\d{1,2}\.\s+(.*)$")
PRICE = re.compile(r"^(.+?)\s:\s(-?\d[\d\s]*(?:,\d{2})?\s€)$")


@dataclass(frozen=True)
class Block:
    """A paragraph, list, steps (each row one list of pieces) or prices (each row a label and an amount).

    The paragraph before prices, where it announces them, is their ``title``.
    """

    kind: str
    rows: tuple[Any, ...]
    title: str = ""


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text, in order."""
    lines = [_line(line.strip()) for line in text.splitlines() if line.strip()]
    found: list[Block] = []
    for kind, group in groupby(lines, key=lambda line: line[0]):
        rows = [content for _, content in group]
        if kind == "paragraph":
            found += [Block(kind, (pieces(row),)) for row in rows]
            continue
        prices = [PRICE.match(row) for row in rows] if kind == "list" else []
        if prices and all(prices):
            title = _announced(found)
            found.append(Block("prices", tuple((match[1], match[2]) for match in prices if match), title))
        else:
            found.append(Block(kind, tuple(pieces(row) for row in rows)))
    return tuple(found)


def _announced(found: list[Block]) -> str:
    """The last paragraph without its colon, taken out of ``found``; "" where it announces nothing."""
    runs: tuple[Any, ...] = found[-1].rows[0] if found and found[-1].kind == "paragraph" else ()
    if len(runs) != 1 or runs[0].kind != "text" or not runs[0].text.endswith(":"):
        return ""
    found.pop()
    return str(runs[0].text).removesuffix(":").rstrip()


def _line(line: str) -> tuple[str, str]:
    for kind, pattern in (("list", BULLET), ("steps", STEP)):
        match = pattern.match(line)
        if match:
            return kind, match[1]
    return "paragraph", line


def is_address(value: Any) -> bool:
    """Whether a value may be the target of a link: http, https, or a path of this server."""
    return isinstance(value, str) and bool(ADDRESS.match(value))
