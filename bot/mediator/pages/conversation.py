"""A conversation taken over: what was said, the case filled in, the reply, the way back to the bot."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, Row
from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway, Gone
from bot.mediator.pages import takeaway
from bot.mediator.pages.case_sheet import sheet_values
from bot.mediator.web.guard import written
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity, handovers, presence, reception, replies, upkeep
from bot.mediator.work.handovers import Outcome, Status
from bot.privacy.masking import mask

LONGEST_REPLY = 3000
LONGEST_NOTE = 500
# What the bot says of itself and of the talk: never a person's words, be they a refusal or an offer.
OF_ITSELF = (
    "out_of_scope", "faq/out_of_scope", "not_understood", "or_meant", "close_call", "robot", "human", "help",
    "handoff", "frustration", "error", "notice", "actions_unavailable", "value_unavailable", "facts_noted",
    "back_to_dialogue", "what_next", "if_another_question", "confirm_switch", "stuck", "nothing_to",
)  # fmt: skip
ANSWERS = ("faq/", "ask_")


class NotMine(Exception):
    """The conversation is not with whoever asks for it; the row, where there is one, tells why."""

    def __init__(self, row: Row | None) -> None:
        """Holds the row."""
        super().__init__()
        self.row = row


def show(visit: Visit) -> Response:
    """The conversation beside its case sheet."""

    def opened(visit: Visit, row: Row) -> Response:
        with visit.desk.database.transaction() as connection:
            handovers.receive(connection, row.id)
        return _page(visit, row)

    return _answer(visit, opened)


def show_messages(visit: Visit) -> Response:
    """The messages alone, for a page that refreshes them, which is no work; 409 where it is not mine."""
    try:
        row = _mine(visit, acts=False)
        told = visit.desk.bridge.conversation(row.conversation)
    except NotMine as refusal:
        return visit.page("ended.html", 409, problem=_why(visit, refusal.row), by=_with(refusal.row))
    except Gone:
        return visit.page("ended.html", 409, problem="person_erased", by="")
    except BotAway:
        return Response(status_code=503)
    if _was_left(visit, row, told):
        return visit.page("ended.html", 409, problem="person_left", by="")
    return visit.page("messages_live.html", **_said(visit, row, told))


def reply(visit: Visit) -> Response:
    """Sends the mediator's words to the person, once however often the form is sent."""

    def send(visit: Visit, row: Row) -> Response:
        text = visit.form.get("text", "").strip()
        message_id = visit.form.get("message_id", "")
        if not text or not message_id.isalnum() or len(message_id) > 64:
            return _page(visit, row, 400, fault="empty")
        if len(text) > LONGEST_REPLY:
            return _page(visit, row, 400, fault="long", draft=text)
        with visit.desk.database.transaction() as connection:
            public = [line for line in replies.published(connection) if line in text]
        visit.desk.bridge.say(row.conversation, text, message_id, _author(visit, visit.me.login), public)
        _note(visit, row, "replied")
        return visit.go(f"/conversations/{row.id}?envoye={message_id}#repondre")

    return _answer(visit, send)


def show_typing(visit: Visit) -> Response:
    """Shows the person that somebody writes."""

    def tell(visit: Visit, row: Row) -> Response:
        visit.desk.bridge.show_typing(row.conversation)
        return Response(status_code=204)

    return _answer(visit, tell)


def suggest(visit: Visit) -> Response:
    """The page with what the bot would have answered after what is typed already."""

    def draft(visit: Visit, row: Row) -> Response:
        typed = visit.form.get("text", "").rstrip()
        told = visit.desk.bridge.conversation(row.conversation)
        if not told["last_text"]:
            return _page(visit, row, 400, fault="nothing_to_suggest", draft=typed)
        messages = visit.desk.bridge.ask(told["last_text"], {}, conversation=row.conversation)
        texts = [message["text"] for message in messages if message.get("text") and is_answer(message)]
        if not texts:
            return _page(visit, row, fault="no_suggestion", draft=typed)
        return _page(visit, row, draft="\n\n".join(filter(None, (typed, *texts))))

    return _answer(visit, draft)


def is_answer(message: dict[str, Any]) -> bool:
    """Whether the bot's message answers the question, so that a person may say the same."""
    metadata = message.get("metadata") or {}
    name = str(metadata.get("response") or "").removeprefix("utter_")
    return not name.startswith(OF_ITSELF) and (bool(metadata.get("sources")) or name.startswith(ANSWERS))


