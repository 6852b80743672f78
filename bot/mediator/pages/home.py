"""The desk's first page: who waits, who is with whom, and the field for a citizen's code."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway, Gone
from bot.mediator.security import throttle
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import cases, codes, handovers, hours, presence, reception
from bot.mediator.work.handovers import Status


def show(visit: Visit) -> Response:
    """The queue, a field for a code, the cases of today."""
    return _page(visit)


def show_queue(visit: Visit) -> Response:
    """The queue alone, for a page that refreshes it."""
    return visit.page("queue.html", **_queue(visit))


def use_code(visit: Visit) -> Response:
    """Opens the conversation behind a code; wrong ones are counted, and soon refused."""
    desk, me = visit.desk, visit.me
    limits = ((throttle.CODE_OF_ACCOUNT, me.login), (throttle.CODE_OF_ALL, ""))
    with desk.database.transaction() as connection:
        is_closed = any(desk.throttle.is_closed(connection, limit, key, visit.now) for limit, key in limits)
        typed = "" if is_closed else visit.form.get("code", "")
        opened = codes.use(connection, desk.keys, typed, visit.now)
        if opened is not None:
            handover = handovers.request(connection, *opened, "code", visit.now)
            desk.journal.note(connection, visit.now, me.login, "code_used", f"n° {handover}")
        else:
            for limit, key in limits:
                desk.throttle.count(connection, limit, key, visit.now)
            desk.journal.note(connection, visit.now, me.login, "code_refused")
    if opened is None:
        return _page(visit, 429, fault="throttled") if is_closed else _page(visit, 400, fault="code")
    return _take(visit, handover)


def take(visit: Visit) -> Response:
    """Takes a conversation that waits; of two who click at once, the second is told."""
    return _take(visit, visit.number("handover"))


def _take(visit: Visit, handover: int) -> Response:
    desk, me = visit.desk, visit.me
    with desk.database.transaction() as connection:
        before = handovers.find(connection, handover)
        mine = [row.id for row in handovers.held_by(connection, me.id)]
        has_enough = handover not in mine and presence.has_enough(connection, me.id)
        is_mine = not has_enough and handovers.take(connection, handover, me.id, visit.now)
        row = handovers.find(connection, handover)
        if is_mine:
            desk.journal.note(connection, visit.now, me.login, "taken", f"n° {handover}")
    if row is None or before is None or row.conversation is None:
        return _page(visit, 404, fault="gone")
    if has_enough:
        return _page(visit, 409, fault="enough")
    if not is_mine:
        is_taken = row.status == Status.TAKEN.value
        return _page(visit, 409, fault="taken" if is_taken else "gone", by=row.login or "")
    try:
        desk.bridge.take(row.conversation, at_desk=row.origin == "code")
    except Gone:
        with desk.database.transaction() as connection:
            reception.end_by_person(desk, connection, row, Status.ERASED, visit.now)
        return _page(visit, 404, fault="erased")
    except BotAway:
        with desk.database.transaction() as connection:
            handovers.put_back(connection, handover, before.status)
        return _page(visit, 503, fault="away")
    return visit.go(f"/conversations/{handover}")


def _page(visit: Visit, status: int = 200, fault: str | None = None, by: str = "") -> Response:
    with visit.desk.database.transaction() as connection:
        due = cases.due(connection, clock.today())
    values = _queue(visit)
    return visit.page("home.html", status, fault=fault, by=by, due=due, code_minutes=codes.MINUTES, **values)


def _queue(visit: Visit) -> dict[str, Any]:
    with visit.desk.database.transaction() as connection:
        waiting = handovers.waiting(connection)
        messages = handovers.waiting(connection, Status.MESSAGE)
        taken = handovers.taken(connection)
        stands = reception.standing(connection, visit.now)
    rows = (*waiting, *messages, *(row for row in taken if row.account_id == visit.me.id))
    return {
        "waiting": waiting,
        "messages": messages,
        "taken": taken,
        "stands": stands,
        "opening": stands.next_opening and reception.spoken(stands.next_opening)["time"],
        "closing": stands.closes_at and hours.spoken(stands.closes_at),
        "signs": visit.desk.glance.at(row.conversation for row in rows if row.conversation),
        "subject": visit.desk.subject,
    }


PAGES = (
    Page("GET", "/", show),
    Page("GET", "/file", show_queue, by_itself=True),
    Page("POST", "/codes", use_code),
    Page("POST", "/conversations/{handover:row}/prendre", take),
)
