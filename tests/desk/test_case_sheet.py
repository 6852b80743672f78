"""The case sheet: few ticks to the right first line, days in words, faults said where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.desk_api import reading
from bot.evaluation.in_process import AssistantHere, assistant_in
from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.sheet import days
from bot.mediator.sheet.answers import Verdict, verdict
from bot.mediator.sheet.fields import Form
from bot.nlg.sentences import Sentences
from bot.settings import ROOT
from tests.desk.conftest import OpenDesk, text_of

ON = dt.date(2026, 11, 30)
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
SENTENCES = Sentences.read(ROOT / "data")
FORM = Form(SENTENCES, lambda words: reading.day(words, NOON))
MOST_CONTROLS = 5

# The fields that a mediator fills, the sentence that says the same, and how the first line begins.
SEVEN_CASES = {
    "a moped lost by a minor": (
        {"reason": "loss", "applicant": "parent", "vehicle_kind": "moped", "inspection": "valid"},
        "cyclomoteur perdu par un mineur, contrôle technique valable",
        "Oui, le duplicata est possible. Comme le titulaire est mineur, c’est son parent",
    ),
    "stolen abroad, and moved": (
        {"reason": "theft", "event_abroad": "yes", "moved": "yes"},
        "carte volée en Espagne, et la personne a déménagé",
        "Oui, vous pouvez obtenir un duplicata, mais plusieurs étapes",
    ),
    "a company's car on lease": (
        {"reason": "loss", "applicant": "lessee"},
        "voiture de société en leasing, carte perdue",
        "C’est l’organisme de location ou de financement qui demande le duplicata",
    ),
    "refused six weeks ago": (
        {"refused_on": "il y a 6 semaines"},
        "demande refusée il y a six semaines",
        "jusqu’au 16 décembre 2026",
    ),
    "an old plate": (
        {"reason": "loss", "plate_format": "fni"},
        "carte perdue, ancienne plaque",
        "Oui, à une condition",
    ),
    "the holder is dead": (
        {"reason": "loss", "applicant": "heir"},
        "le titulaire est décédé et son fils a perdu la carte",
        "Ce n’est pas un duplicata ordinaire",
    ),
    "the inspection has expired": (
        {"reason": "loss", "inspection": "expired"},
        "carte perdue, contrôle technique dépassé",
        "Oui, mais seulement après le contrôle technique",
    ),
}


def sheet_of(given: dict[str, str]) -> Verdict:
    facts, faults = FORM.read(given, ON)
    assert faults == {}
    return verdict(SENTENCES, facts, ON)


def everything(said: Verdict) -> str:
    return "\n".join(str(message["text"]) for answer in said for message in answer.messages)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistantHere]:
    """The bot, whose reading of sentences the desk asks for."""
    with assistant_in(tmp_path_factory.mktemp("state")) as here:
        yield here


@pytest.mark.parametrize(
    ("fields", "first"), [(case[0], case[2]) for case in SEVEN_CASES.values()], ids=SEVEN_CASES
)
def test_five_controls_lead_to_the_right_first_line(fields: dict[str, str], first: str) -> None:
    assert len(fields) <= MOST_CONTROLS
    assert first in sheet_of(fields).headlines[0].text


@pytest.mark.parametrize(("sentence", "first"), [case[1:] for case in SEVEN_CASES.values()], ids=SEVEN_CASES)
def test_one_sentence_leads_to_the_right_first_line(bot: AssistantHere, sentence: str, first: str) -> None:
    facts = bot.run(reading.read(bot.agent, sentence, {}))["facts"]
    # The day of the refusal is counted from today: the limit moves with it.
    expected = first if "2026" not in first else "Le refus peut être contesté"
    assert expected in verdict(SENTENCES, facts, clock.today()).headlines[0].text


def test_a_sentence_says_what_it_told_and_what_it_could_not_place(bot: AssistantHere) -> None:
    sentence = "scooter perdu par un mineur, refus il y a six semaines, et le 31/02/2026"
    read = bot.run(reading.read(bot.agent, sentence, {"inspection": "valid"}))
    assert {"reason", "holder", "vehicle_kind", "refused_on"} <= set(read["told"])
    assert read["facts"]["inspection"] == "valid"
    assert [each["why"] for each in read["left_out"]] == ["impossible"]


def test_a_sentence_keeps_no_plate(bot: AssistantHere) -> None:
    read = bot.run(reading.read(bot.agent, "carte perdue, plaque AB-123-CD", {}))
    assert read["facts"]["plate_format"] == "siv"
    assert "123" not in str(read)


@pytest.mark.parametrize("reason", ["loss", "theft", "damage"])
def test_the_usual_case_is_presumed_and_said_to_be(reason: str) -> None:
    said = sheet_of({"reason": reason})
    assert said.presumed == ("Demande faite par le titulaire", "Carte au nom d’un adulte", "Voiture")
    assert "Je ne peux pas encore" not in everything(said)
    assert "Oui" in said.headlines[0].text


def test_nothing_is_presumed_against_what_was_told() -> None:
    assert sheet_of({"reason": "loss", "applicant": "buyer"}).presumed == ("Voiture",)
    assert sheet_of({"reason": "loss", "holder": "minor", "vehicle_kind": "moped"}).presumed == (
        "Demande faite par le parent ou le tuteur",
    )


def test_without_a_reason_the_sheet_begins_with_what_to_ask() -> None:
    said = sheet_of({"inspection": "expired"})
    assert said.headlines[0].text.startswith("À demander d’abord")
    assert "Je ne peux pas encore" not in everything(said)


@pytest.mark.parametrize("role", ["parent", "heir", "lessee"])
def test_nobody_who_may_apply_is_called_somebody_else_without_a_mandate(role: str) -> None:
    facts, _ = FORM.read({"reason": "loss", "applicant": role}, ON)
    assert FORM.shown(facts)["applicant"] == role
    assert "sans mandat" not in everything(verdict(SENTENCES, facts, ON))


def test_a_refusal_comes_before_the_right_and_the_price() -> None:
    said = sheet_of({"reason": "loss", "refused_on": "19/10/2026"})
    assert [line.guide for line in said.headlines] == ["remedy", "eligibility", "price"]


def test_a_no_has_no_price_among_the_headlines() -> None:
    said = sheet_of({"reason": "theft", "vehicle_stolen": "yes"})
    assert [line.guide for line in said.headlines] == ["eligibility"]
    assert "€" not in everything(said)


# --- days


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-10-19", "2026-10-19"),
        ("19/10/2026", "2026-10-19"),
        ("19.10.2026", "2026-10-19"),
        ("19 octobre", "2026-10-19"),
        ("il y a 6 semaines", "2026-10-16/2026-10-22"),
        ("6 semaines", "2026-10-16/2026-10-22"),
        ("du 16/10/2026 au 22/10/2026", "2026-10-16/2026-10-22"),
    ],
)
def test_a_day_is_read_as_people_write_it_and_shown_so_that_it_reads_again(typed: str, day: str) -> None:
    facts, faults = FORM.read({"refused_on": typed}, ON)
    assert (facts["refused_on"], faults) == (day, {})
    assert FORM.read({"refused_on": days.shown(day)}, ON)[0]["refused_on"] == day


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31/02/2026", "impossible"),
        ("01/12/2026", "to_come"),
        ("dans 3 jours", "to_come"),
        ("je ne sais plus", "not_a_date"),
        ("du 22/10/2026 au 16/10/2026", "impossible"),
    ],
)
def test_a_day_that_cannot_be_is_told_why(typed: str, why: str) -> None:
    assert FORM.read({"refused_on": typed, "reason": "loss"}, ON) == ({"reason": "loss"}, {"refused_on": why})


def test_days_out_of_order_are_a_fault_of_one_of_them() -> None:
    facts, faults = FORM.read({"refused_on": "19/10/2026", "gracious_appeal_on": "01/10/2026"}, ON)
    assert list(faults.values()) == ["order"]
    assert facts.keys() | faults.keys() == {"refused_on", "gracious_appeal_on"}


def test_without_the_bot_figures_are_read_and_words_are_not() -> None:
    def away(_: str) -> dict[str, Any]:
        raise BotAway

    assert days.read("19/10/2026", away) == "2026-10-19"
    with pytest.raises(days.NotADay, match="away"):
        days.read("hier", away)


@pytest.mark.parametrize("page", ["/fiche", "/fiche/reponses"])
@pytest.mark.parametrize("typed", ["31/02/2026", "01/01/2999", "19/10/26"])
def test_the_whole_page_and_its_part_keep_what_was_typed_and_say_why(
    open_desk: OpenDesk, page: str, typed: str
) -> None:
    shown = open_desk.signed_in("mediator").get(page, params={"reason": "loss", "refused_on": typed}).text
    assert f'name="refused_on" value="{typed}"' in shown
    assert 'aria-invalid="true"' in shown
    assert "Un fait n’est pas retenu dans cette réponse" in text_of(shown)


# --- fields


def names(given: dict[str, str]) -> set[str]:
    facts, _ = FORM.read(given, ON)
    return {field.name for _, fields in FORM.groups_for(facts, FORM.shown(facts)) for field in fields}


def test_questions_on_a_theft_stand_for_a_theft_alone() -> None:
    of_theft = {"theft_declared", "vehicle_stolen"}
    assert of_theft <= names({"reason": "theft"})
    assert not of_theft & names({"reason": "loss"})
    assert not of_theft & names({})


def test_a_field_that_holds_something_is_always_shown() -> None:
    assert "theft_declared" in names({"reason": "loss", "theft_declared": "yes"})


def test_another_reason_forgets_the_theft_where_the_page_tells_what_changed() -> None:
    given = {"reason": "loss", "vehicle_stolen": "yes", "theft_declared": "no"}
    assert FORM.read({**given, "changed": "reason"}, ON)[0] == {"reason": "loss"}
    assert FORM.read({**given, "changed": "vehicle_stolen"}, ON)[0]["reason"] == "theft"


def test_the_field_changed_last_wins_over_the_role_that_it_contradicts() -> None:
    given = {"reason": "loss", "applicant": "parent", "holder": "person"}
    assert FORM.read(given, ON)[0]["holder"] == "minor"
    assert FORM.read({**given, "changed": "holder"}, ON)[0] == {"reason": "loss", "holder": "person"}
    was_minor = {"applicant": "holder", "holder": "minor"}
    assert FORM.read({**was_minor, "changed": "applicant"}, ON)[0] == {"applicant": "holder"}


def test_regions_stand_in_the_order_of_a_french_index() -> None:
    found = [label for _, label in FORM.fields["region"].options]
    assert found.index("Île-de-France") < found.index("Normandie")


# --- a sentence, without the bot


def test_a_sentence_that_the_bot_cannot_read_is_kept_and_the_form_too(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    sent = mediator.post("/fiche/phrase", "/fiche", sentence="carte perdue hier", moved="yes")
    assert sent.status_code == 503
    assert 'value="carte perdue hier"' in sent.text
    assert 'name="moved" value="yes" checked' in sent.text
    assert mediator.post("/fiche/phrase", "/fiche", sentence=" ").status_code == 400


def test_the_place_of_each_text_is_a_heading(open_desk: OpenDesk) -> None:
    page = open_desk.signed_in("mediator").get("/fiche?reason=theft").text
    assert '<h4 class="part">À faire, dans l’ordre' in page
    assert 'href="#result"' in page
