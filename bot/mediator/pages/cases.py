"""The board of blocked cases, one case with its history, its situation, and its end."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Row
from starlette.responses import Response

from bot.guides.facts import Facts
from bot.mediator import clock
from bot.mediator.pages.case_sheet import said, sheet_values, subject_of
from bot.mediator.sheet import days
from bot.mediator.sheet.answers import verdict
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity, cases
from bot.takeaway import files
from bot.takeaway.agenda import Agenda, Entry

YEARS_AHEAD = 3
ON_A_PAGE = 40
NOBODY, MINE = "personne", "moi"
MINUTE = 60


def show_board(visit: Visit) -> Response:
    """The cases that the filter lets through, those to take up first."""
    with visit.desk.database.transaction() as connection:
        rows = cases.board(connection)
        people = cases.people(connection)
    told = {row.id: said(visit, row.facts) for row in rows}
    found = [row for row in rows if _is_wanted(visit, row, told[row.id])]
    text = visit.query.get("page", "1")
    page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return visit.page(
        "cases.html",
        cases=found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        count=len(found),
        total=len(rows),
        page=page,
        pages=-(-len(found) // ON_A_PAGE) or 1,
        asked={name: visit.query.get(name, "") for name in ("q", "etat", "etiquette", "qui", "reprendre")},
        said=told,
        people=people,
        labels=sorted({row.label for row in rows if row.label}),
        statuses=[each.value for each in cases.Status],
        today=clock.today(),
        ended=cases.ENDED,
        since=clock.today() - dt.timedelta(days=30),
    )


def show_dates(visit: Visit) -> Response:
    """The days of the open cases as a calendar file: numbers only, nothing of what they are about."""
    with visit.desk.database.transaction() as connection:
        rows = [row for row in cases.board(connection) if row.next_on and row.status not in cases.ENDED]
    entries = tuple(
        Entry(f"case-{row.id}", row.next_on, (0,), f"Dossier n° {row.id} à reprendre", "") for row in rows
    )
    # Each file is newer than the one before: a calendar that has the day already moves it.
    agenda = Agenda(
        visit.desk.keys.digest("agenda"), int(visit.now.timestamp() // MINUTE), visit.now, entries
    )
    headers = {"Content-Disposition": 'attachment; filename="dossiers.ics"'}
    return Response(files.make("ics", agenda), media_type="text/calendar; charset=utf-8", headers=headers)


def open_case(visit: Visit) -> Response:
    """A new case from the facts of a sheet; without any fact, asked first."""
    facts, _ = visit.desk.form.read(visit.form, clock.day_of_case(visit.form.values()))
    if not facts and visit.form.get("confirm") != "yes":
        return visit.page("case_empty.html")
    with visit.desk.database.transaction() as connection:
        case = cases.open_case(connection, visit.me.id, facts, cases.Status.DESK, "", None, clock.today())
        visit.desk.journal.note(connection, visit.now, visit.me.login, "case_opened", f"n° {case}")
        activity.note(connection, clock.today(), visit.me.id, "case", subject_of(facts), "opened")
    return visit.go(f"/dossiers/{case}")


def show(visit: Visit) -> Response:
    """One case: its facts, what the law says today, the note, the dates and who changed what."""
    row = _found(visit)
    return _page(visit, row) if row else _missing(visit)


def change(visit: Visit) -> Response:
    """The follow-up as the form has it; where somebody was faster, both versions are shown."""
    row, on = _found(visit), clock.today()
    if row is None:
        return _missing(visit)
    try:
        follow = cases.Follow(
            cases.Status(visit.form.get("status", "")),
            visit.form.get("note", ""),
            _next_date(visit, on),
            visit.form.get("label", ""),
            _assignee(visit),
        )
    except days.NotADay as fault:
        return _page(visit, row, 400, f"date_{fault}", visit.form)
    except ValueError:
        return _page(visit, row, 400, "choice", visit.form)
    with visit.desk.database.transaction() as connection:
        is_kept = cases.follow_up(connection, row.id, visit.me.id, _version(visit), follow, visit.now)
        if is_kept:
            _note(visit, connection, row, follow.status.value)
            if follow.status.value != row.status and follow.status.value in cases.ENDED:
                subject, outcome = subject_of(row.facts), follow.status.value
                activity.note(connection, on, visit.me.id, "case", subject, outcome)
    if not is_kept:
        return _page(visit, _found(visit) or row, 409, "stale", visit.form)
    return visit.go(f"/dossiers/{row.id}?garde=1")


def show_facts(visit: Visit) -> Response:
    """The situation of a case, to be changed beside what the law says of it."""
    row = _found(visit)
    return _facts_page(visit, row) if row else _missing(visit)


def change_facts(visit: Visit) -> Response:
    """The situation as the form has it; a fact that cannot be, or an older version, is shown again."""
    row = _found(visit)
    if row is None:
        return _missing(visit)
    facts, faults = visit.desk.form.read(visit.form, clock.day_of_case(visit.form.values()))
    if faults:
        return _facts_page(visit, row, 400, given=visit.form)
    with visit.desk.database.transaction() as connection:
        version = _version(visit)
        is_kept = cases.change_facts(connection, row.id, visit.me.id, version, facts, visit.now)
        if is_kept:
            _note(visit, connection, row, "situation")
    if not is_kept:
        return _facts_page(visit, _found(visit) or row, 409, "stale", visit.form)
    return visit.go(f"/dossiers/{row.id}?garde=1")


def ask_to_erase(visit: Visit) -> Response:
    """Asks before the case is gone, or says who may erase it."""
    row = _found(visit)
    return _erase_page(visit, row) if row else _missing(visit)


def erase(visit: Visit) -> Response:
    """The case is gone; the journal keeps that it was there."""
    row = _found(visit)
    if row is None:
        return _missing(visit)
    may = cases.may_erase(row, visit.me.id, visit.me.role)
    if not may or visit.form.get("confirm") != "yes":
        return _erase_page(visit, row, 400 if may else 403)
    with visit.desk.database.transaction() as connection:
        if cases.erase(connection, row.id):
            visit.desk.journal.note(connection, visit.now, visit.me.login, "case_erased", f"n° {row.id}")
    return visit.go("/dossiers?efface=1")


def _is_wanted(visit: Visit, row: Row, told: list[str]) -> bool:
    asked = visit.query
    if asked.get("etat") and asked["etat"] not in (
        row.status,
        "ouverts" if row.status not in cases.ENDED else "",
    ):
        return False
    if asked.get("etiquette") and asked["etiquette"] != row.label:
        return False
    if asked.get("reprendre") and not cases.is_due(row, clock.today()):
        return False
    who = {NOBODY: None, MINE: visit.me.login}.get(asked.get("qui", ""), asked.get("qui"))
    if asked.get("qui") and row.assignee != who:
        return False
    # A number alone is a case's, as people note it.
    text = " ".join((f"n° {row.id}", row.label, row.note, *told))
    words = _bare(asked.get("q", "")).replace("n°", " ").split()
    return all(word == str(row.id) if word.isdigit() else word in _bare(text) for word in words)


def _bare(text: str) -> str:
    """The text in small letters without accents."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _page(
    visit: Visit,
    row: Row,
    status: int = 200,
    fault: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The case; after a fault, the form as it was sent."""
    facts: Facts = row.facts
    with visit.desk.database.transaction() as connection:
        lines = cases.history(connection, row.id)
        people = cases.people(connection)
        labels = sorted({each.label for each in cases.board(connection) if each.label})
    stored = {
        "status": row.status,
        "note": row.note,
        "next_on": row.next_on.isoformat() if row.next_on else "",
        "label": row.label,
        "assignee": str(row.assignee_id or ""),
    }
    return visit.page(
        "case.html",
        status,
        case=row,
        form={**stored, **{name: (typed or {}).get(name, value) for name, value in stored.items()}},
        facts=said(visit, facts),
        query=visit.desk.form.shown(facts),
        answers=verdict(visit.desk.sentences, facts, clock.today()),
        statuses=[each.value for each in cases.Status],
        history=[(line, [_told(visit, people, *each) for each in line.changes]) for line in lines],
        people=people,
        labels=labels,
        fault=fault,
        kept=visit.query.get("garde") == "1",
        longest=cases.LONGEST_NOTE,
        longest_label=cases.LONGEST_LABEL,
        today=clock.today(),
    )


def _told(visit: Visit, people: list[Row], what: str, before: Any, after: Any) -> tuple[str, str, str]:
    """A change in words: what, what it was, what it is."""
    if what == "facts":
        gone = {name: value for name, value in before.items() if after.get(name) != value}
        new = {name: value for name, value in after.items() if before.get(name) != value}
        return what, " ; ".join(said(visit, gone)), " ; ".join(said(visit, new))
    if what == "assignee_id":
        logins = {person.id: person.login for person in people}
        return what, logins.get(before, ""), logins.get(after, "")
    return what, str(before or ""), str(after or "")


def _facts_page(
    visit: Visit,
    row: Row,
    status: int = 200,
    fault: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    values = sheet_values(visit, row.facts, given)
    return visit.page("case_facts.html", status, case=row, fault=fault, **values)


def _erase_page(visit: Visit, row: Row, status: int = 200) -> Response:
    may = cases.may_erase(row, visit.me.id, visit.me.role)
    return visit.page("case_erase.html", status, case=row, may=may)


def _found(visit: Visit) -> Row | None:
    with visit.desk.database.transaction() as connection:
        return cases.find(connection, visit.number("case"))


def _missing(visit: Visit) -> Response:
    return visit.page("problem.html", 404, problem=404)


def _note(visit: Visit, connection: Any, row: Row, what: str) -> None:
    visit.desk.journal.note(connection, visit.now, visit.me.login, "case_changed", f"n° {row.id}: {what}")


def _version(visit: Visit) -> int:
    """The version that the form was made from; 0, which no case has, where it does not say."""
    text = visit.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _assignee(visit: Visit) -> int | None:
    """The account chosen, None for nobody; raises ValueError for one that is not open."""
    text = visit.form.get("assignee", "")
    if not text:
        return None
    with visit.desk.database.transaction() as connection:
        if text not in {str(person.id) for person in cases.people(connection)}:
            raise ValueError(text)
    return int(text)


def _next_date(visit: Visit, on: dt.date) -> dt.date | None:
    """The date of the form's field, None where it is empty; raises NotADay for one that cannot be meant."""
    text = visit.form.get("next_on", "").strip()
    if not text:
        return None
    day = dt.date.fromisoformat(days.read(text, days.no_words).partition("/")[0])
    if not on - dt.timedelta(days=366) <= day <= on + dt.timedelta(days=366 * YEARS_AHEAD):
        raise days.NotADay("far")
    return day


AT = "/dossiers/{case:row}"
PAGES = (
    Page("GET", "/dossiers", show_board),
    Page("GET", "/dossiers/dates.ics", show_dates),
    Page("POST", "/dossiers", open_case),
    Page("GET", AT, show),
    Page("POST", AT, change),
    Page("GET", f"{AT}/situation", show_facts),
    Page("POST", f"{AT}/situation", change_facts),
    Page("GET", f"{AT}/effacer", ask_to_erase),
    Page("POST", f"{AT}/effacer", erase),
)
