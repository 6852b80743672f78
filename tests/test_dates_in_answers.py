"""From the words of a person to the last day told: what a date as written makes of a right to contest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionTakeAnswer
from actions.base import PARIS
from actions.questions import ActionPlanRemedy
from bot.guides import GUIDES
from bot.guides.facts import Facts
from bot.guides.remedy import is_coherent
from bot.law import local_days
from bot.law.days import Days
from bot.law.remedies import Case, Stage, plan
from bot.law.time_limits import add_months
from bot.nlg.sentences import Sentences
from bot.nlu import facts
from bot.nlu.fact_extractor import _entity
from bot.nlu.text import normalise
from bot.takeaway.case import SheetCase, kept, with_dates
from bot.takeaway.letters import draft
from bot.takeaway.sheet import compose

TODAY = dt.date(2026, 11, 30)
SENTENCES = Sentences.read(Path(__file__).parent.parent / "data")
DAYS = st.dates(dt.date(2025, 1, 1), TODAY)


class Talk:
    """A conversation with the actions alone, in a guided dialogue on a refusal."""

    def __init__(self, slots: dict[str, Any] | None = None) -> None:
        """Starts with the slots given."""
        self.slots = slots or {}

    def say(self, text: str, action: Any = None) -> list[tuple[str, str]]:
        """The names and texts of the responses to a message."""
        entities = [_entity(fact) for fact in facts.find(normalise(text), TODAY)]
        message = {"intent": {"name": "inform"}, "entities": entities, "text": text}
        tracker = Tracker("one", self.slots, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = (action or ActionTakeAnswer()).answered(dispatcher, tracker)
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        said = []
        for message in dispatcher.messages:
            values = {**message, **(message.get("custom") or {})}
            rendered = SENTENCES.render(values["response"], self.slots, "", values, TODAY)
            assert rendered is not None
            said.append((values["response"], rendered["text"].replace("\u00a0", " ")))
        return said


@pytest.fixture(autouse=True)
def _noon_in_paris(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.turn.now", lambda: dt.datetime.combine(TODAY, dt.time(12), PARIS))


def plan_after(text: str) -> list[tuple[str, str]]:
    """What is answered to a message that asks for the dates of an appeal."""
    return Talk().say(text, ActionPlanRemedy())


@pytest.mark.parametrize("written", ["18 sept 2026", "18 sept. 2026", "18 SEPT", "18/09/2026", "18 setembre"])
def test_a_refusal_of_18_september_is_contested_until_18_november(written: str) -> None:
    ((name, text),) = plan_after(f"ma demande a été refusée le {written}")
    assert name == "utter_remedy_limit_passed"
    assert "Refus reçu le 18 septembre 2026" in text and "jusqu’au 18 novembre 2026" in text


def test_two_or_three_weeks_count_from_three_and_can_be_corrected() -> None:
    talk = Talk()
    ((name, text),) = talk.say("refusé il y a 2-3 semaines", ActionPlanRemedy())
    assert name == "utter_remedy_refused"
    assert "jusqu’au 9 janvier 2027" in text
    assert "Refus reçu entre le 9 novembre 2026 et le 16 novembre 2026" in text
    assert "je compte à partir du 9 novembre 2026" in text
    changed, (name, text) = talk.say("c'était le 14 novembre")
    assert changed[0] == "utter_difference"
    assert name == "utter_remedy_refused" and "jusqu’au 14 janvier 2027" in text
    assert "n’est pas certain" not in text


def test_about_two_months_ago_is_never_too_late_for_sure() -> None:
    ((name, text),) = plan_after("mon dossier a été refusé ya 2 mois")
    assert name == "utter_remedy_limit_uncertain"
    assert "peut-être encore contester" in text and "je compte à partir du 15 septembre 2026" in text


def test_a_day_too_late_in_every_reading_is_told_with_the_day_it_counts_from() -> None:
    ((name, text),) = plan_after("ma demande a été refusée l'année dernière")
    assert name == "utter_remedy_limit_passed"
    assert "je compte à partir du 1er janvier 2025" in text


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("le 31/02/2026", "utter_date_unread_impossible"),
        ("le 12/11/20255", "utter_date_unread_impossible"),
        ("le 12/11/3467", "utter_date_unread_impossible"),
        ("le 12 décembre 2026", "utter_date_unread_to_come"),
        ("demain", "utter_date_unread_to_come"),
        ("le 24 décembre", "utter_date_unread_year_unclear"),
    ],
)
def test_a_date_that_cannot_be_is_named_and_asked_again(written: str, name: str) -> None:
    talk = Talk({"guided_dialogue": "remedy", "file_status": "refused", "asked_fact": "refused_on"})
    (first, text), (asked, _) = talk.say(written)
    assert (first, asked) == (name, "utter_ask_refused_on")
    assert written.removeprefix("le ") in text
    assert talk.slots.get("refused_on") is None


def test_a_stated_date_that_cannot_be_is_named_before_the_question() -> None:
    said = plan_after("demande refusée le 31/02/2026")
    assert [name for name, _ in said] == ["utter_date_unread_impossible", "utter_ask_refused_on"]


def test_a_date_to_come_of_another_thing_is_not_spoken_of() -> None:
    said = plan_after("je pars en vacances le 20 décembre, ma demande est refusée")
    assert [name for name, _ in said] == ["utter_ask_refused_on"]


def test_an_easy_answer_names_the_day_it_counts_from() -> None:
    talk = Talk({"wording": "easy"})
    ((_, text),) = talk.say("refusé il y a 2-3 semaines", ActionPlanRemedy())
    assert "je compte à partir du 9 novembre 2026" in text


@given(DAYS, st.integers(0, 120), st.sampled_from([None, True, False]))
def test_no_uncertain_day_tells_a_later_limit_or_loses_a_right(
    earliest: dt.date, more: int, states: bool | None
) -> None:
    latest = min(earliest + dt.timedelta(days=more), TODAY)
    case = Case(refused_on=earliest, refusal_states_remedies=states, latest={"refused_on": latest})
    drawn = plan(case, TODAY)
    if drawn.deadline is not None:
        assert drawn.deadline.safe <= add_months(earliest, 2)
    if drawn.stage is Stage.LIMIT_PASSED:
        assert TODAY > add_months(latest, 2)
    if latest == earliest:
        assert drawn.stage is plan(Case(refused_on=earliest, refusal_states_remedies=states), TODAY).stage


@given(DAYS, st.integers(1, 60), DAYS, st.integers(0, 60))
def test_days_that_can_stand_together_in_some_reading_have_a_plan(
    refused: dt.date, more: int, appealed: dt.date, later: int
) -> None:
    told: Facts = {
        "refused_on": str(Days(refused, refused + dt.timedelta(days=more))),
        "gracious_appeal_on": str(Days(appealed, appealed + dt.timedelta(days=later))),
    }
    possible = refused <= min(appealed + dt.timedelta(days=later), TODAY)
    assert is_coherent(told, TODAY) is possible
    if possible:
        assert GUIDES["remedy"].reply(told, TODAY)


def test_a_letter_states_no_uncertain_day_and_the_sheet_keeps_it() -> None:
    told = kept({"file_status": "refused", "refused_on": "2026-11-09/2026-11-16"})
    assert told["refused_on"] == "2026-11-09/2026-11-16"
    letter = draft("gracious_appeal", SheetCase(told, "remedy", TODAY), SENTENCES, TODAY).text()
    assert "novembre 2026" not in letter.replace("30 novembre 2026", "")


def test_a_sheet_says_from_which_uncertain_day_a_right_counts() -> None:
    told: Facts = {"reason": "loss", "file_status": "under_review", "requested_on": "2026-11-09/2026-11-16"}
    sheet = compose(SheetCase(told, "remedy", TODAY), SENTENCES, False, TODAY)
    (certificate,) = (day for day in sheet.deadlines if day.code == "provisional_certificate")
    assert certificate.day <= dt.date(2026, 12, 9)
    (warnings,) = (section for section in sheet.sections if section.code == "warnings")
    said = "\n".join("".join(piece.text for piece in line) for line in warnings.lines).replace("\u00a0", " ")
    assert "je compte à partir du 9 novembre 2026" in said


NOUMEA_MORNING = dt.datetime(2026, 12, 1, 20, tzinfo=dt.UTC)
TAHITI_EVENING = dt.datetime(2026, 12, 2, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "region", "residence", "days"),
    [
        (TAHITI_EVENING, None, None, "2026-12-01/2026-12-02"),
        (TAHITI_EVENING, None, "overseas", "2026-12-01/2026-12-02"),
        (TAHITI_EVENING, "bretagne", None, "2026-12-02"),
        (TAHITI_EVENING, None, "metropole", "2026-12-02"),
        (TAHITI_EVENING, "la_reunion", "overseas", "2026-12-02"),
        (NOUMEA_MORNING, None, None, "2026-12-01"),
        (NOUMEA_MORNING, "mayotte", None, "2026-12-01"),
        (NOUMEA_MORNING, None, "overseas", "2026-12-01/2026-12-02"),
        (dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC), "martinique", "overseas", "2026-11-30"),
    ],
)
def test_today_is_that_of_the_place_or_the_earliest(
    moment: dt.datetime, region: str | None, residence: str | None, days: str
) -> None:
    assert str(local_days.today(moment, region, residence)) == days


def test_yesterday_is_one_of_two_days_where_today_is() -> None:
    today = local_days.today(TAHITI_EVENING)
    (fact,) = (one for one in facts.find("refusé hier", today) if one.name == "refused_on")
    assert fact.value == "2026-11-30/2026-12-01"


def test_the_day_of_noumea_is_not_to_come() -> None:
    paris, latest = dt.date(2026, 12, 1), local_days.latest(NOUMEA_MORNING)
    (fact,) = (one for one in facts.find("refus du 2/12/2026", paris, (), latest) if one.name == "refused_on")
    assert fact.value == "2026-12-02"
    assert local_days.day_of_case([fact.value, True, "loss", 7], NOUMEA_MORNING) == dt.date(2026, 12, 2)
    case = SheetCase({"reason": "loss"}, "", paris)
    assert with_dates(case, {"declared_on": "2026-12-02"}, latest)["declared_on"] == "2026-12-02"
    with pytest.raises(ValueError, match="declared_on"):
        with_dates(case, {"declared_on": "2026-12-03"}, latest)
