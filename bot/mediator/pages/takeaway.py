"""What the person takes away: the sheet of the case at its own address, with a QR code, a PDF and letters."""

from __future__ import annotations

import datetime as dt

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.sheet.usual import presumed
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.takeaway import addresses, letters
from bot.takeaway.answers import answers
from bot.takeaway.case import SheetCase, kept, kept_guide

QR_SCALE = 5


def make(visit: Visit) -> Response:
    """The addresses of a new sheet with the facts of the form."""
    return given(visit, None)


def given(visit: Visit, conversation: str | None) -> Response:
    """The addresses of a new sheet, erased with the conversation if it has one; the desk keeps no copy."""
    facts, _ = visit.desk.form.read(visit.form, clock.today())
    if visit.form.get("presume") != "no":
        # The person takes away what the mediator read, with what it presumes.
        facts = {**presumed(facts), **facts}
    case = SheetCase(kept(facts), kept_guide(None), clock.today())
    said = answers(case, clock.today())
    if said.is_empty:
        return visit.page("takeaway.html", 400, address="")
    now = dt.datetime.now(dt.UTC)
    sheets = visit.desk.sheets()
    token = sheets.make(case.facts, case.guide, case.made_on, now, conversation)
    kept_until = sheets.find(token, now)
    return visit.page(
        "takeaway.html",
        address=addresses.sheet(token),
        easy=addresses.sheet(token, easy=True),
        pdf=addresses.pdf(token),
        easy_pdf=addresses.pdf(token, easy=True),
        calendar=addresses.calendar(token),
        letters=[
            (_title(visit, name), addresses.letter(token, name), addresses.letter_file(token, name))
            for name in letters.fitting(said)
        ],
        in_conversation=conversation is not None,
        expires_at=kept_until.expires_at if kept_until else None,
        code=Markup(segno.make(addresses.sheet(token), error="m").svg_inline(scale=QR_SCALE, dark="#000")),
    )


def _title(visit: Visit, name: str) -> str:
    found = visit.desk.sentences.variation(f"utter_letter_{name}_title", {}, "")
    return str(found["text"]).strip() if found else name


PAGES = (Page("POST", "/fiche/a-emporter", make),)
