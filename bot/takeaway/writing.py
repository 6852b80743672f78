"""Sentences as lines that a page, a PDF or a letter sets in its own way, with the texts they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from bot.law.parameters import cite
from bot.nlg import sources
from bot.nlg.pieces import Piece, pieces
from bot.nlg.sentences import Sentences
from bot.nlg.sources import CitedSource

Line = tuple[Piece, ...]
Item = Mapping[str, Any]

EASY = "easy"
# One item alone, as a sentence of its own.
ALONE = "utter_sheet_item"


class Writer:
    """Writes responses in one wording on one day, and remembers every text they rest on."""

    def __init__(self, sentences: Sentences, easy: bool, on: dt.date) -> None:
        """Writes the easy-to-read wording where ``easy``, else the usual one."""
        self.easy = easy
        self.on = on
        self._sentences = sentences
        self._slots = {"wording": EASY} if easy else {}
        self._references: dict[str, None] = {}
        self._needs_caution = False

    def text(self, name: str, **values: Any) -> str:
        """A response's text; raises KeyError where none has that name."""
        rendered = self._sentences.render(name, self._slots, "", values, self.on)
        if rendered is None:
            raise KeyError(name)
        self.remember([{"response": name, "values": values}])
        return str(rendered["metadata"]["body"])

    def line(self, item: Item) -> Line:
        """An item of the core as one line."""
        self.remember([item])
        return pieces(" ".join(self.text(ALONE, item=item).split("\n")))

    def lines(self, items: Iterable[Item]) -> tuple[Line, ...]:
        """Items of the core, a line each."""
        return tuple(self.line(item) for item in items)

    def paragraphs(self, name: str, **values: Any) -> tuple[Line, ...]:
        """A response's lines."""
        return tuple(pieces(line) for line in self.text(name, **values).split("\n") if line.strip())

    def has(self, name: str) -> bool:
        """Whether a response has that name."""
        return name in self._sentences.responses

    def remember(self, items: Iterable[Item]) -> None:
        """Counts the texts that those items rest on."""
        for item in items:
            given = [item["reference"]] if item.get("reference") else []
            references = [*given, *self._own_sources(item)]
            self._references.update(dict.fromkeys(sources.citable(references)))
            self._needs_caution |= sources.needs_caution(references, self.on)

    def cited(self) -> tuple[CitedSource, ...]:
        """Every text remembered that a citizen is shown, the articles of one text gathered."""
        return sources.cited(self._references, self.on)

    def needs_caution(self) -> bool:
        """Whether something written rests on a text that was read too long ago."""
        return self._needs_caution

    def laws(self, items: Iterable[Item]) -> tuple[CitedSource, ...]:
        """The texts of law that those items rest on: what a letter may invoke.

        Those that the core gives, else those of the response.
        """
        found: dict[str, None] = {}
        for item in items:
            given = [item["reference"]] if item.get("reference") else self._own_sources(item)
            found.update(dict.fromkeys(given))
        return sources.cited((name for name in found if cite(name).source.authority == "law"), self.on)

    def _own_sources(self, item: Item) -> list[str]:
        standard = self._sentences.variation(item["response"], {}, "") or {}
        return [*standard.get("metadata", {}).get("sources", []), *item.get("values", {}).get("sources", [])]
