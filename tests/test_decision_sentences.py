"""Everything a decision can say has its French sentence, with its sources and without a typed number."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law import parameters
from bot.law.decision import DOCUMENTS, REASONS, STEPS, UNCERTAINTIES, WARNINGS
from bot.law.duplicate_rules import CLOSING
from bot.law.eligibility import ASKED_FIELDS, decide
from bot.law.situation import DATES, FIELDS, Situation, possible_values

FILE = Path(__file__).parent.parent / "data" / "nlu" / "responses" / "decision.yml"
RESPONSES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["responses"]
VARIATIONS = [(name, variation) for name, all_ in RESPONSES.items() for variation in all_]
CATALOGUES = {
    "reason": REASONS,
    "step": STEPS,
    "document": DOCUMENTS,
    "warning": WARNINGS,
    "uncertainty": UNCERTAINTIES,
}
PARTS = {
    "reason": "reasons",
    "step": "steps",
    "document": "documents",
    "warning": "warnings",
    "uncertainty": "uncertainties",
}
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
PLATE_MODELS = re.compile(r"\b(?:AB-123-CD|1234 AB 56|WW-123-AB|W-123-AB|AB 123 C)\b")
GIVEN_BY_ACTION = {
    "reasons:items",
    "facts:items",
    "steps:items",
    "documents:items",
    "warnings:items",
    "uncertainties:items",
    "first_due:date",
    "first_registration:date",
}
WITHOUT_SOURCE = re.compile(r"utter_(fact_|decision_)")
ADVICE = {
    f"utter_{kind}_{code}"
    for kind, items in CATALOGUES.items()
    for code, item in items.items()
    if not item.reference
}


def value_names(name: str) -> list[str]:
    return [("yes" if v else "no") if isinstance(v, bool) else v.value for v in possible_values(name)]


situations = st.builds(
    Situation,
    **{
        name: st.none()
        | (
            st.dates(dt.date(2000, 1, 1), dt.date(2026, 12, 31))
            if name in DATES
            else st.sampled_from(tuple(possible_values(name)))
        )
        for name in FIELDS
    },
)


@pytest.mark.parametrize(
    "name", [f"utter_{kind}_{code}" for kind, catalogue in CATALOGUES.items() for code in catalogue]
)
def test_everything_that_can_be_told_has_a_sentence(name: str) -> None:
    assert RESPONSES[name][0]["text"].strip()


@given(situations)
@settings(max_examples=120, deadline=None)
def test_every_decision_has_its_sentences(situation: Situation) -> None:
    decision = decide(situation, dt.date(2026, 11, 21))
    assert f"utter_outcome_{decision.answer}" in RESPONSES
    for kind, part in PARTS.items():
        assert all(f"utter_{kind}_{item.code}" in RESPONSES for item in getattr(decision, part))


def test_no_sentence_is_left_over() -> None:
    told = {f"utter_{kind}_{code}" for kind, catalogue in CATALOGUES.items() for code in catalogue}
    told |= {f"utter_{prefix}{name}" for prefix in ("ask_", "why_") for name in ASKED_FIELDS}
    told |= {f"utter_ask_{name}_error" for name in ASKED_FIELDS}
    told |= {f"utter_fact_{name}_{value}" for name in FIELDS for value in value_names(name)}
    told |= {f"utter_fact_{name}" for name in DATES}
    rest = set(RESPONSES) - told
    accepted = {f"utter_outcome_accepted{end}" for end in ("", "_by_parent", "_after_steps")}
    accepted |= {f"utter_outcome_accepted_after_{end}" for end in ("declaration", "inspection", "check")}
    closed = {name for name in rest if name not in accepted | {"utter_outcome_incomplete"}}
    assert told <= set(RESPONSES)
    assert len(closed) == len(CLOSING)
    assert all(name.startswith("utter_outcome_") for name in rest)


@pytest.mark.parametrize("field", ASKED_FIELDS)
def test_a_question_has_an_easy_wording_a_second_wording_and_a_why(field: str) -> None:
    ask = RESPONSES[f"utter_ask_{field}"]
    again = RESPONSES[f"utter_ask_{field}_error"]
    assert ask[1]["condition"] == [{"type": "slot", "name": "wording", "value": "easy"}]
    assert again[0]["text"] != ask[0]["text"]
    assert RESPONSES[f"utter_why_{field}"][0]["text"]
    for buttons in (ask[0]["buttons"], again[0]["buttons"]):
        assert buttons[-1]["payload"] == "/dont_know"


@pytest.mark.parametrize("field", ASKED_FIELDS)
def test_the_buttons_of_a_question_give_values_that_the_field_accepts(field: str) -> None:
    for button in RESPONSES[f"utter_ask_{field}"][0]["buttons"][:-1]:
        assert button["payload"].startswith("/inform{")
        given_ = json.loads(button["payload"].removeprefix("/inform"))
        assert list(given_) == [field]
        assert Situation.from_mapping(given_).known() == (field,)


def test_an_outcome_has_an_easy_wording() -> None:
    for name, variations in RESPONSES.items():
        if name.startswith("utter_outcome_"):
            assert [bool(v.get("condition")) for v in variations] == [False, True], name


@pytest.mark.parametrize(("name", "variation"), VARIATIONS, ids=[name for name, _ in VARIATIONS])
def test_a_sentence_is_well_formed(name: str, variation: dict) -> None:
    text = variation["text"]
    bare = PLATE_MODELS.sub("", PLACEHOLDER.sub("", text))
    assert not re.search(r"\d", bare), "a number is typed"
    assert "'" not in text and "\n\n" not in text and "’ " not in text
    assert not re.search(r"(?<!\u00a0)[:;?!»]", bare), "a space before the sign must not break"
    for key in PLACEHOLDER.findall(text):
        if key in GIVEN_BY_ACTION or key.startswith("quotes."):
            continue
        parameters.value_on(key, dt.date(2026, 11, 21))
    for button in variation.get("buttons", ()):
        assert len(button["title"]) <= 20
        assert button["payload"].startswith("/")


@pytest.mark.parametrize(("name", "variation"), VARIATIONS, ids=[name for name, _ in VARIATIONS])
def test_a_sentence_has_sources_that_we_know(name: str, variation: dict) -> None:
    if "condition" in variation or WITHOUT_SOURCE.match(name) or name in ADVICE:
        return
    assert variation["metadata"]["sources"]
    for source in variation["metadata"]["sources"]:
        parameters.cite(source)


def test_the_amounts_named_in_the_sentences_are_computed() -> None:
    from bot.law import quotes

    used = {key for _, v in VARIATIONS for key in PLACEHOLDER.findall(v["text"]) if key.startswith("quotes.")}
    assert {key.removeprefix("quotes.") for key in used} <= set(quotes.names())