def insert(visit: Visit) -> Response:
    """The page with a ready reply after what is typed already: what the script does at the cursor."""

    def draft(visit: Visit, row: Row) -> Response:
        number = visit.form.get("ready", "")
        with visit.desk.database.transaction() as connection:
            is_number = number.isascii() and number.isdigit() and len(number) < 10
            ready = replies.find(connection, visit.me, int(number)) if is_number else None
        typed = visit.form.get("text", "").rstrip()
        return _page(visit, row, draft="\n\n".join(filter(None, (typed, ready.text if ready else ""))))

    return _answer(visit, draft)


def keep_facts(visit: Visit) -> Response:
    """Gives the bot the facts as the form has them, for when it answers again."""

    def keep(visit: Visit, row: Row) -> Response:
        facts, faults = visit.desk.form.read(visit.form, clock.day_of_case(visit.form.values()))
        if faults:
            return _page(visit, row, 400, fault="facts", typed=visit.form)
        visit.desk.bridge.keep_facts(row.conversation, facts)
        _note(visit, row, "facts_changed")
        return visit.go(f"/conversations/{row.id}")

    return _answer(visit, keep)


def pass_on(visit: Visit) -> Response:
    """Gives the conversation to a colleague who is there, with a note; the person is told."""

    def to_colleague(visit: Visit, row: Row) -> Response:
        desk, note = visit.desk, visit.form.get("note", "").strip()
        if len(note) > LONGEST_NOTE:
            return _page(visit, row, 400, fault="long_note", note=note)
        with desk.database.transaction() as connection:
            others = _colleagues(visit, connection)
            chosen = next((each for each in others if str(each.id) == visit.form.get("to")), None)
        if chosen is None:
            return _page(visit, row, 409, fault="no_colleague", note=note)
        desk.bridge.pass_on(row.conversation)
        with desk.database.transaction() as connection:
            if handovers.pass_on(connection, row, visit.me.login, chosen.id, mask(note), visit.now):
                desk.journal.note(
                    connection, visit.now, visit.me.login, "passed_on", f"n° {row.id} à {chosen.login}"
                )
        return visit.go(f"/?transmise={row.id}")

    return _answer(visit, to_colleague)


def give_back(visit: Visit) -> Response:
    """The bot says that it answers again; the conversation leaves the desk."""

    def end(visit: Visit, row: Row) -> Response:
        told = visit.form.get("outcome", "")
        outcome = Outcome(told) if told in set(Outcome) else Outcome.NOT_SAID
        visit.desk.bridge.give_back(row.conversation)
        with visit.desk.database.transaction() as connection:
            _end(visit, connection, row, "returned", outcome)
        return visit.go("/")

    return _answer(visit, end)


def erase(visit: Visit) -> Response:
    """Erases the conversation with its sheets, as the person asks for; it leaves the desk."""

    def end(visit: Visit, row: Row) -> Response:
        visit.desk.bridge.erase(row.conversation)
        with visit.desk.database.transaction() as connection:
            _end(visit, connection, row, "conversation_erased", Outcome.NOT_SAID)
            handovers.forget(connection, row.conversation)
        return visit.go("/")

    return _answer(visit, end)


def make_sheet(visit: Visit) -> Response:
    """A sheet to take away with the facts of the form, erased with the conversation."""
    return _answer(visit, lambda visit, row: takeaway.given(visit, row.conversation, row.id))


def _end(visit: Visit, connection: Connection, row: Row, action: str, outcome: Outcome) -> None:
    if handovers.end(connection, row.id, Status.RETURNED, visit.now, outcome):
        minutes = math.ceil((visit.now - row.taken_at).total_seconds() / 60)
        visit.desk.journal.note(connection, visit.now, visit.me.login, action, f"n° {row.id}")
        told = "returned" if outcome is Outcome.NOT_SAID else outcome.value
        activity.note(connection, clock.today(), visit.me.id, "handover", row.subject, told, minutes)


def _answer(visit: Visit, handler: Any) -> Response:
    """The handler's answer on a conversation of mine; else a page that says why not, with what was typed."""
    kept = written(visit.form)
    try:
        row = _mine(visit)
    except NotMine as refusal:
        why = _why(visit, refusal.row)
        return visit.page("problem.html", 409, problem=why, by=_with(refusal.row), kept=kept)
    try:
        return handler(visit, row)  # type: ignore[no-any-return]
    except Gone:
        _end_by_person(visit, row, Status.ERASED)
        return visit.page("problem.html", 409, problem="person_erased", kept=kept)
    except BotAway:
        return visit.page("problem.html", 503, problem=503, kept=kept)


