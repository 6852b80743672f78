"""The board of blocked cases, one case, and the anonymous lines for reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.engine import Row
from starlette.responses import Response

from bot.guides.facts import Facts, told
from bot.mediator import clock
from bot.mediator.sheet.answers import verdict
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity, cases

YEARS_AHEAD = 3


def show_board(visit: Visit) -> Response:
    """Every case, those to take up first."""
    with visit.desk.database.transaction() as connection:
        rows = cases.board(connection)
    said = {row.id: [_said(visit, line) for line in told(row.facts)] for row in rows}
    return visit.page(
        "cases.html", cases=rows, said=said, today=clock.today(), ended=cases.ENDED, since=_month_ago()
    )


def open_case(visit: Visit) -> Response:
    """A new case from the facts of a sheet."""
    facts, _ = visit.desk.form.read(visit.form, clock.today())
    with visit.desk.database.transaction() as connection:
        case = cases.open_case(connection, visit.me.id, facts, cases.Status.DESK, "", None, clock.today())
        visit.desk.journal.note(connection, visit.now, visit.me.login, "case_opened", f"n° {case}")
        subject = facts.get("reason") or facts.get("file_status") or ""
        activity.note(connection, clock.today(), visit.me.id, "case", str(subject), "opened")
    return visit.go(f"/dossiers/{case}")


def show(visit: Visit) -> Response:
    """One case: its facts, what the law says today, the note and the dates."""
    row = _found(visit)
    return _page(visit, row) if row else _missing(visit)


def change(visit: Visit) -> Response:
    """The status, the note and the next date, as the form has them."""
    row, on = _found(visit), clock.today()
    if row is None:
        return _missing(visit)
    try:
        status = cases.Status(visit.form.get("status", ""))
        next_on = _next_date(visit.form.get("next_on", ""), on)
    except ValueError:
        return _page(visit, row, 400, "date")
    with visit.desk.database.transaction() as connection:
        cases.change(connection, row.id, status, visit.form.get("note", ""), next_on, on)
        visit.desk.journal.note(
            connection, visit.now, visit.me.login, "case_changed", f"n° {row.id}: {status.value}"
        )
        if status.value != row.status and status.value in cases.ENDED:
            subject = str(row.facts.get("reason") or row.facts.get("file_status") or "")
            activity.note(connection, on, visit.me.id, "case", subject, status.value)
    return visit.go(f"/dossiers/{row.id}?garde=1")


def erase(visit: Visit) -> Response:
    """The case is gone; the journal keeps that it was there."""
    with visit.desk.database.transaction() as connection:
        if cases.erase(connection, visit.number("case")):
            number = f"n° {visit.number('case')}"
            visit.desk.journal.note(connection, visit.now, visit.me.login, "case_erased", number)
    return visit.go("/dossiers")


def export(visit: Visit) -> Response:
    """The anonymous lines between two days, as a table for a spreadsheet."""
    try:
        since = dt.date.fromisoformat(visit.query.get("du", ""))
        until = dt.date.fromisoformat(visit.query.get("au", ""))
    except ValueError:
        since, until = _month_ago(), clock.today()
    with visit.desk.database.transaction() as connection:
        text = activity.as_csv(activity.lines(connection, since, until))
        visit.desk.journal.note(
            connection, visit.now, visit.me.login, "activity_exported", f"{since} – {until}"
        )
    headers = {"Content-Disposition": f'attachment; filename="activite-{since}-{until}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _page(visit: Visit, row: Row, status: int = 200, fault: str | None = None) -> Response:
    facts: Facts = row.facts
    return visit.page(
        "case.html",
        status,
        case=row,
        facts=[_said(visit, line) for line in told(facts)],
        query=visit.desk.form.shown(facts),
        answers=verdict(visit.desk.sentences, facts, clock.today()),
        statuses=[each.value for each in cases.Status],
        fault=fault,
        kept=visit.query.get("garde") == "1",
        longest=cases.LONGEST_NOTE,
        today=clock.today(),
    )


def _said(visit: Visit, line: dict[str, Any]) -> str:
    rendered = visit.desk.sentences.render(line["response"], {}, "", line["values"], clock.today())
    return str(rendered["metadata"]["body"]) if rendered else ""


def _found(visit: Visit) -> Row | None:
    with visit.desk.database.transaction() as connection:
        return cases.find(connection, visit.number("case"))


def _missing(visit: Visit) -> Response:
    return visit.page("problem.html", 404, problem=404)


def _next_date(text: str, on: dt.date) -> dt.date | None:
    """The date of a form's field, None where it is empty; raises ValueError for one that cannot be meant."""
    if not text:
        return None
    day = dt.date.fromisoformat(text)
    if not on - dt.timedelta(days=366) <= day <= on + dt.timedelta(days=366 * YEARS_AHEAD):
        raise ValueError(text)
    return day


def _month_ago() -> dt.date:
    return clock.today() - dt.timedelta(days=30)


PAGES = (
    Page("GET", "/dossiers", show_board),
    Page("POST", "/dossiers", open_case),
    Page("GET", "/dossiers/{case:row}", show),
    Page("POST", "/dossiers/{case:row}", change),
    Page("POST", "/dossiers/{case:row}/effacer", erase),
    Page("GET", "/activite.csv", export),
)
