"""``python -m bot.evaluation figures``: the recorded figures, written into the pages that quote them.

A command that measures writes its figures with ``--record`` into ``docs/figures.json``. A page quotes them
between ``<!-- figures: NAME -->`` and ``<!-- end of figures -->``: what stands there is replaced. ``--check``
writes nothing and fails where a page does not say what is recorded.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import settings

RECORD = settings.ROOT / "docs" / "figures.json"
BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n)(.*?)(<!-- end of figures -->)", re.DOTALL)
MARK = re.compile(r"<!-- (?:figures: \w+|end of figures) -->")
DIGITS = 3

Row = Mapping[str, Any]


class FiguresError(Exception):
    """A page's block that cannot be filled; the message names the page and the reason."""


@dataclass(frozen=True)
class Quoted:
    """How figures are shown: the first column, then each figure by name with its heading and form."""

    rows: str
    columns: tuple[tuple[str, str, str], ...]


QUOTED = {
    "topics": Quoted(
        "spelling",
        (
            ("messages", "messages", "d"),
            ("accepted", "accepted", ".3f"),
            ("wrong", "wrong answer given", ".3f"),
            ("to_fallback", "taken for another subject, or not understood", ".3f"),
            ("refused", "other subjects refused", ".3f"),
        ),
    ),
    "conversations": Quoted(
        "conversations",
        (
            ("turns", "turns", "d"),
            ("right", "right", ".3f"),
            ("wrong", "wrong given", ".3f"),
            ("refused", "refused", ".3f"),
            ("asked", "asked", ".3f"),
            ("whole", "whole conversations", "d"),
        ),
    ),
    "compare": Quoted(
        "pipeline",
        (
            ("accepted", "accepted", ".3f"),
            ("wrong", "wrong given", ".3f"),
            ("refused", "other subjects refused", ".3f"),
            ("training_cpu", "training, CPU (s)", ".0f"),
        ),
    ),
}


def record(name: str, command: str, rows: Mapping[str, Row], file: Path = RECORD) -> None:
    """Puts the rows of a measurement on record, with the command, the day and the cores of this machine."""
    recorded = read(file)
    recorded[name] = {
        "command": f"python -m bot.evaluation {command}",
        "date": dt.date.today().isoformat(),
        "cores": os.cpu_count(),
        "rows": {label: {key: _rounded(value) for key, value in row.items()} for label, row in rows.items()},
    }
    text = json.dumps(dict(sorted(recorded.items())), ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def read(file: Path = RECORD) -> dict[str, Any]:
    """What is on record, by name; nothing where there is no record yet."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def table(name: str, recorded: Mapping[str, Any]) -> str:
    """The figures of that name as a Markdown table, and how they were measured."""
    quoted, measured = QUOTED[name], recorded[name]
    lines = [f"| {quoted.rows} | " + " | ".join(title for _, title, _ in quoted.columns) + " |"]
    lines.append("|---|" + "---|" * len(quoted.columns))
    for label, row in measured["rows"].items():
        cells = ("–" if row.get(key) is None else format(row[key], form) for key, _, form in quoted.columns)
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    day = dt.date.fromisoformat(measured["date"])
    when = f"{day.day} {day:%B %Y}"
    return "\n".join([*lines, "", f"`{measured['command']}`, {when}, {measured['cores']} cores.", ""])


def filled(page: str, text: str, recorded: Mapping[str, Any]) -> str:
    """The page's text with every block filled; raises FiguresError where one cannot be."""
    blocks = list(BLOCK.finditer(text))
    if len(MARK.findall(text)) != 2 * len(blocks):
        raise FiguresError(f"{page}: a block of figures does not end, or ends without a beginning")
    for block in blocks:
        if MARK.search(block[3]):
            raise FiguresError(f"{page}: a block of figures stands within another")
        if block[2] not in QUOTED or block[2] not in recorded:
            raise FiguresError(f"{page}: no figures of the name {block[2]} are on record")
    return BLOCK.sub(lambda block: f"{block[1]}{table(block[2], recorded)}{block[4]}", text)


def pages() -> list[Path]:
    """The pages that may quote figures."""
    return [settings.ROOT / "README.md", *sorted((settings.ROOT / "docs").rglob("*.md"))]


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value


def main(arguments: list[str]) -> None:
    """Fills the pages; with ``--check``, names those that say something else than the record."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation figures")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is behind")
    options = parser.parse_args(arguments)
    recorded, behind = read(), []
    for path in pages():
        text = path.read_text(encoding="utf-8")
        try:
            new = filled(str(path.relative_to(settings.ROOT)), text, recorded)
        except FiguresError as error:
            sys.exit(f"✗ {error}")
        if new != text:
            behind.append(str(path.relative_to(settings.ROOT)))
            if not options.check:
                path.write_text(new, encoding="utf-8")
    for page in behind:
        print(f"{'✗ behind the record' if options.check else 'written'}: {page}")
    if behind and options.check:
        sys.exit("run: python -m bot.evaluation figures")
