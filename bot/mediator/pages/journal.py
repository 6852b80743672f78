"""The journal, for administrators: who did what, and whether every line is as it was written."""

from __future__ import annotations

from starlette.responses import Response

from bot.mediator.security.roles import Role
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit

LINES = 100


def show(visit: Visit) -> Response:
    """The newest lines and the verdict on all."""
    before = visit.query.get("avant", "")
    rank = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    with visit.desk.database.transaction() as connection:
        lines = visit.desk.journal.latest(connection, LINES, rank)
        fault = visit.desk.journal.fault(connection)
    return visit.page("journal.html", lines=lines, fault=fault, page_length=LINES)


PAGES = (Page("GET", "/journal", show, Role.ADMINISTRATOR),)
