"""What the person takes away: the sheet of the case at its own address, with a QR code, a PDF and letters."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlencode

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.guides.facts import Facts
from bot.mediator import clock
from bot.mediator.pages.case_sheet import subject_of
from bot.mediator.pages.statistics import MINUTES
from bot.mediator.sheet.usual import presumed
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity
from bot.takeaway import addresses, letters
from bot.takeaway.answers import Answers, answers
from bot.takeaway.case import SheetCase, kept, kept_guide
from bot.takeaway.deadlines import deadlines
from bot.takeaway.store import TOKEN

QR_SCALE = 5


def make(visit: Visit) -> Response:
    """A new sheet with the facts of the form."""
    return given(visit, None)


def given(visit: Visit, conversation: str | None, handover: int | None = None) -> Response:
    """A new sheet, erased with the conversation if it has one; then its page, which may be reloaded.

    The desk keeps no copy.
    """
    facts, _ = visit.desk.form.read(visit.form, clock.day_of_case(visit.form.values()))
    if visit.form.get("presume") != "no":
        # The person takes away what the mediator read, with what it presumes.
        facts = {**presumed(facts), **facts}
    case = SheetCase(kept(facts), kept_guide(None), clock.today())
    if answers(case, clock.today()).is_empty:
        return visit.page("takeaway.html", 400, address="", back=_back(visit, facts, handover))
    place = activity.Place.FACE_TO_FACE if conversation is None else activity.Place.REMOTE
    with visit.desk.database.transaction() as connection:
        subject = subject_of(facts)
        activity.note(connection, clock.today(), visit.me.id, "sheet", subject, "given", place=place)
    now = dt.datetime.now(dt.UTC)
    token = visit.desk.sheets().make(case.facts, case.guide, case.made_on, now, conversation)
    return visit.go(f"/fiche/a-emporter/{token}" + (f"?conversation={handover}" if handover else ""))


def show(visit: Visit) -> Response:
    """The addresses of a sheet, its code, its letters and the way back."""
    token, today = visit.part("token"), clock.today()
    found = visit.desk.sheets().find(token, dt.datetime.now(dt.UTC)) if TOKEN.fullmatch(token) else None
    if found is None:
        return visit.page("problem.html", 404, problem=404)
    asked = visit.query.get("conversation", "")
    handover = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    said, facts = answers(found.case, today), found.case.facts
    return visit.page(
        "takeaway.html",
        address=addresses.sheet(token),
        easy=addresses.sheet(token, easy=True),
        pdf=addresses.pdf(token),
        easy_pdf=addresses.pdf(token, easy=True),
        calendar=addresses.calendar(token) if _has_dates(facts, said, today) else "",
        letters=[
            (_title(visit, name), addresses.letter(token, name), addresses.letter_file(token, name))
            for name in letters.fitting(said)
        ],
        expires_at=found.expires_at,
        code=Markup(segno.make(addresses.sheet(token), error="m").svg_inline(scale=QR_SCALE, dark="#000")),
        handover=handover,
        message_id=uuid.uuid4().hex,
        back=_back(visit, facts, handover),
        subject=subject_of(facts),
        minutes=MINUTES,
        places=activity.PLACE_NAMES,
    )


def _has_dates(facts: Facts, said: Answers, on: dt.date) -> bool:
    """Whether the calendar file has a day: the same test as the sheet's own page."""
    return any(each.day >= on for each in deadlines(facts, said.plan, on))


def _back(visit: Visit, facts: Facts, handover: int | None) -> str:
    """Where the sheet was made: the conversation, or the case sheet with the same facts."""
    if handover:
        return f"/conversations/{handover}"
    return f"/fiche?{urlencode(visit.desk.form.shown(facts))}"


def _title(visit: Visit, name: str) -> str:
    found = visit.desk.sentences.variation(f"utter_letter_{name}_title", {}, "")
    return str(found["text"]).strip() if found else name


PAGES = (
    Page("POST", "/fiche/a-emporter", make),
    Page("GET", "/fiche/a-emporter/{token}", show),
)
