"""Blocked cases of a team: facts that change, who changed what, two at once, search, dates, and their end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.store.database import Database
from bot.mediator.work import cases
from bot.takeaway.store import SheetStore
from tests.desk.conftest import NOBODY_HOME, SECRET, Client, OpenDesk, serving, text_of

VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesk]:
    """One desk for all tests of this file."""
    folder = tmp_path_factory.mktemp("desk")
    sheets = SheetStore(f"sqlite:///{folder / 'sheets.db'}", dt.timedelta(days=30))
    yield from serving(Desk(f"sqlite:///{folder / 'desk.db'}", SECRET, NOBODY_HOME, lambda: sheets))


@pytest.fixture(scope="module")
def marie(open_desk: OpenDesk) -> Client:
    return open_desk.signed_in("mediator", "marie")


@pytest.fixture(scope="module")
def paul(open_desk: OpenDesk) -> Client:
    return open_desk.signed_in("mediator", "paul")


def opened(client: Client, **facts: str) -> str:
    """The address of a new case."""
    return client.post("/dossiers", "/fiche", **(facts or {"reason": "loss"})).headers["location"]


def version_of(client: Client, case: str) -> str:
    found = VERSION.search(client.get(case).text)
    assert found
    return found[1]


def follow(client: Client, case: str, version: str = "", **fields: str) -> int:
    """The status of a follow-up saved from the page as it is now, or from an older version."""
    form = {"status": "desk", "note": "", "next_on": "", "version": version or version_of(client, case)}
    return client.post(case, case, **{**form, **fields}).status_code


def test_the_facts_of_a_case_are_changed_in_place(marie: Client) -> None:
    case = opened(marie, reason="loss", refused_on="2026-10-19")
    page = marie.get(f"{case}/situation").text
    assert 'name="refused_on" value="19/10/2026"' in page
    sent = marie.post(
        f"{case}/situation",
        f"{case}/situation",
        version=version_of(marie, case),
        reason="loss",
        refused_on="19/10/2026",
        gracious_appeal_on="02/11/2026",
    )
    assert sent.headers["location"] == f"{case}?garde=1"
    shown = text_of(marie.get(case).text)
    assert "Recours gracieux fait le 2 novembre 2026" in shown
    assert "marie, le" in shown and "Situation :" in shown


def test_a_fact_that_cannot_be_changes_nothing_and_stays_in_its_field(marie: Client) -> None:
    case = opened(marie)
    form = {"version": version_of(marie, case), "reason": "theft", "refused_on": "31/02/2026"}
    sent = marie.post(f"{case}/situation", f"{case}/situation", **form)
    assert sent.status_code == 400
    assert 'value="31/02/2026"' in sent.text
    assert "Carte perdue" in text_of(marie.get(case).text)


def test_of_two_who_change_a_note_the_second_is_told_and_loses_nothing(marie: Client, paul: Client) -> None:
    case = opened(marie)
    version = version_of(marie, case)
    assert follow(marie, case, version, note="La préfecture rappelle mardi") == 303
    form = {"status": "citizen", "note": "Le fils apporte le mandat", "next_on": "", "version": version}
    refused = paul.post(case, case, **form)
    assert refused.status_code == 409
    assert "Enregistré entre-temps par marie" in text_of(refused.text)
    assert "La préfecture rappelle mardi" in refused.text
    assert ">Le fils apporte le mandat</textarea>" in refused.text
    # Saved again knowingly, it replaces the other, which the history keeps.
    again = VERSION.search(refused.text)
    assert again and follow(paul, case, again[1], note="Le fils apporte le mandat") == 303
    assert "La préfecture rappelle mardi" in text_of(marie.get(case).text)


def test_two_who_change_the_facts_at_once_are_told_too(marie: Client, paul: Client) -> None:
    case = opened(marie)
    form = {"version": version_of(marie, case), "reason": "theft"}
    assert marie.post(f"{case}/situation", f"{case}/situation", **form).status_code == 303
    assert paul.post(f"{case}/situation", f"{case}/situation", **form).status_code == 409


def test_a_form_without_a_version_changes_nothing(marie: Client) -> None:
    case = opened(marie)
    sent = marie.post(case, case, status="solved", note="", next_on="", version="")
    assert sent.status_code == 409


@pytest.mark.parametrize("next_on", ["demain", "1900-01-01", "2099-01-01"])
def test_a_date_that_cannot_be_meant_keeps_what_was_typed(marie: Client, next_on: str) -> None:
    case = opened(marie)
    form = {"status": "citizen", "note": "Rappeler la mairie", "version": version_of(marie, case)}
    sent = marie.post(case, case, next_on=next_on, **form)
    assert sent.status_code == 400
    assert "Rappeler la mairie" in sent.text
    assert '<option value="citizen" selected>' in sent.text


def test_search_and_filters_find_a_case_by_number_word_label_person_and_date(
    marie: Client, paul: Client
) -> None:
    case = opened(paul, reason="theft", vehicle_kind="moped")
    number = case.rpartition("/")[2]
    yesterday = (clock.today() - dt.timedelta(days=1)).isoformat()
    assert follow(paul, case, note="Déclaration à compléter", label="gendarmerie", next_on=yesterday) == 303
    for query in (
        f"q={number}",
        f"q=n° {number}",
        "q=declaration",
        "q=cyclomoteur volee",
        "etiquette=gendarmerie",
        "qui=personne&q=declaration",
        "etat=desk&q=gendarmerie",
        "reprendre=1",
    ):
        found = re.findall(r'href="(/dossiers/\d+)"', marie.get(f"/dossiers?{query}").text)
        assert case in found, query
        assert len(found) < 4 or query.startswith("qui"), query
    assert case not in marie.get("/dossiers?etat=solved").text
    assert f'"{case}"' not in marie.get("/dossiers?qui=moi").text


def test_a_case_is_given_to_somebody_of_the_desk_and_to_nobody_else(
    open_desk: OpenDesk, marie: Client
) -> None:
    case = opened(marie)
    with open_desk.desk.database.transaction() as connection:
        ids = {person.login: str(person.id) for person in cases.people(connection)}
    assert follow(marie, case, assignee=ids["paul"]) == 303
    assert "Suivi par paul" in text_of(marie.get(f"/dossiers?qui=paul&q={case.rpartition('/')[2]}").text)
    assert follow(marie, case, assignee="999") == 400


def test_the_reminders_are_a_calendar_of_numbers(marie: Client) -> None:
    case = opened(marie)
    tomorrow = clock.today() + dt.timedelta(days=1)
    assert follow(marie, case, next_on=tomorrow.isoformat(), note="Madame attend son mandat") == 303
    file = marie.get("/dossiers/dates.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert f"Dossier n° {case.rpartition('/')[2]} à reprendre" in file.content.decode()
    assert "mandat" not in file.content.decode()


def test_an_empty_sheet_asks_before_it_opens_a_case(open_desk: OpenDesk, marie: Client) -> None:
    before = len(open_desk.journal())
    asked = marie.post("/dossiers", "/fiche")
    assert asked.status_code == 200 and "Ouvrir un dossier vide ?" in asked.text
    assert len(open_desk.journal()) == before
    assert marie.post("/dossiers", "/fiche", confirm="yes").status_code == 303


def test_erasing_asks_first_and_only_who_may(open_desk: OpenDesk, marie: Client, paul: Client) -> None:
    case = opened(marie)
    assert "Effacer le dossier" in marie.get(f"{case}/effacer").text
    assert marie.post(f"{case}/effacer", case).status_code == 400
    refused = paul.post(f"{case}/effacer", case, confirm="yes")
    assert refused.status_code == 403 and "marie" in refused.text
    assert marie.get(case).status_code == 200
    assert marie.post(f"{case}/effacer", f"{case}/effacer", confirm="yes").status_code == 303
    assert marie.get(case).status_code == 404
    other = opened(marie)
    administrator = open_desk.signed_in("administrator", "chef")
    assert administrator.post(f"{other}/effacer", f"{other}/effacer", confirm="yes").status_code == 303


def test_the_number_of_an_erased_case_is_never_given_again(marie: Client) -> None:
    case = opened(marie)
    assert marie.post(f"{case}/effacer", f"{case}/effacer", confirm="yes").status_code == 303
    assert int(opened(marie).rpartition("/")[2]) > int(case.rpartition("/")[2])


def test_the_numbers_given_before_the_upgrade_are_not_given_again_either(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    database = Database(engine)
    database.upgrade("0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO accounts (login, role, active, created_at) VALUES ('a', 'mediator', 1, '2026-01-01')"
        )
        connection.exec_driver_sql(
            "INSERT INTO journal VALUES (1, '2026-01-01 09:00:00', 'a', 'case_opened', 'n° 7', 'x')"
        )
    database.upgrade()
    with engine.begin() as connection:
        made = cases.open_case(connection, 1, {}, cases.Status.DESK, "", None, dt.date(2026, 1, 2))
    assert made == 8


def test_the_history_of_a_case_goes_with_it(open_desk: OpenDesk, marie: Client) -> None:
    case = opened(marie)
    assert follow(marie, case, note="Un mot") == 303
    number = int(case.rpartition("/")[2])
    with open_desk.desk.database.transaction() as connection:
        assert cases.history(connection, number)
        cases.purge(connection, clock.today() + dt.timedelta(days=5000))
        assert cases.history(connection, number) == []


def test_a_case_shows_no_call_to_tick_what_one_knows(marie: Client) -> None:
    case = marie.post("/dossiers", "/fiche", confirm="yes").headers["location"]
    assert "cochez ce que vous savez" not in text_of(marie.get(case).text)


def test_the_journal_tells_what_became_of_a_case(open_desk: OpenDesk, marie: Client) -> None:
    case = opened(marie)
    follow(marie, case, status="solved")
    marie.post(f"{case}/effacer", f"{case}/effacer", confirm="yes")
    assert [action for _, action, _ in open_desk.journal()][-3:] == [
        "case_opened",
        "case_changed",
        "case_erased",
    ]
