"""Ready replies: the desk's and my own, kept, changed and removed."""

from __future__ import annotations

from starlette.responses import Response

from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import replies


def show(visit: Visit) -> Response:
    """All that I may use."""
    return _page(visit)


def add(visit: Visit) -> Response:
    """One more."""
    title, text = visit.form.get("title", ""), visit.form.get("text", "")
    is_shared = visit.form.get("shared") == "yes"
    try:
        with visit.desk.database.transaction() as connection:
            number = replies.add(connection, visit.me, title, text, is_shared)
            visit.desk.journal.note(connection, visit.now, visit.me.login, "reply_added", f"n° {number}")
    except replies.Refused as refusal:
        return _page(visit, 400, str(refusal), title, text, is_shared)
    return visit.go("/reponses")


def change(visit: Visit) -> Response:
    """Other words for one, or its end."""
    number = visit.number("reply")
    try:
        with visit.desk.database.transaction() as connection:
            row = replies.find(connection, visit.me, number)
            if row is None or not replies.may_change(visit.me, row):
                is_known = False
            else:
                is_known = True
                if visit.form.get("remove"):
                    replies.remove(connection, row)
                else:
                    replies.change(connection, row, visit.form.get("title", ""), visit.form.get("text", ""))
                action = "reply_removed" if visit.form.get("remove") else "reply_changed"
                visit.desk.journal.note(connection, visit.now, visit.me.login, action, f"n° {number}")
    except replies.Refused as refusal:
        return _page(visit, 400, str(refusal), refused=number)
    return visit.go("/reponses") if is_known else visit.page("problem.html", 404, problem=404)


def _page(
    visit: Visit,
    status: int = 200,
    fault: str | None = None,
    title: str = "",
    text: str = "",
    is_shared: bool = False,
    refused: int | None = None,
) -> Response:
    with visit.desk.database.transaction() as connection:
        usable = replies.usable(connection, visit.me)
    return visit.page(
        "replies.html",
        status,
        replies=[(row, replies.may_change(visit.me, row)) for row in usable],
        may_share=replies.may_share(visit.me),
        fault=fault,
        title=title,
        text=text,
        is_shared=is_shared,
        refused=refused,
        longest=(replies.LONGEST_TITLE, replies.LONGEST_TEXT),
    )


PAGES = (
    Page("GET", "/reponses", show),
    Page("POST", "/reponses", add),
    Page("POST", "/reponses/{reply:row}", change),
)
