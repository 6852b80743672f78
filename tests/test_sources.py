"""What a source line shows: the date of each text, the best texts first, no shop, no day of reading."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from bot.evaluation.content import freshness as freshness_list
from bot.law import freshness, parameters
from bot.law.parameters import Authority, Source
from bot.nlg import sources
from bot.nlg.sentences import Sentences

TODAY = dt.date(2026, 11, 30)
READ_ON = dt.date(2026, 11, 21)


def source(authority: Authority, title: str = "Texte", **fields: object) -> Source:
    return Source(title, "Éditeur", authority, "https://exemple.fr/page", READ_ON, **fields)


KNOWN = {
    "code": source("law", "Code", edition=dt.date(2024, 1, 15)),
    "act": source("law", "Loi", edition=dt.date(2025, 2, 14)),
    "sheet": source("dated_copy", "Fiche", edition=dt.date(2025, 1, 13), kind="sheet"),
    "page": source("official_page", "Page", edition=dt.date(2025, 12, 8)),
    "undated": source("official_page", "Page sans date"),
    "press": source("press", "Journal", edition=dt.date(2026, 4, 22)),
    "shop": source("commercial", "Boutique", edition=dt.date(2026, 5, 1)),
    "old_text": source("law", "Rédaction ancienne", edition=dt.date(2010, 1, 1), historical=True),
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "_sources", lambda: KNOWN)


def line(*references: str) -> str:
    return sources.line(sources.cited(sources.citable(references), TODAY)).replace("\u00a0", " ")


def said(*references: str, on: dt.date = TODAY, name: str = "utter_x") -> dict:
    responses = {
        name: [{"text": "Réponse.", "metadata": {"sources": list(references)}}],
        "utter_caution_old_source": [{"text": "Vérifiez."}],
    }
    answer = Sentences(responses).render(name, {}, "rest", {}, on)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("code:L1", "Source : Code, art. L1, version du 15/01/2024."),
        ("sheet", "Source : Fiche, fiche du 13/01/2025."),
        ("page", "Source : Page, page du 08/12/2025."),
        ("press", "Source : Journal, article du 22/04/2026."),
        ("undated", "Source : Page sans date."),
    ],
)
def test_a_text_is_shown_with_its_own_date_in_the_words_of_its_kind(reference: str, shown: str) -> None:
    assert line(reference) == shown


def test_the_day_of_our_reading_is_in_no_text() -> None:
    assert "21/11/2026" not in said(*KNOWN)["text"]
    assert "vérifié" not in said(*KNOWN)["text"]


def test_the_highest_authority_comes_first_then_the_order_of_citation() -> None:
    assert [each.title for each in sources.cited(["sheet", "page", "act:1", "code:L1"], TODAY)] == [
        "Loi, art.\u00a01",
        "Code, art.\u00a0L1",
        "Page",
        "Fiche",
    ]


def test_a_line_shows_three_sources_and_the_metadata_all() -> None:
    answer = said("sheet", "page", "act", "code")
    assert line("sheet", "page", "act", "code").count(" ; ") == 2
    assert "Fiche" not in answer["text"]
    assert [each["title"] for each in answer["metadata"]["sources"]] == ["Loi", "Code", "Page", "Fiche"]


def test_the_articles_of_one_text_are_one_source() -> None:
    assert line("code:L1", "sheet", "code:L2", "code:L1").startswith("Sources : Code, art. L1 et L2, version")


@pytest.mark.parametrize("better", ["code", "page", "sheet", "press"])
def test_a_commercial_text_is_never_shown(better: str) -> None:
    assert line("shop", better) == line(better)
    assert line("shop") == ""
    assert said("shop")["metadata"]["sources"] == []


@pytest.mark.parametrize("better", ["code", "page", "sheet"])
def test_the_press_is_shown_only_where_nothing_is_better(better: str) -> None:
    assert line("press", better) == line(better)


def test_a_reading_that_has_expired_brings_one_sentence_and_an_old_text_none() -> None:
    last_day = freshness.expires_on("law", READ_ON)
    assert said("code", on=last_day)["text"].endswith("2024.")
    assert "caution" not in said("code", on=last_day)["metadata"]
    late = said("code", "act", on=last_day + dt.timedelta(days=1))
    assert late["text"].endswith("\n\nVérifiez.") and late["text"].count("Vérifiez.") == 1
    assert late["metadata"]["caution"] == "Vérifiez."


def test_a_commercial_reading_that_has_expired_matters_only_where_an_answer_rests_on_it() -> None:
    late = freshness.expires_on("commercial", READ_ON) + dt.timedelta(days=1)
    assert "caution" not in said("code", "shop", on=late)["metadata"]
    assert said("shop", on=late)["metadata"]["caution"] == "Vérifiez."


def test_a_question_states_nothing_and_has_no_caution() -> None:
    late = READ_ON + dt.timedelta(days=2000)
    answer = said("code", on=late, name="utter_ask_x")
    assert answer["text"] == "Réponse." and "caution" not in answer["metadata"]


def test_every_authority_has_its_limits() -> None:
    assert freshness.limits().keys() == set(get_args(Authority))


@pytest.mark.parametrize("name", ["code", "page", "sheet", "press", "shop"])
def test_a_text_is_old_the_day_after_the_limit_of_its_authority(name: str) -> None:
    text = KNOWN[name]
    last_day = freshness.edition_good_until(text)
    assert last_day is not None and text.edition is not None
    assert (last_day - text.edition).days == freshness.limits()[text.authority].edition
    assert not freshness.is_edition_old(text, last_day)
    assert freshness.is_edition_old(text, last_day + dt.timedelta(days=1))


@pytest.mark.parametrize("name", ["undated", "old_text"])
def test_an_undated_or_historical_text_does_not_age(name: str) -> None:
    assert not freshness.is_edition_old(KNOWN[name], dt.date(2100, 1, 1))


def test_the_list_names_each_old_text_without_failing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parameters, "keys", lambda: ())
    last_day = freshness.edition_good_until(KNOWN["code"])
    assert last_day is not None
    for day, is_named in ((last_day, False), (last_day + dt.timedelta(days=1), True)):
        with pytest.raises(SystemExit) as stopped:
            freshness_list.main(["--on", day.isoformat()])
        assert stopped.value.code == 0
        assert ("WARNING source code: text of 2024-01-15" in capsys.readouterr().out) is is_named
