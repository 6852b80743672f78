"""Every sentence of the product: writable today, sourced where it states something, free of typed values."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.guides.facts import response_of_fact
from bot.law.parameters import ParameterError, cite, parameter
from bot.law.quotes import names as quote_names
from bot.nlg.sentences import PLACEHOLDER, Sentences
from bot.nlg.sources import citable
from bot.procedures.registry import FACT_NAMES

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.date.today()
FILES = sorted((ROOT / "data").rglob("*.yml"))
RESPONSES: dict[str, list[dict[str, Any]]] = {}
INTENTS: set[str] = set()
for file in FILES:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    RESPONSES.update(content.get("responses") or {})
    INTENTS.update(block["intent"] for block in content.get("nlu") or [])
    # What only a button says has a rule and no examples.
    INTENTS.update(
        step["intent"] for rule in content.get("rules") or [] for step in rule["steps"] if "intent" in step
    )
QUESTIONS = {name: found for name, found in RESPONSES.items() if name.startswith("utter_faq/")}
WORDINGS = (None, "easy", "short")
# Digits that are no value: ranks of steps, fields of the card, plates shown as an example, names.
DIGITS_IN_NAMES = re.compile(
    r"(?m)^\d\. |\b[YZ]\d\b|\b[A-Z]{2}[- ]\d{3}[- ][A-Z]{1,2}\b|\b\d{3,4}[- ][A-Z]{2,3}[- ]\d{2}\b"
    r"|\bE85\b|\bL\de\b|\bCO2\b|\b50 cm3\b"
)
GENERATOR = Sentences(RESPONSES)


def texts(name: str) -> list[str]:
    return [variation["text"] for variation in RESPONSES[name]]


def without_names(text: str) -> str:
    return DIGITS_IN_NAMES.sub("", PLACEHOLDER.sub("", text))


@pytest.mark.parametrize("name", RESPONSES)
def test_no_value_is_typed_in_a_sentence(name: str) -> None:
    for text in texts(name):
        assert not re.search(r"\d|https?://|www\.|€", without_names(text)), text


@pytest.mark.parametrize("name", RESPONSES)
def test_every_dated_value_that_a_sentence_names_exists_today(name: str) -> None:
    for text in texts(name):
        for match in PLACEHOLDER.finditer(text):
            key = match[1]
            if key.startswith("quotes."):
                assert key.removeprefix("quotes.") in quote_names()
            elif "." in key:
                parameter(key).on(key, TODAY)


@pytest.mark.parametrize("name", RESPONSES)
def test_every_cited_source_exists(name: str) -> None:
    for variation in RESPONSES[name]:
        for reference in variation.get("metadata", {}).get("sources", []):
            cite(reference)


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_can_be_written_in_every_wording(name: str, wording: str | None) -> None:
    answer = GENERATOR.render(name, {"wording": wording}, "rest", {}, TODAY)
    assert answer is not None and answer["metadata"]["response"] == name
    assert "{" not in answer["text"]
    standard = GENERATOR.variation(name, {}, "") or {}
    given = standard.get("metadata", {}).get("sources", [])
    assert name.startswith("utter_faq/out_of_scope") or given, "an answer rests on a text"
    # What only a shop says has no source line.
    # A source that is too old on the day of the test adds its caution below.
    written = answer["text"].removesuffix(answer["metadata"].get("caution", "")).rstrip()
    ends_with_sources = "Source" in written.splitlines()[-1]
    assert ends_with_sources is bool(citable(given)), "an answer ends with its source"
    if wording == "short":
        assert len(answer["metadata"]["body"]) <= 320


@pytest.mark.parametrize("name", RESPONSES)
def test_every_button_is_short_and_leads_somewhere(name: str) -> None:
    for variation in RESPONSES[name]:
        for button in variation.get("buttons") or []:
            assert len(button["title"]) <= 20, button
            label = button["payload"].removeprefix("/").partition("{")[0]
            assert label in INTENTS, button


@pytest.mark.parametrize("name", RESPONSES)
def test_every_fact_that_a_button_tells_can_be_told_back(name: str) -> None:
    for variation in RESPONSES[name]:
        for button in variation.get("buttons") or []:
            given = json.loads(
                button["payload"].removeprefix("/inform") if "{" in button["payload"] else "{}"
            )
            told = {fact: value for fact, value in given.items() if fact in FACT_NAMES}
            assert all(response_of_fact(fact, value) in RESPONSES for fact, value in told.items()), button


def test_every_question_has_an_answer_and_every_answer_a_question() -> None:
    asked = {intent for intent in INTENTS if "/" in intent}
    assert {f"utter_{label}" for label in asked} == set(QUESTIONS)


@pytest.mark.parametrize("name", RESPONSES)
def test_typography_is_french(name: str) -> None:
    for text in texts(name):
        shown = PLACEHOLDER.sub("valeur", text)
        assert "'" not in shown, "a straight apostrophe"
        assert not re.search(r" [:;?!»]|« ", shown), "an ordinary space where it must not break"
        assert not re.search(r"[^\s\u00a0(][?!»]", shown.replace("?!", "?")), "no space before a sign"


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
    GENERATOR.responses = {**RESPONSES, "utter_broken": [{"text": "Cela coûte {fees.nothing}."}]}
    try:
        answer = GENERATOR.render("utter_broken", {}, "rest", {}, TODAY)
    finally:
        GENERATOR.responses = RESPONSES
    assert answer is not None and "ne rien affirmer" in answer["text"]


def test_unreadable_parameters_silence_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ParameterError("fees.yml: unreadable")

    monkeypatch.setattr("bot.nlg.sentences.parameter", fail)
    monkeypatch.setattr("bot.law.quotes.published", fail)
    answer = GENERATOR.render("utter_faq/cost", {}, "rest", {}, TODAY)
    assert answer is not None and "ne sont pas lisibles" in answer["text"].replace("\u00a0", " ")


def test_an_old_source_brings_a_caution() -> None:
    late = TODAY + dt.timedelta(days=2000)
    answer = GENERATOR.render("utter_faq/cost", {}, "rest", {}, late)
    assert answer is not None and "ont pu changer" in answer["text"]


@pytest.mark.parametrize("wording", WORDINGS)
def test_an_answer_said_within_another_brings_its_sources_in_every_wording(wording: str | None) -> None:
    said = {"answer": {"response": "utter_faq/cost"}}
    alone = GENERATOR.render("utter_faq/cost", {"wording": wording}, "rest", {}, TODAY)
    within = GENERATOR.render("utter_why_question", {"wording": wording}, "rest", said, TODAY)
    assert alone is not None and within is not None
    assert alone["metadata"]["sources"]
    assert within["metadata"]["sources"] == alone["metadata"]["sources"]


def test_an_item_brings_the_text_that_the_core_gives_and_its_own() -> None:
    item = {"response": "utter_reason_old_plate_converted", "reference": "arrete_2009:17"}
    values = {"answer": {"response": "utter_outcome_accepted"}, "reasons": [item]}
    values |= {name: [] for name in ("facts", "steps", "to_provide", "to_keep", "if_asked", "warnings")}
    answer = GENERATOR.render("utter_decision", {}, "rest", {**values, "uncertainties": []}, TODAY)
    assert answer is not None
    titles = " ".join(source["title"] for source in answer["metadata"]["sources"])
    assert "Arrêté du 9 février 2009" in titles
    assert "R322-2" in titles
