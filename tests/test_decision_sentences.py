"""Everything a decision can say has its French sentence, and no sentence is left over."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.decision import DOCUMENTS, REASONS, STEPS, UNCERTAINTIES, WARNINGS
from bot.law.duplicate_rules import CLOSING
from bot.law.eligibility import ASKED_FIELDS, decide
from bot.law.situation import DATES, FIELDS, Situation, possible_values

FILE = Path(__file__).parent.parent / "data" / "nlu" / "responses" / "decision.yml"
RESPONSES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["responses"]
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
