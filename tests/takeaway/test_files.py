"""The PDF and the calendar: made outside the server, readable by every machine that reads such files."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from bot.takeaway import files
from bot.takeaway.agenda import Agenda
from tests.takeaway.conftest import World

TODAY = dt.date(2026, 11, 22)


def pdf(world: World, case: str, version: str | None = None) -> PdfReader:
    answer = world.pages.show(f"{world.make(case)}.pdf", version)
    assert answer.status == 200 and answer.content_type == "application/pdf"
    return PdfReader(io.BytesIO(answer.body))


def calendar(world: World, token: str) -> Calendar:
    answer = world.pages.show(f"{token}.ics")
    assert answer.status == 200 and answer.content_type.startswith("text/calendar")
    return Calendar.from_ical(answer.body)


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
    assert "3 janvier 2027" in text and "13,76 €" in text and "vérifié le 21/11/2026" in text
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
    (alarm,) = appeal.alarms.times
    assert alarm.trigger.date() == dt.date(2026, 12, 20)
    assert events.keys() > {"Dernier jour sûr pour saisir le tribunal administratif"}


def test_a_shared_calendar_does_not_tell_of_a_refusal(world: World) -> None:
    for event in calendar(world, world.make("refused")).events:
        assert str(event["summary"]) == "Dossier véhicule\u00a0: une date à retenir"
        assert event["class"] == "PRIVATE"


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
        files.make("pdf", Agenda("x", TODAY, "", "", ()))
    monkeypatch.setattr(files, "SECONDS", 0.001)
    answer = world.pages.show(f"{world.make('refused')}.pdf")
    assert answer.status == 503 and "pour le moment" in answer.body.decode()
