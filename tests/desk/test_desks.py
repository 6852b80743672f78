"""The desks on « Comptes et horaires »: places by name, days apart, closing, removing, forms kept."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.store.tables import DESK_DAYS, DESKS
from bot.mediator.work import desks, reception
from tests.desk.conftest import Client, OpenDesk, text_of

ALL_DAY = {f"day_{day}": "0h-24h" for day in range(7)}


def add(client: Client, name: str = "Mairie", place: str = "", **hours: str) -> None:
    answer = client.post("/comptes/guichets", "/comptes", name=name, subdivision=place, **(hours or ALL_DAY))
    assert answer.status_code == 303, text_of(answer.text)


def stored(open_desk: OpenDesk) -> list[sa.Row]:
    with open_desk.desk.database.transaction() as connection:
        return desks.every(connection)


def is_open(desk: Desk, at: dt.datetime) -> bool:
    with desk.database.transaction() as connection:
        return any(table.is_open(at) for table in desks.timetables(connection).values())


@pytest.fixture
def anne(open_desk: OpenDesk) -> Client:
    return open_desk.signed_in("administrator", "anne")


def test_places_are_shown_by_name(anne: Client) -> None:
    page = anne.get("/comptes").text
    for name in ("La Réunion (974)", "Saint-Martin (978)", "Nouvelle-Calédonie (988)", "Moselle (57)"):
        assert f">{name}<" in page
    assert "Zone A" not in page
    assert "6AE<" not in page


@pytest.mark.parametrize(("sent", "kept"), [("974", "974"), ("988", "NC"), ("975", "PM"), ("", "")])
def test_a_place_is_known_by_its_code_or_its_number(
    open_desk: OpenDesk, anne: Client, sent: str, kept: str
) -> None:
    add(anne, place=sent)
    assert [row.subdivision for row in stored(open_desk)] == [kept]


def test_a_desk_of_la_reunion_tells_the_bot_its_own_time(open_desk: OpenDesk, anne: Client) -> None:
    add(anne, place="974", day_0="8h-12h")
    monday = dt.datetime(2026, 11, 23, 5, 0)
    asked = {"conversation": "c"}
    before = reception.status(open_desk.desk, asked, monday - dt.timedelta(hours=2))
    assert before["next_opening"] == {"day": "2026-11-23", "time": "08:00", "clock": "heure de La Réunion"}
    assert is_open(open_desk.desk, monday)
    assert not is_open(open_desk.desk, monday + dt.timedelta(hours=4))


def test_a_refused_form_comes_back_as_it_was_sent_with_what_is_wrong(
    open_desk: OpenDesk, anne: Client
) -> None:
    sent = {
        "name": "Maison des services",
        "subdivision": "972",
        "day_0": "9h à 12h",
        "day_1": "9h-12h, 11h-14h",
    }
    answer = anne.post("/comptes/guichets", "/comptes", **sent)
    assert answer.status_code == 400
    assert "Mardi : « 9h00-12h00, 11h00-14h00 ». Ces deux plages se chevauchent." in text_of(answer.text)
    for value in ("Maison des services", "9h à 12h", "9h-12h, 11h-14h"):
        assert f'value="{value}"' in answer.text
    assert '<option value="972" selected>' in answer.text
    assert stored(open_desk) == []


@pytest.mark.parametrize(
    ("hours", "words"),
    [("matin", "n’a pas pu être lu"), ("12h-9h", "doit venir après"), ("9h-12h, 10h-11h", "se chevauchent")],
)
def test_each_wrong_hour_has_its_own_words(anne: Client, hours: str, words: str) -> None:
    answer = anne.post("/comptes/guichets", "/comptes", name="Mairie", subdivision="", day_3=hours)
    assert answer.status_code == 400
    assert words in text_of(answer.text)


def test_the_hours_of_a_desk_can_be_saved_again_as_they_are_shown(open_desk: OpenDesk, anne: Client) -> None:
    add(anne, day_0="0h-23h59", day_1="9h à 12h, de 14 h à 17 h 30", day_2="9-12")
    before = stored(open_desk)[0]
    page = anne.get("/comptes").text
    shown = dict(re.findall(r'id="desk-\d+-day-\d" name="(day_\d)" value="([^"]*)"', page))
    assert shown["day_0"] == "0h00-23h59"
    answer = anne.post(
        "/comptes/guichets", "/comptes", desk=str(before.id), name="Mairie", subdivision="", **shown
    )
    assert answer.status_code == 303
    assert stored(open_desk)[0].hours == before.hours


@pytest.mark.parametrize("name", ["Mairie", "mairie", " MAIRIE "])
def test_a_name_is_taken_once(anne: Client, name: str) -> None:
    add(anne)
    answer = anne.post("/comptes/guichets", "/comptes", name=name, subdivision="")
    assert answer.status_code == 400
    assert "porte déjà ce nom" in text_of(answer.text)


def test_days_apart_close_the_desk_are_listed_and_taken_back(open_desk: OpenDesk, anne: Client) -> None:
    add(anne)
    number = stored(open_desk)[0].id
    today = clock.today()
    now, path = clock.now(), f"/comptes/guichets/{number}/jours"
    assert is_open(open_desk.desk, now)
    answer = anne.post(path, "/comptes", first_on=today.isoformat(), last_on="", closed="yes")
    assert answer.status_code == 303
    assert not is_open(open_desk.desk, now)
    assert "fermé" in text_of(anne.get("/comptes").text)
    with open_desk.desk.database.transaction() as connection:
        days = connection.scalar(sa.select(DESK_DAYS.c.id))
    assert anne.post(f"{path}/{days}/retirer", "/comptes").status_code == 303
    assert is_open(open_desk.desk, now)
    assert [line[1] for line in open_desk.journal()][-2:] == ["desk_days_set", "desk_days_taken_back"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first_on": "2099-01-01", "closed": "yes"}, "plus de deux ans"),
        ({"first_on": "2020-01-01", "closed": "yes"}, "sont passés"),
        ({"first_on": "demain", "closed": "yes"}, "Donnez le premier jour"),
        ({"first_on": "TODAY", "last_on": "2020-01-01", "closed": "yes"}, "après le premier"),
        ({"first_on": "TODAY"}, "ou donnez des horaires"),
        ({"first_on": "TODAY", "spans": "le matin"}, "n’a pas pu être lu"),
    ],
)
def test_days_apart_that_cannot_be_meant_are_refused_and_shown_again(
    open_desk: OpenDesk, anne: Client, fields: dict[str, str], words: str
) -> None:
    add(anne)
    number = stored(open_desk)[0].id
    sent = {name: clock.today().isoformat() if value == "TODAY" else value for name, value in fields.items()}
    answer = anne.post(f"/comptes/guichets/{number}/jours", "/comptes", **sent)
    assert answer.status_code == 400
    assert words in text_of(answer.text)
    assert f'name="first_on" value="{sent["first_on"]}"' in answer.text


def test_a_desk_closed_until_further_notice_keeps_its_hours(open_desk: OpenDesk, anne: Client) -> None:
    add(anne)
    number, now = stored(open_desk)[0].id, clock.now()
    anne.post(f"/comptes/guichets/{number}/fermer", "/comptes")
    assert not is_open(open_desk.desk, now)
    assert reception.status(open_desk.desk, {"conversation": "c"}, now)["next_opening"] is None
    anne.post(f"/comptes/guichets/{number}/rouvrir", "/comptes")
    assert is_open(open_desk.desk, now)


def test_a_desk_is_removed_once_nobody_belongs_to_it(open_desk: OpenDesk, anne: Client) -> None:
    add(anne)
    number, me = stored(open_desk)[0].id, open_desk.number("anne")
    anne.post(
        f"/comptes/guichets/{number}/jours", "/comptes", first_on=clock.today().isoformat(), closed="yes"
    )
    anne.post(f"/comptes/{me}", "/comptes", role="administrator", active="yes", desk=str(number))
    refused = anne.post(f"/comptes/guichets/{number}/supprimer", "/comptes")
    assert refused.status_code == 400
    assert "a encore des comptes ouverts" in text_of(refused.text)
    anne.post(f"/comptes/{me}", "/comptes", role="administrator", active="yes", desk="")
    assert anne.post(f"/comptes/guichets/{number}/supprimer", "/comptes").status_code == 303
    assert stored(open_desk) == []


def test_what_is_asked_of_a_desk_that_is_gone_is_said_to_be_gone(anne: Client) -> None:
    for action in ("fermer", "rouvrir", "supprimer"):
        answer = anne.post(f"/comptes/guichets/99/{action}", "/comptes")
        assert answer.status_code == 400
        assert "n’existe plus" in text_of(answer.text)


def test_pages_show_the_time_of_the_readers_desk(open_desk: OpenDesk, anne: Client) -> None:
    add(anne, place="974")
    number, marie = stored(open_desk)[0].id, open_desk.signed_in("mediator", "marie")
    anne.post(
        f"/comptes/{open_desk.number('marie')}", "/comptes", role="mediator", active="yes", desk=str(number)
    )
    page = text_of(marie.get("/mon-compte").text)
    assert "Heures affichées : heure de La Réunion" in page
    there = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=4)))
    assert f"{there:%d/%m/%Y} à {there:%H}" in page
    assert "Heures affichées" not in text_of(anne.get("/mon-compte").text)


def test_a_zone_of_school_holidays_is_no_place(open_desk: OpenDesk, anne: Client) -> None:
    answer = anne.post("/comptes/guichets", "/comptes", name="Mairie", subdivision="Zone A")
    assert answer.status_code == 400
    with open_desk.desk.database.transaction() as connection:
        connection.execute(DESKS.insert().values(name="Ancien", subdivision="Zone A", hours={}))
    assert anne.get("/comptes").status_code == 200
