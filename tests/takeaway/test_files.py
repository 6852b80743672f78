"""The PDF and the calendar: made outside the server, readable by every machine that reads such files."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys

import pytest
from icalendar import Calendar, Event
from pypdf import PdfReader

from bot.takeaway import files
from bot.takeaway.agenda import Agenda
from tests.takeaway.conftest import CASES, NOW, World

TODAY = dt.date(2026, 11, 22)


def pdf(world: World, case: str, version: str | None = None) -> PdfReader:
    answer = world.pages.show(f"{world.make(case)}.pdf", version)
    assert answer.status == 200 and answer.content_type == "application/pdf"
    return PdfReader(io.BytesIO(answer.body))


def calendar(world: World, token: str) -> Calendar:
    answer = world.pages.show(f"{token}.ics")
    assert answer.status == 200 and answer.content_type.startswith("text/calendar")
    return Calendar.from_ical(answer.body)


def at(month: int, day: int, hour: int) -> dt.datetime:
    """A moment of 2026, in UTC: one hour less than in Paris in winter."""
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def reminders(event: Event) -> list[dt.date]:
    """The days on which an event reminds, in order."""
    return sorted(alarm.trigger.date() for alarm in event.alarms.times)


def test_a_pdf_has_title_language_tags_and_says_that_it_is_accessible(world: World) -> None:
    read = pdf(world, "refused")
    assert read.metadata is not None and read.metadata.title == "Votre dossier de carte grise"
    root = read.trailer["/Root"]
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read.xmp_metadata is not None
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


def test_a_pdf_says_what_the_page_says(world: World) -> None:
    text = " ".join("\n".join(page.extract_text() for page in pdf(world, "refused").pages).split())
    assert "3 janvier 2027" in text and "13,76 €" in text and "version du 15/01/2024" in text
    assert "vérifié le" not in text
    easy = " ".join("\n".join(page.extract_text() for page in pdf(world, "refused", "simple").pages).split())
    assert "Ma carte grise : que faire ?" in easy


def test_the_fonts_of_a_pdf_are_in_it(world: World) -> None:
    for page in pdf(world, "stolen card").pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert "AtkinsonHyperlegible" in descriptor["/FontName"]


def test_a_hostile_text_is_no_markup_in_a_pdf(world: World, sentences, monkeypatch) -> None:
    hostile = {"utter_sheet_title": [{"text": "#panic() $x$ *b* https://site.example"}]}
    monkeypatch.setattr(sentences, "responses", {**sentences.responses, **hostile})
    assert pdf(world, "refused").metadata.title == "#panic() $x$ *b* https://site.example"


def test_the_last_days_are_in_the_calendar_each_with_its_reminder_and_source(world: World) -> None:
    events = {
        event["description"].split("\n")[0]: event for event in calendar(world, world.make("refused")).events
    }
    appeal = events["Dernier jour sûr pour le recours gracieux en ligne"]
    assert appeal.start == dt.date(2027, 1, 3) and appeal.end == dt.date(2027, 1, 4)
    assert "Source\u00a0: Code des relations entre le public et l’administration" in appeal["description"]
    assert reminders(appeal) == [dt.date(2026, 12, 20), dt.date(2026, 12, 31), dt.date(2027, 1, 2)]
    assert events.keys() > {"Dernier jour sûr pour saisir le tribunal administratif"}


def test_the_reminders_of_a_near_limit_are_those_still_to_come(world: World) -> None:
    # Refused on 3 October: the last day is 3 December.
    facts = {"file_status": "refused", "refused_on": "2026-10-03"}
    token = world.store.make(facts, "remedy", TODAY, world.clock.now)
    for now, expected in (
        (at(11, 19, 7), [dt.date(2026, 11, 19), dt.date(2026, 11, 30), dt.date(2026, 12, 2)]),
        (at(11, 30, 7), [dt.date(2026, 11, 30), dt.date(2026, 12, 2)]),
        (at(11, 30, 9), [dt.date(2026, 12, 2)]),
        (at(12, 2, 9), [dt.date(2026, 12, 3)]),
        (at(12, 3, 9), []),
    ):
        world.clock.now = now
        for event in calendar(world, token).events:
            assert (event.start, reminders(event)) == (dt.date(2026, 12, 3), expected), now


def test_three_limits_of_one_day_have_three_titles_and_none_tells_of_a_refusal(world: World) -> None:
    titles = set()
    for case in CASES:
        answer = world.pages.show(f"{world.make(case)}.ics")
        if answer.status == 404:
            continue
        events = Calendar.from_ical(answer.body).events
        found = [str(event["summary"]) for event in events]
        assert len(set(found)) == len(found), case
        assert all(event["class"] == "PRIVATE" for event in events)
        assert {str(alarm["description"]) for event in events for alarm in event.walk("VALARM")} <= set(found)
        titles.update(found)
    assert len(titles) > 5 and all(title.startswith("Dossier véhicule\u00a0: ") for title in titles)
    told = " ".join(titles).lower()
    assert not re.search(r"refus|recours|tribunal|rejet|conteste|carte grise|vol|perte|police", told)


def test_a_corrected_date_moves_the_event_already_imported(world: World) -> None:
    token = world.store.make(
        {"file_status": "refused", "refused_on": "2026-11-03"}, "remedy", TODAY, world.clock.now
    )
    before = {str(event["uid"]): event for event in calendar(world, token).events}
    world.clock.now += dt.timedelta(minutes=1)
    assert world.pages.set_dates(token, {"refused_on": "2026-10-20"}).status == 303
    after = {str(event["uid"]): event for event in calendar(world, token).events}
    assert after.keys() == before.keys()
    for uid, event in after.items():
        assert event.start == dt.date(2026, 12, 20) and before[uid].start == dt.date(2027, 1, 3)
        assert event["sequence"] > before[uid]["sequence"]
        assert event["dtstamp"].dt > before[uid]["dtstamp"].dt
        assert event["last-modified"].dt > before[uid]["last-modified"].dt


def test_a_calendar_fetched_again_without_a_correction_is_the_same(world: World) -> None:
    token = world.make("refused")
    first = world.pages.show(f"{token}.ics").body
    world.clock.now += dt.timedelta(hours=1)
    assert world.pages.show(f"{token}.ics").body == first


def test_a_date_keeps_its_identifier_and_another_sheet_has_its_own(world: World) -> None:
    first, second = world.make("refused"), world.make("refused")
    uids = [str(event["uid"]) for event in calendar(world, first).events]
    assert len(set(uids)) == len(uids)
    assert [str(event["uid"]) for event in calendar(world, first).events] == uids
    assert not set(uids) & {str(event["uid"]) for event in calendar(world, second).events}


def test_a_calendar_tells_only_what_is_to_come(world: World) -> None:
    token = world.make("stolen card")
    assert [event.start for event in calendar(world, token).events] == [
        dt.date(2026, 12, 9),
        dt.date(2026, 12, 19),
    ]
    world.clock.now += dt.timedelta(days=17)
    assert len(calendar(world, token).events) == 2, "the last day itself is still to come"
    world.clock.now += dt.timedelta(days=1)
    assert [event.start for event in calendar(world, token).events] == [dt.date(2026, 12, 19)]


def test_a_damaged_card_is_kept_for_five_years(world: World) -> None:
    (event,) = calendar(world, world.make("damaged card, inspection over")).events
    assert event.start == dt.date(2031, 11, 1)


def test_nothing_personal_and_no_address_of_the_sheet_is_in_the_calendar(world: World) -> None:
    token = world.make("refused")
    assert token not in world.pages.show(f"{token}.ics").body.decode()


def test_the_libraries_that_make_files_stay_out_of_the_server() -> None:
    heavy = ("typst", "docx", "icalendar", "lxml")
    code = f"import bot.takeaway.pages, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_process_that_fails_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(files.FileNotMade, match="pdf"):
        files.make("pdf", Agenda("x", 0, NOW, ()))
    monkeypatch.setattr(files, "SECONDS", 0.001)
    answer = world.pages.show(f"{world.make('refused')}.pdf")
    assert answer.status == 503 and "pour le moment" in answer.body.decode()
