"""Every sentence of the product keeps the rules; questions and answers match; what else an answer says."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections import Counter
from pathlib import Path

import pytest

from bot.law.parameters import ParameterError
from bot.nlg.sentences import Sentences
from tests.clock import DAY
from tests.sentence_rules import (
    ALL,
    INTENTS,
    RESPONSES,
    RULES,
    WORDINGS,
    faults,
    words_before_steps,
)

ROOT = Path(__file__).resolve().parent.parent
MEDIAN_WORDS_BEFORE_STEPS = 60
GENERATOR = Sentences(RESPONSES)


@pytest.mark.parametrize("name", RULES)
def test_every_response_keeps_the_rule(name: str) -> None:
    found = faults(RULES[name], ALL)
    assert not found, "\n".join(found)


def test_a_response_is_written_in_one_file() -> None:
    assert [name for name, count in Counter(one.name for one in ALL).items() if count > 1] == []


def test_half_of_the_answers_take_sixty_words_before_the_steps() -> None:
    counts = [words_before_steps(response) for response in ALL if response.is_answer]
    assert statistics.median(counts) <= MEDIAN_WORDS_BEFORE_STEPS


def test_every_question_has_an_answer_and_every_answer_a_question() -> None:
    asked = {f"utter_{intent}" for intent in INTENTS if "/" in intent}
    assert asked == {response.name for response in ALL if response.is_answer}


def test_every_response_that_an_action_names_exists() -> None:
    named: set[str] = set()
    for path in (ROOT / "actions").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'"(utter_[a-z_]+|faq/[a-z_.]+)"', source))
    prefixes = ("utter_document", "utter_reason", "utter_step", "utter_uncertainty", "utter_warning")
    missing = {
        name for name in named - set(prefixes) if name not in RESPONSES and f"utter_{name}" not in RESPONSES
    }
    assert not missing


def test_a_missing_value_gives_the_answer_that_says_so() -> None:
    broken = Sentences({**RESPONSES, "utter_broken": [{"text": "Cela coûte {fees.nothing}."}]})
    answer = broken.render("utter_broken", {}, "rest", {}, DAY)
    assert answer is not None and "ne rien affirmer" in answer["text"]


def test_unreadable_parameters_silence_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ParameterError("fees.yml: unreadable")

    monkeypatch.setattr("bot.nlg.sentences.parameter", fail)
    monkeypatch.setattr("bot.law.quotes.published", fail)
    answer = GENERATOR.render("utter_faq/cost", {}, "rest", {}, DAY)
    assert answer is not None and "ne sont pas lisibles" in answer["text"].replace("\u00a0", " ")


def test_an_old_source_brings_a_caution() -> None:
    late = DAY + dt.timedelta(days=2000)
    answer = GENERATOR.render("utter_faq/cost", {}, "rest", {}, late)
    assert answer is not None and "ont pu changer" in answer["text"]


@pytest.mark.parametrize("wording", WORDINGS)
def test_an_answer_said_within_another_brings_its_sources_in_every_wording(wording: str | None) -> None:
    said = {"answer": {"response": "utter_faq/cost"}}
    alone = GENERATOR.render("utter_faq/cost", {"wording": wording}, "rest", {}, DAY)
    within = GENERATOR.render("utter_why_question", {"wording": wording}, "rest", said, DAY)
    assert alone is not None and within is not None
    assert alone["metadata"]["sources"]
    assert within["metadata"]["sources"] == alone["metadata"]["sources"]


def test_an_item_brings_the_text_that_the_core_gives_and_its_own() -> None:
    item = {"response": "utter_reason_old_plate_converted", "reference": "arrete_2009:17"}
    values = {"answer": {"response": "utter_outcome_accepted"}, "reasons": [item]}
    values |= {name: [] for name in ("facts", "steps", "to_provide", "to_keep", "if_asked", "warnings")}
    answer = GENERATOR.render("utter_decision", {}, "rest", {**values, "uncertainties": []}, DAY)
    assert answer is not None
    titles = " ".join(source["title"] for source in answer["metadata"]["sources"])
    assert "Arrêté du 9 février 2009" in titles
    assert "R322-2" in titles
