"""Figures that tell the truth: what counts as unanswered, shares, the time before, reports in French."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, ConversationPaused, ConversationResumed, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.desk_api import figures as desk_figures
from bot.engine.tracker_store import ConversationStore
from bot.mediator.pages.statistics import _total
from bot.mediator.work import activity, figures
from tests.desk.conftest import OpenDesk, text_of

DAY = 86_400


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConversationStore:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'feedback.db'}")
    return ConversationStore(Domain.empty(), f"sqlite:///{tmp_path / 'conversations.db'}")


def keep(store: ConversationStore, sender: str, *events: Event) -> None:
    tracker = DialogueStateTracker(sender, [])
    for event in events:
        tracker.update(event)
    asyncio.run(store.save(tracker))


def asked(text: str, at: float | None = None, intent: str = "faq") -> UserUttered:
    parse: Any = {"intent": {"name": intent}, "text": text, "entities": []}
    return UserUttered(text, parse["intent"], [], parse, timestamp=at)


def said(response: str, **metadata: str) -> BotUttered:
    return BotUttered("…", metadata={"metadata": {"response": response, **metadata}})


def test_a_message_is_missed_where_the_bot_had_no_answer_whatever_it_took_it_for(
    store: ConversationStore,
) -> None:
    keep(
        store,
        "a",
        asked("combien"), said("utter_faq/cost"),
        asked("zzz", intent="nlu_fallback"), said("utter_not_understood"),
        asked("ou alors", intent="ask_between"), said("utter_close_call"),
        asked("il pleut", intent="out_of_scope"), said("utter_out_of_scope"),
        asked("perdue, plaque [plaque SIV]", intent="ask_between"), said("utter_faq/declare_loss"),
        asked("/quote_fee"), said("utter_quote"),
    )  # fmt: skip
    totals = desk_figures.statistics(store, 7)["totals"]
    assert totals == {"answered": 2, "not_understood": 1, "asked_between": 1, "out_of_scope": 1}
    assert (_total("written", totals), _total("understood", totals)) == (5, "40 %")
    missed = [each["text"] for each in desk_figures.misunderstood(store, 10)]
    assert missed == ["il pleut", "ou alors", "zzz"]


def test_what_was_written_to_a_person_is_counted_apart_and_never_listed(store: ConversationStore) -> None:
    keep(
        store,
        "a",
        asked("zzz"), said("utter_not_understood"),
        ConversationPaused(),
        asked("voici mon numéro de dossier", intent="nlu_fallback"),
        said("utter_handoff", speaker="mediator"),
        ConversationResumed(),
        asked("merci"), said("utter_thanks"),
    )  # fmt: skip
    assert desk_figures.statistics(store, 7)["totals"] == {
        "not_understood": 1,
        "to_a_person": 1,
        "answered": 1,
    }
    assert [each["text"] for each in desk_figures.misunderstood(store, 10)] == ["zzz"]


def test_a_conversation_taken_before_the_time_counted_is_still_with_a_person(
    store: ConversationStore,
) -> None:
    now = time.time()
    keep(store, "a", ConversationPaused(timestamp=now - 20 * DAY), asked("toujours là", now))
    assert desk_figures.statistics(store, 7)["totals"] == {"to_a_person": 1}


def test_the_time_before_is_counted_beside(store: ConversationStore) -> None:
    now = time.time()
    keep(
        store,
        "a",
        asked("hier", now - DAY),
        said("utter_faq/cost"),
        asked("ici", now),
        said("utter_faq/cost"),
    )
    keep(store, "b", asked("zzz", now - 9 * DAY), said("utter_not_understood"))
    told = desk_figures.statistics(store, 7)
    assert (told["totals"], told["before"]) == ({"answered": 2}, {"not_understood": 1})
    assert sum(told["hours"].values()) == 2
    assert len(told["days"]) == 2


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(248, 286, 87), (285, 286, 100 - 1), (286, 286, 100), (1, 1000, 1), (0, 5, 0), (0, 0, None)],
)
def test_a_share_is_never_whole_where_something_is_missing(
    part: int, whole: int, percent: int | None
) -> None:
    assert figures.share(part, whole) == percent


def test_a_help_is_counted_and_exported_in_the_columns_of_la_coop(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    form = {"place": "face_to_face", "minutes": "30", "subject": "loss"}
    assert mediator.post("/activite", "/statistiques", **form).status_code == 303
    assert mediator.post("/activite", "/statistiques", **{**form, "minutes": "31"}).status_code == 400
    head, line = mediator.get("/activite-coop.csv").content.decode("utf-8-sig").splitlines()
    assert head.split(";") == list(activity.COOP_COLUMNS)
    told = dict(zip(head.split(";"), line.split(";"), strict=True))
    assert told["Type"] == "Accompagnement individuel"
    assert told["Canaux d’accompagnement"] == "Lieu d’activité"
    assert told["Durée (min)"] == "30"
    assert "Transports - Mobilité" in told["Thématique(s) d’accompagnement"]
    assert told["Tags"] == "Carte perdue"


def test_sheets_questions_and_cases_are_counted_by_desk_and_exported_in_french(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    mediator.post("/fiche/a-emporter", "/fiche", reason="theft")
    mediator.post("/dossiers", "/fiche", reason="damage")
    page = text_of(mediator.get("/statistiques").text)
    assert "Fiche à emporter 1 0" in page and "Dossier 1 0" in page
    assert "Sans guichet" in page
    today = dt.date.today()
    lines = mediator.get("/activite.csv").content.decode("utf-8-sig").splitlines()[1:]
    assert any(line.endswith(";fiche à emporter;Carte volée;remise;Lieu d’activité;") for line in lines)
    assert any(";dossier;Carte abîmée;ouvert;" in line for line in lines)
    assert all(line.split(";")[0].count("/") == 2 for line in lines), today
