"""A conversation taken over: what was said, the case filled in, the reply, the way back to the bot."""

from __future__ import annotations

import math
import uuid
from typing import Any

from sqlalchemy.engine import Connection, Row
from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.pages import takeaway
from bot.mediator.pages.case_sheet import sheet_values
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity, handovers

LONGEST_REPLY = 3000


class NotMine(Exception):
    """The conversation is not with whoever asks for it."""


def show(visit: Visit) -> Response:
    """The conversation beside its case sheet."""
    return _answer(visit, _page)


def show_messages(visit: Visit) -> Response:
    """The messages alone, for a page that refreshes them; 409 where the conversation is no longer mine."""
    try:
        row = _mine(visit)
        return visit.page("messages.html", said=visit.desk.bridge.conversation(row.conversation))
    except NotMine:
        return Response(status_code=409)
    except BotAway:
        return Response(status_code=503)


def reply(visit: Visit) -> Response:
    """Sends the mediator's words to the person, once however often the form is sent."""

    def send(visit: Visit, row: Row) -> Response:
        text = visit.form.get("text", "").strip()
        message_id = visit.form.get("message_id", "")
        if not text or not message_id.isalnum() or len(message_id) > 64:
            return _page(visit, row, 400, fault="empty")
        if len(text) > LONGEST_REPLY:
            return _page(visit, row, 400, fault="long", draft=text[:LONGEST_REPLY])
        visit.desk.bridge.say(row.conversation, text, message_id)
        _note(visit, row, "replied")
        return visit.go(f"/conversations/{row.id}#repondre")

    return _answer(visit, send)


def suggest(visit: Visit) -> Response:
    """The page with what the bot would have answered as a draft."""

    def draft(visit: Visit, row: Row) -> Response:
        told = visit.desk.bridge.conversation(row.conversation)
        if not told["last_text"]:
            return _page(visit, row, 400, fault="nothing_to_suggest")
        messages = visit.desk.bridge.ask(told["last_text"], {}, conversation=row.conversation)
        texts = [message["text"] for message in messages if message.get("text")]
        return _page(visit, row, draft="\n\n".join(texts)[:LONGEST_REPLY])

    return _answer(visit, draft)


def keep_facts(visit: Visit) -> Response:
    """Gives the bot the facts as the form has them, for when it answers again."""

    def keep(visit: Visit, row: Row) -> Response:
        facts, faults = visit.desk.form.read(visit.form, clock.today())
        if faults:
            return _page(visit, row, 400, fault="facts")
        visit.desk.bridge.keep_facts(row.conversation, facts)
        _note(visit, row, "facts_changed")
        return visit.go(f"/conversations/{row.id}")

    return _answer(visit, keep)


def give_back(visit: Visit) -> Response:
    """The bot says that it answers again; the conversation leaves the desk."""

    def end(visit: Visit, row: Row) -> Response:
        visit.desk.bridge.give_back(row.conversation)
        with visit.desk.database.transaction() as connection:
            _end(visit, connection, row, "returned")
        return visit.go("/")

    return _answer(visit, end)


def erase(visit: Visit) -> Response:
    """Erases the conversation with its sheets, as the person asks for; it leaves the desk."""

    def end(visit: Visit, row: Row) -> Response:
        visit.desk.bridge.erase(row.conversation)
        with visit.desk.database.transaction() as connection:
            _end(visit, connection, row, "conversation_erased")
            handovers.forget(connection, row.conversation)
        return visit.go("/")

    return _answer(visit, end)


def make_sheet(visit: Visit) -> Response:
    """A sheet to take away with the facts of the form, erased with the conversation."""
    return _answer(visit, lambda visit, row: takeaway.given(visit, row.conversation, row.id))


def _end(visit: Visit, connection: Connection, row: Row, action: str) -> None:
    if handovers.end(connection, row.id, handovers.Status.RETURNED, visit.now):
        minutes = math.ceil((visit.now - row.taken_at).total_seconds() / 60)
        visit.desk.journal.note(connection, visit.now, visit.me.login, action, f"n° {row.id}")
        activity.note(connection, clock.today(), visit.me.id, "handover", row.subject, "returned", minutes)


def _answer(visit: Visit, handler: Any) -> Response:
    """The handler's answer on a conversation of mine; a page that says why not otherwise."""
    try:
        return handler(visit, _mine(visit))  # type: ignore[no-any-return]
    except NotMine:
        return visit.page("problem.html", 409, problem="not_mine")
    except BotAway:
        return visit.page("problem.html", 503, problem=503)


def _mine(visit: Visit) -> Row:
    with visit.desk.database.transaction() as connection:
        row = handovers.find(connection, visit.number("handover"))
        is_mine = (
            row is not None
            and row.status == handovers.Status.TAKEN.value
            and row.account_id == visit.me.id
            and row.conversation is not None
        )
        if row is None or not is_mine:
            raise NotMine
        handovers.touch(connection, row.id, visit.now)
    return row


def _page(visit: Visit, row: Row, status: int = 200, fault: str | None = None, draft: str = "") -> Response:
    told = visit.desk.bridge.conversation(row.conversation)
    if told["messages"] and not told["paused"]:
        # The desk stopped between taking the conversation and silencing the bot.
        visit.desk.bridge.take(row.conversation)
        told = visit.desk.bridge.conversation(row.conversation)
    return visit.page(
        "conversation.html",
        status,
        handover=row,
        conversation=told,
        fault=fault,
        draft=draft,
        message_id=uuid.uuid4().hex,
        longest=LONGEST_REPLY,
        subject=visit.desk.subject,
        **sheet_values(visit, told["facts"]),
    )


def _note(visit: Visit, row: Row, action: str) -> None:
    with visit.desk.database.transaction() as connection:
        visit.desk.journal.note(connection, visit.now, visit.me.login, action, f"n° {row.id}")


AT = "/conversations/{handover:row}"
PAGES = (
    Page("GET", AT, show),
    Page("GET", f"{AT}/messages", show_messages, by_itself=True),
    Page("POST", f"{AT}/messages", reply),
    Page("POST", f"{AT}/suggestion", suggest),
    Page("POST", f"{AT}/faits", keep_facts),
    Page("POST", f"{AT}/a-emporter", make_sheet),
    Page("POST", f"{AT}/rendre", give_back),
    Page("POST", f"{AT}/effacer", erase),
)
