"""Figures in the pages are those on record: nobody types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.content import figures
from bot.evaluation.content.figures import FiguresError, filled, pages, read, record, table
from bot.evaluation.understanding.predictions import Example, Prediction
from bot.evaluation.understanding.topics import by_spelling

RECORDED: dict[str, Any] = {
    "topics": {
        "command": "python -m bot.evaluation topics",
        "date": "2026-11-30",
        "cores": 2,
        "rows": {"all": {"messages": 1019, "accepted": 0.9412, "wrong": 0.02, "to_fallback": 0.04}},
    }
}
BLOCK = "<!-- figures: topics -->\nold\n<!-- end of figures -->\n"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_says_what_is_on_record(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert filled(page.name, text, read()) == text


def test_some_page_quotes_each_kind_of_figure() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in pages())
    assert {name for name in figures.QUOTED if f"<!-- figures: {name} -->" in texts} == set(figures.QUOTED)


def test_a_block_is_replaced_and_the_rest_of_the_page_stays() -> None:
    text = filled("page", f"before\n{BLOCK}after\n", RECORDED)
    assert text.startswith("before\n<!-- figures: topics -->\n| spelling |") and text.endswith("-->\nafter\n")
    assert "| all | 1019 | 0.941 | 0.020 | 0.040 | – |" in text
    assert "`python -m bot.evaluation topics`, 30 November 2026, 2 cores." in text
    assert filled("page", text, RECORDED) == text


@pytest.mark.parametrize(
    "text",
    [
        "<!-- figures: topics -->\n",
        "<!-- end of figures -->\n",
        f"<!-- figures: topics -->\n{BLOCK}<!-- end of figures -->\n",
        BLOCK.replace("topics", "speed"),
    ],
)
def test_a_block_that_is_not_well_formed_is_named(text: str) -> None:
    with pytest.raises(FiguresError, match="a page"):
        filled("a page", text, RECORDED)


def test_a_measurement_goes_on_record_beside_the_others(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    file.write_text(json.dumps(RECORDED), encoding="utf-8")
    record("conversations", "conversations x.jsonl", {"mine": {"turns": 3, "right": 2 / 3}}, file)
    recorded = read(file)
    assert recorded["topics"] == RECORDED["topics"]
    assert recorded["conversations"]["rows"] == {"mine": {"turns": 3, "right": 0.667}}
    assert "| mine | 3 | 0.667 | – |" in table("conversations", recorded)


def test_what_is_recorded_of_messages_is_what_they_scored() -> None:
    examples = [Example("a", ("cost",), "clean"), Example("b", ("cost",), "heavy")]
    predictions = [Prediction("cost", 0.9, "faq", False), Prediction("payment", 0.9, "faq", False)]
    scores = by_spelling(examples, predictions)
    assert (scores["all"].accepted, scores["clean"].accepted, scores["heavy"].wrong) == (0.5, 1.0, 1.0)
    assert "light" not in scores


def test_the_command_writes_the_pages_and_its_check_fails_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(BLOCK, encoding="utf-8")
    monkeypatch.setattr(figures.settings, "ROOT", tmp_path)
    monkeypatch.setattr(figures, "pages", lambda: [page])
    monkeypatch.setattr(figures, "read", lambda: RECORDED)
    with pytest.raises(SystemExit):
        figures.main(["--check"])
    assert page.read_text(encoding="utf-8") == BLOCK and "page.md" in capsys.readouterr().out
    figures.main([])
    assert "0.941" in page.read_text(encoding="utf-8")
    figures.main(["--check"])
