"""The addresses of a sheet, as people are given them."""

from __future__ import annotations

import re

from bot import settings
from bot.takeaway.store import TOKEN

FOLDER = "/fiche"
SIMPLE = "simple"
# The token of an address, wherever one stands in a text.
TOKEN_IN_ADDRESS = re.compile(rf"(?<={FOLDER}/){TOKEN.pattern}(?![\w-])")


def sheet(token: str, easy: bool = False) -> str:
    """The page; in the easy-to-read version where ``easy``."""
    return f"{_base(token)}?version={SIMPLE}" if easy else _base(token)


def pdf(token: str, easy: bool = False) -> str:
    """The PDF."""
    return f"{_base(token)}.pdf?version={SIMPLE}" if easy else f"{_base(token)}.pdf"


def calendar(token: str) -> str:
    """The calendar file."""
    return f"{_base(token)}.ics"


def letter(token: str, name: str) -> str:
    """The page of a letter."""
    return f"{_base(token)}/lettre/{name}"


def letter_file(token: str, name: str) -> str:
    """The file of a letter for a word processor."""
    return f"{letter(token, name)}.docx"


def _base(token: str) -> str:
    return f"{settings.public_url()}{FOLDER}/{token}"
