"""Facts told at different times, the facts that count, and what a change of them changes."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

from bot.guides import GUIDES, side_by_side
from bot.guides.coherence import settle
from bot.guides.comparison import changed_facts, difference, telling_changes
from bot.nlg.sentences import Sentences
from tests.sentence_rules import RESPONSES

ON = dt.date(2026, 11, 22)
LOST = {
    "reason": "loss", "applicant": "holder", "holder": "person", "plate_format": "siv", "inspection": "valid",
    "moved": False,
}  # fmt: skip
REFUSED = {"file_status": "refused", "refused_on": "2026-10-03"}
SENTENCES = Sentences(RESPONSES)
CASES: dict[str, list[dict[str, Any]]] = {
    "price": [{"plate_format": "siv"}, {"plate_format": "fni"}, {}, {"plate_format": "moped"}]
    + [{"plate_format": "siv", "moved": True}, {"plate_format": "siv", "storm_damage": True}]
    + [{"plate_format": "siv", "storm_damage": True, "vehicle_kind": "moped"}]
    + [{"operation": "change_of_holder"}, {"plate_format": "ww"}],
    "eligibility": [LOST, {**LOST, "reason": "theft"}, {**LOST, "inspection": "expired"}, {}]
    + [{**LOST, "original_found": "found"}, {**LOST, "original_found": "after_request"}],
    "remedy": [REFUSED, {}, {**REFUSED, "refused_on": "2026-10-10"}, {"file_status": "under_review"}]
    + [{"file_status": "validated", "validated_on": "2026-11-10"}, {**REFUSED, "refused_on": "2025-01-01"}]
    + [{**REFUSED, "gracious_appeal_on": "2026-10-10"}, {"file_status": "refused"}],
}
FACTS = [(name, facts) for name, cases in CASES.items() for facts in cases]


def names(lines: list[dict[str, Any]]) -> set[str]:
    return {line["response"] for line in lines}


@pytest.mark.parametrize(("name", "facts"), FACTS)
def test_every_answer_and_its_explanation_can_be_written(name: str, facts: dict[str, Any]) -> None:
    guide = GUIDES[name]
    for reply in [*guide.reply(facts, ON), *guide.explain(facts, ON)]:
        written = SENTENCES.render(reply.response, {}, "rest", reply.values, ON)
        assert written is not None and written["metadata"]["response"] == reply.response
        assert written["metadata"]["body"].strip()


@pytest.mark.parametrize("name", CASES)
def test_every_difference_can_be_written(name: str) -> None:
    for before, after in pairwise(CASES[name]):
        values = difference(GUIDES[name], before, after, ON)
        values["changed"] = changed_facts(before, after)
        written = SENTENCES.render("utter_difference", {}, "rest", values, ON)
        assert written is not None and written["metadata"]["response"] == "utter_difference"


def test_an_old_plate_changes_the_price_and_what_is_to_do() -> None:
    values = difference(GUIDES["price"], {"plate_format": "siv"}, {"plate_format": "fni"}, ON)
    assert names(values["earlier"]) == {"utter_gist_price"}
    assert names(values["now"]) == {"utter_gist_price_open"}
    assert names(values["steps_added"]) == {"utter_note_new_plates"}
    assert values["same"] == []


def test_a_region_changes_nothing_in_the_price_of_a_duplicate() -> None:
    facts = {"plate_format": "siv", "region": "normandie"}
    values = difference(GUIDES["price"], facts, {**facts, "region": "bretagne"}, ON)
    assert names(values["same"]) == {"utter_difference_none"}


def test_a_theft_adds_its_declaration_to_a_loss() -> None:
    values = difference(GUIDES["eligibility"], LOST, {**LOST, "reason": "theft"}, ON)
    assert "utter_step_declare_theft" in names(values["steps_added"])
    assert values["now"]


def test_only_the_facts_that_count_are_shown() -> None:
    facts = {"plate_format": "siv", "reason": "loss", "inspection": "valid", "region": "bretagne"}
    shown = GUIDES["price"].reply(facts, ON)[0].values["facts"]
    assert names(shown) == {"utter_fact_plate_format_siv"}


def test_a_change_that_counts_for_no_answer_is_not_told() -> None:
    before = {"plate_format": "siv"}
    after = {**before, "inspection": "valid"}
    assert telling_changes(GUIDES["price"], before, after, ON) == []
    assert telling_changes(GUIDES["price"], before, {"plate_format": "fni"}, ON)


def test_a_theft_that_is_a_loss_forgets_the_report() -> None:
    facts, refused = settle({"reason": "theft", "theft_declared": True}, {"reason": "loss"}, ON)
    assert facts == {"reason": "loss"} and not refused


def test_a_card_lost_again_is_no_longer_found() -> None:
    facts, _ = settle({"reason": "loss", "original_found": "before_request"}, {"reason": "loss"}, ON)
    assert "original_found" not in facts


@pytest.mark.parametrize(("day", "kept"), [("2026-11-22", True), ("2026-11-23", False)])
def test_a_day_to_come_is_refused(day: str, kept: bool) -> None:
    facts, refused = settle({"file_status": "refused"}, {"refused_on": day}, ON)
    assert ("refused_on" in facts) is kept
    assert (refused == ("refused_on",)) is not kept


def test_a_validated_request_drops_the_refusal_told_before() -> None:
    facts, refused = settle(REFUSED, {"file_status": "validated"}, ON)
    assert facts == {"file_status": "validated"} and not refused


def test_an_appeal_before_the_refusal_is_refused_or_corrects_it() -> None:
    facts, _ = settle(REFUSED, {"gracious_appeal_on": "2026-09-01"}, ON)
    assert GUIDES["remedy"].reply(facts, ON)


def price_said(facts: dict[str, Any]) -> str:
    (reply,) = GUIDES["price"].reply(facts, ON)
    written = SENTENCES.render(reply.response, {}, "rest", reply.values, ON)
    assert written is not None
    return str(written["metadata"]["body"]).replace("\u00a0", " ")


def test_a_buyer_is_told_the_price_of_a_card_in_his_own_name() -> None:
    vehicle = {"plate_format": "siv", "vehicle_kind": "car", "energy": "petrol", "region": "bretagne"}
    facts = {**vehicle, "fiscal_power": 5, "first_registration": "2020-01-01", "applicant": "buyer"}
    assert GUIDES["price"].next_question({"plate_format": "siv", "applicant": "buyer"}, frozenset(), ON)
    assert "Taxe régionale (Y1) : 300 €" in price_said(facts)
    assert "Taxe régionale" not in price_said({**facts, "applicant": "holder"})


def test_bad_weather_exempts_a_card_that_it_destroyed_and_none_that_was_stolen() -> None:
    facts = {"plate_format": "siv", "storm_damage": True}
    assert "2,76 €" in price_said({**facts, "reason": "damage"})
    assert "Taxe fixe (Y4) : 11 €" in price_said({**facts, "reason": "theft"})


def test_a_moped_pays_nothing_for_a_card_that_bad_weather_destroyed() -> None:
    said = price_said({"plate_format": "siv", "storm_damage": True, "vehicle_kind": "moped"})
    assert "ne coûte rien" in said and "€" not in said


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"plate_format": "fni", "storm_damage": True}, "nouvelles plaques"),
        (
            {"plate_format": "siv", "vehicle_kind": "moped", "applicant": "professional"},
            "frais du professionnel",
        ),
        ({"plate_format": "siv", "moved": True}, "Pour un cyclomoteur"),
        ({"plate_format": "siv", "applicant": "professional"}, "Pour un cyclomoteur"),
    ],
)
def test_an_answer_tells_what_else_is_to_pay(facts: dict[str, Any], note: str) -> None:
    assert note in price_said(facts)


# A stolen vehicle, a deceased holder, a card found again, a vehicle to be destroyed or severely damaged…
NO_DUPLICATE = [
    {"reason": "theft", "vehicle_stolen": True},
    {"holder": "deceased"},
    {"original_found": "before_request"},
    {"original_found": "after_request"},
    {"to_be_scrapped": True},
    {"opposition": "severely_damaged"},
    {"reason": "loss", "applicant": "other", "holder": "person"},
    {"holder": "lessor"},
]


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"vehicle_stolen": True}, "utter_outcome_vehicle_stolen"),
        ({"applicant": "holder", "holder": "deceased"}, "utter_outcome_holder_deceased"),
        ({"original_found": "before_request"}, "utter_outcome_original_found_before"),
    ],
)
def test_who_gets_no_duplicate_is_told_before_its_price(facts: dict[str, Any], outcome: str) -> None:
    obstacle, price = GUIDES["price"].reply({"plate_format": "siv", **facts}, ON)
    assert (obstacle.response, price.response) == ("utter_quote_obstacle", "utter_quote")
    assert obstacle.values["answer"] == {"response": outcome}
    # The written price, where the plate is not known, is no offer either.
    obstacle, price = GUIDES["price"].reply(facts, ON)
    assert (obstacle.response, price.response) == ("utter_quote_obstacle", "utter_faq/cost")


@pytest.mark.parametrize("plate", [{}, {"plate_format": "siv"}, {"plate_format": "fni"}])
@pytest.mark.parametrize("facts", NO_DUPLICATE)
def test_a_sheet_has_no_price_beside_a_no(facts: dict[str, Any], plate: dict[str, str]) -> None:
    told = {**facts, **plate}
    assert [reply.response for reply in side_by_side.replies("price", told, ON)] == [
        "utter_quote_no_duplicate"
    ]
    assert side_by_side.questions("price", told, ON) == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"reason": "loss"},
        {"reason": "theft", "theft_declared": False, "applicant": "holder", "holder": "person"},
        # Not a duplicate: the price of the card in the buyer's name.
        {"applicant": "buyer", "region": "bretagne", "fiscal_power": 5},
    ],
)
def test_a_sheet_has_the_price_of_what_can_be_had(facts: dict[str, Any]) -> None:
    assert side_by_side.replies("price", facts, ON) == GUIDES["price"].reply(facts, ON)
    assert side_by_side.questions("price", facts, ON) == GUIDES["price"].questions(facts, frozenset(), ON)


@pytest.mark.parametrize("facts", [{}, {"reason": "theft"}, {"applicant": "holder", "reason": "loss"}])
def test_who_may_get_a_duplicate_is_told_its_price_alone(facts: dict[str, Any]) -> None:
    assert [reply.response for reply in GUIDES["price"].reply({"plate_format": "siv", **facts}, ON)] == [
        "utter_quote"
    ]


@pytest.mark.parametrize(
    ("facts", "response"),
    [
        ({"plate_format": "moped"}, "utter_quote_moped"),
        ({"plate_format": "moped", "vehicle_kind": "quadricycle"}, "utter_quote"),
        ({"operation": "duplicate", "reason": "damage", "storm_damage": True}, "utter_quote_storm"),
        ({"operation": "duplicate", "moved": True}, "utter_quote_with_move"),
        ({"holder": "lessor", "applicant": "agent", "moved": True}, "utter_quote"),
    ],
)
def test_the_price_said_is_the_one_of_the_case(facts: dict[str, Any], response: str) -> None:
    assert GUIDES["price"].reply({"plate_format": "siv", **facts}, ON)[-1].response == response


def test_the_fee_of_a_professional_is_told_once() -> None:
    assert price_said({"plate_format": "siv", "applicant": "professional"}).count("s’ajoutent") == 0
    assert price_said({"plate_format": "fni", "applicant": "professional"}).count("s’ajoutent") == 1
