"""What every open page asks for by itself: who waits, what is new for me, am I counted as there."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from bot.mediator.web.guard import SESSION_COOKIE
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import handovers, presence


def show(visit: Visit) -> Response:
    """The state that the page shows; ``geste`` tells that somebody typed or clicked since the last time."""
    desk, me = visit.desk, visit.me
    with desk.database.transaction() as connection:
        if visit.query.get("geste"):
            desk.sessions.act(connection, visit.request.cookies.get(SESSION_COOKIE, ""), visit.now)
            _touch(visit, connection)
        live = presence.live(connection, me, visit.now)
        waiting = handovers.waiting(connection)
        mine = handovers.held_by(connection, me.id)
    told = desk.glance.at(row.conversation for row in mine)
    return JSONResponse(
        {
            "login": me.login,
            "csrf": visit.csrf,
            "available": live.available,
            "counted": live.is_counted,
            "waiting": live.waiting,
            "messages": live.messages,
            "latest": max((row.id for row in waiting), default=0),
            "mine": [
                {
                    "id": row.id,
                    "said_at": told.get(row.conversation, {}).get("said_at") or 0,
                    "passed_by": row.passed_by if row.passed_at else None,
                }
                for row in mine
            ],
        }
    )


def change(visit: Visit) -> Response:
    """Keeps whether I am there for citizens, and for how many at a time; then the page where it was asked."""
    most = visit.form.get("most", "")
    with visit.desk.database.transaction() as connection:
        available = visit.form.get("available")
        presence.change(
            connection,
            visit.me.id,
            presence.is_available(connection, visit.me) if available is None else available == "yes",
            int(most) if most.isascii() and most.isdigit() and len(most) < 4 else None,
        )
    back = visit.form.get("back", "")
    return visit.go(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")


def _touch(visit: Visit, connection: Any) -> None:
    number = visit.query.get("conversation", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return
    row = handovers.find(connection, int(number))
    if row is not None and row.status == handovers.Status.TAKEN.value and row.account_id == visit.me.id:
        handovers.touch(connection, row.id, visit.now)


PAGES = (
    Page("GET", "/etat", show, by_itself=True),
    Page("POST", "/disponibilite", change),
)