def _why(visit: Visit, row: Row | None) -> str:
    """Why a conversation is not mine, as the pages name it."""
    if row is None:
        return "not_mine"
    if row.status == Status.TAKEN.value:
        return "passed_on" if row.passed_by == visit.me.login else "not_mine"
    if row.account_id != visit.me.id:
        return "not_mine"
    return {Status.LEFT.value: "person_left", Status.ERASED.value: "person_erased"}.get(
        row.status, "not_mine"
    )


def _with(row: Row | None) -> str:
    return (row.login or "") if row is not None else ""


def _mine(visit: Visit, acts: bool = True) -> Row:
    """The row where it is mine; ``acts`` tells what a person does from what a page does by itself."""
    with visit.desk.database.transaction() as connection:
        row = handovers.find(connection, visit.number("handover"))
        is_mine = (
            row is not None
            and row.status == Status.TAKEN.value
            and row.account_id == visit.me.id
            and row.conversation is not None
        )
        if row is None or not is_mine:
            raise NotMine(row)
        if acts:
            handovers.touch(connection, row.id, visit.now)
    return row


def _was_left(visit: Visit, row: Row, told: dict[str, Any]) -> bool:
    """Whether the person went back to the bot without the desk hearing of it; then it ends here."""
    if upkeep.ended_by_person(row, told, visit.now) is not Status.LEFT:
        return False
    _end_by_person(visit, row, Status.LEFT)
    return True


def _end_by_person(visit: Visit, row: Row, ended: Status) -> None:
    with visit.desk.database.transaction() as connection:
        reception.end_by_person(visit.desk, connection, row, ended, visit.now)


def _page(
    visit: Visit,
    row: Row,
    status: int = 200,
    fault: str | None = None,
    draft: str = "",
    note: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    told = visit.desk.bridge.conversation(row.conversation)
    if _was_left(visit, row, told):
        return visit.page("problem.html", 409, problem="person_left", kept=written(visit.form))
    if not told["paused"]:
        # The desk stopped between taking the conversation and silencing the bot.
        visit.desk.bridge.take(row.conversation, at_desk=row.origin == "code")
        told = visit.desk.bridge.conversation(row.conversation)
    with visit.desk.database.transaction() as connection:
        colleagues = _colleagues(visit, connection)
        ready = replies.usable(connection, visit.me)
    return visit.page(
        "conversation.html",
        status,
        fault=fault,
        draft=draft,
        note=note,
        colleagues=colleagues,
        ready=ready,
        outcomes=list(Outcome),
        message_id=uuid.uuid4().hex,
        longest=LONGEST_REPLY,
        longest_note=LONGEST_NOTE,
        subject=visit.desk.subject,
        **_said(visit, row, told),
        **sheet_values(visit, told["facts"], typed),
    )


def _said(visit: Visit, row: Row, told: dict[str, Any]) -> dict[str, Any]:
    """What the messages' templates need: who said each, and the signs of life."""
    with visit.desk.database.transaction() as connection:
        logins = [account.login for account in visit.desk.accounts.all(connection)]
    authors = {_author(visit, login): login for login in logins}
    authors[_author(visit, visit.me.login)] = "Vous"
    sign = visit.desk.glance.at([row.conversation]).get(row.conversation)
    return {"handover": row, "said": told, "authors": authors, "sign": sign}


def _author(visit: Visit, login: str) -> str:
    """What tells a mediator from others in the stored conversation, without naming them."""
    return visit.desk.keys.digest("author", login)[:16]


def _colleagues(visit: Visit, connection: Connection) -> list[presence.Colleague]:
    """Those who are there and may have one more."""
    return [
        each
        for each in presence.there(connection, visit.now)
        if each.id != visit.me.id and not presence.has_enough(connection, each.id)
    ]


def _note(visit: Visit, row: Row, action: str) -> None:
    with visit.desk.database.transaction() as connection:
        visit.desk.journal.note(connection, visit.now, visit.me.login, action, f"n° {row.id}")


AT = "/conversations/{handover:row}"
PAGES = (
    Page("GET", AT, show),
    Page("GET", f"{AT}/messages", show_messages, by_itself=True),
    Page("POST", f"{AT}/messages", reply),
    Page("POST", f"{AT}/ecrit", show_typing),
    Page("POST", f"{AT}/suggestion", suggest),
    Page("POST", f"{AT}/reponse-prete", insert),
    Page("POST", f"{AT}/faits", keep_facts),
    Page("POST", f"{AT}/a-emporter", make_sheet),
    Page("POST", f"{AT}/transmettre", pass_on),
    Page("POST", f"{AT}/rendre", give_back),
    Page("POST", f"{AT}/effacer", erase),
)
