"""Desks, their hours and the days that are not as the others: forms of the page of accounts and hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.engine import Connection, Row
from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.pages import accounts
from bot.mediator.security.roles import Role
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import desks, places
from bot.mediator.work.spans import Unreadable, read_spans, written_spans
from bot.nlg import french

DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
LONGEST_NAME = 80
LONGEST_HOURS = 160


def keep(visit: Visit) -> Response:
    """A desk made, or its name, place and hours changed; a form that is refused is shown as it was sent."""
    name = " ".join(visit.form.get("name", "").split())[:LONGEST_NAME]
    hours = {}
    for day, called in enumerate(DAYS):
        try:
            hours[str(day)] = read_spans(visit.form.get(f"day_{day}", "")[:LONGEST_HOURS])
        except Unreadable as fault:
            return _refuse(visit, fault.kind, f"{called}\u00a0: «\u00a0{fault.part}\u00a0»")
    try:
        place = places.find(visit.form.get("subdivision", ""))
    except KeyError:
        return _refuse(visit, "place")
    if not name:
        return _refuse(visit, "name")
    values = {"name": name, "subdivision": place.code, "hours": hours}
    try:
        with visit.desk.database.transaction() as connection:
            number = visit.form.get("desk", "")
            known = next((row.id for row in desks.every(connection) if str(row.id) == number), None)
            if number and known is None:
                raise desks.Refused("gone")
            desks.keep(connection, known, values)
            visit.desk.journal.note(connection, visit.now, visit.me.login, "desk_changed", name)
    except desks.Refused as refusal:
        return _refuse(visit, str(refusal))
    return visit.go("/comptes?fait=guichet#guichets")


def set_days_apart(visit: Visit) -> Response:
    """Days on which the desk is closed, or open at other hours."""
    form = visit.form
    try:
        first = dt.date.fromisoformat(form.get("first_on", ""))
        last = dt.date.fromisoformat(form["last_on"]) if form.get("last_on") else first
        # Nothing but "closed" closes: an empty field may be one that was forgotten.
        spans = [] if form.get("closed") == "yes" else read_spans(form.get("spans", "")[:LONGEST_HOURS])
        if not spans and form.get("closed") != "yes":
            return _refuse(visit, "days_empty")
    except Unreadable as fault:
        return _refuse(visit, fault.kind, f"«\u00a0{fault.part}\u00a0»")
    except ValueError:
        return _refuse(visit, "days_date")

    def do(connection: Connection, row: Row) -> str:
        today = clock.in_zone(visit.now, places.known(row.subdivision).zone).date()
        desks.set_apart(connection, row.id, first, last, spans, today)
        return f"{row.name}, {_dates(first, last)}, {written_spans(spans) or 'fermé'}"

    return _act(visit, "desk_days_set", do)


def as_usual(visit: Visit) -> Response:
    """Takes back days set apart."""

    def do(connection: Connection, row: Row) -> str:
        former = desks.as_usual(connection, row.id, visit.number("days"))
        return f"{row.name}, {_dates(former.first_on, former.last_on)}" if former else str(row.name)

    return _act(visit, "desk_days_taken_back", do)


def close(visit: Visit) -> Response:
    """Closes the desk until further notice."""
    return _act(visit, "desk_closed", lambda connection, row: _close(connection, row, True))


def open_again(visit: Visit) -> Response:
    """Opens it again, with its former hours."""
    return _act(visit, "desk_opened", lambda connection, row: _close(connection, row, False))


def remove(visit: Visit) -> Response:
    """Removes the desk."""

    def do(connection: Connection, row: Row) -> str:
        desks.remove(connection, row.id)
        return str(row.name)

    return _act(visit, "desk_removed", do)


def _dates(first: dt.date, last: dt.date) -> str:
    return f"{french.short_date(first)} – {french.short_date(last)}"


def _close(connection: Connection, row: Row, closed: bool) -> str:
    desks.close(connection, row.id, closed)
    return str(row.name)


def _act(visit: Visit, action: str, do: Callable[[Connection, Row], str]) -> Response:
    """Does something to the desk of the address, and notes what ``do`` says of it."""
    try:
        with visit.desk.database.transaction() as connection:
            number = visit.number("desk")
            row = next((row for row in desks.every(connection) if row.id == number), None)
            if row is None:
                raise desks.Refused("gone")
            visit.desk.journal.note(connection, visit.now, visit.me.login, action, do(connection, row))
    except desks.Refused as refusal:
        return _refuse(visit, str(refusal))
    return visit.go("/comptes?fait=guichet#guichets")


def _refuse(visit: Visit, fault: str, words: str = "") -> Response:
    sent = dict(visit.form)
    if "desk" in visit.request.path_params:
        sent["days_of"] = str(visit.number("desk"))
    return accounts.page(visit, 400, fault=fault, sent=sent, fault_words=words)


PAGES = (
    Page("POST", "/comptes/guichets", keep, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets/{desk:row}/jours", set_days_apart, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets/{desk:row}/jours/{days:row}/retirer", as_usual, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets/{desk:row}/fermer", close, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets/{desk:row}/rouvrir", open_again, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets/{desk:row}/supprimer", remove, Role.ADMINISTRATOR),
)
