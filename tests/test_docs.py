"""The pages name files that are there, the README's exchange is a real one, decisions have their parts."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.nlg.sentences import Sentences

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bot" / "widget").glob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
PARTS = ("**Date**", "**Context**", "**Decision**", "**Rejected**", "**Cost**")
# Folders that a path in a page begins with, from the root; other words in code are no path of ours.
TOPS = ("actions", "bot", "data", "deploy", "docs", "tests")
# Written where somebody keeps it.
NOT_SHIPPED = {"bot/evaluation/content/recorded_sheets.json"}
PATH = re.compile(rf"`((?:{'|'.join(TOPS)})/[\w./*<>-]+)`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {path.rstrip("/") for path in PATH.findall(text) if "<" not in path}
    assert {path for path in named - NOT_SHIPPED if not list(ROOT.glob(path))} == set()
    assert {link for link in LINK.findall(text) if not (page.parent / link).exists()} == set()


def test_the_exchange_in_the_readme_is_what_the_assistant_answers() -> None:
    quoted = re.findall(r"^> ?(.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    said = " ".join(" ".join(quoted).split()).replace("\u00a0", " ").replace("*", "")
    answer = Sentences.read(ROOT / "data").render("utter_faq/cost", {}, "rest", {})
    assert answer
    given = " ".join(answer["text"].split()).replace("\u00a0", " ").replace("*", "")
    question, *pieces = re.split(r" ?\[…\] ?| (?=Sources? : |Un duplicata)", said)
    assert question == "combien coûte un duplicata"
    assert pieces and {piece for piece in pieces if re.sub(r"\W+$", "", piece) not in given} == set()


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_parts_in_order_and_is_in_the_list(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    places = [text.find(part) for part in PARTS]
    assert -1 not in places and places == sorted(places)
    title = text.partition("\n")[0].removeprefix("# ")
    number, _, name = title.partition(" ")
    index = (decision.parent / "README.md").read_text(encoding="utf-8")
    assert decision.name.startswith(number) and f"[{number}]({decision.name}) {name}" in index
    day = re.search(r"\*\*Date\*\* (\d+ \w+ \d{4})", text)
    assert day and f"| {day[1]} |" in index


def test_the_newest_release_in_the_changelog_is_the_version_everywhere() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [re.fullmatch(r"(\d+\.\d+\.\d+) – \d+ \w+ \d{4}", heading) for heading in headings[1:]]
    assert released and all(released)
    version = released[0][1] if released[0] else ""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    chart = yaml.safe_load(
        (ROOT / "deploy" / "helm" / "assistant" / "Chart.yaml").read_text(encoding="utf-8")
    )
    description = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
    widget = json.loads((ROOT / "bot" / "widget" / "package.json").read_text(encoding="utf-8"))
    stated = [project["project"]["version"], chart["appVersion"], description["info"]["version"]]
    assert [*stated, widget["version"]] == [version] * 4


def test_what_changes_the_law_says_which_periods_it_concerns() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### Law and sources\n(.*?)(?=^##)", changelog, re.MULTILINE | re.DOTALL)
    assert sections and all("Periods concerned: " in section for section in sections)
