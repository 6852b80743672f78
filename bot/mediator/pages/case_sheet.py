"""The case sheet: the situation ticked on the left, what the law says of it on the right, at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.guides.facts import Facts
from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.sheet.answers import answers
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit

WORDINGS = ("standard", "easy", "short")
LONGEST_QUESTION = 1000


def show(visit: Visit) -> Response:
    """The whole sheet."""
    return visit.page("case_sheet.html", **sheet_values(visit))


def show_answers(visit: Visit) -> Response:
    """The right half alone, for a form that was changed."""
    return visit.page("case_answers.html", **sheet_values(visit))


def sheet_values(
    visit: Visit, told: Facts | None = None, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the sheet's templates need; ``told`` are facts known from elsewhere, where the form gives none.

    ``typed`` is a form that was refused, to be shown again.
    """
    given = visit.query if typed is None else typed
    form, on = visit.desk.form, clock.day_of_case(given.values())
    facts, faults = form.read(given, on)
    is_filled = any(name in given for name in form.fields)
    if told and not is_filled:
        facts, faults = form.read(form.shown(told), on)
    wording = visit.query.get("wording", "standard")
    wording = wording if wording in WORDINGS else "standard"
    question = visit.query.get("question", "").strip()[:LONGEST_QUESTION]
    spoken = None if wording == "standard" else wording
    said, is_away = _ask(visit, question, facts, spoken)
    return {
        "groups": form.groups,
        "shown": form.shown(facts),
        "faults": faults,
        "facts": facts,
        "answers": answers(visit.desk.sentences, facts, on, spoken),
        "wording": wording,
        "wordings": WORDINGS,
        "question": question,
        "said_aside": said,
        "is_away": is_away,
        "on": on,
    }


def _ask(visit: Visit, question: str, facts: Facts, wording: str | None) -> tuple[list[dict[str, Any]], bool]:
    """What the bot answers, and whether it did not."""
    if not question:
        return [], False
    try:
        return visit.desk.bridge.ask(question, facts, wording), False
    except BotAway:
        return [], True


PAGES = (
    Page("GET", "/fiche", show),
    Page("GET", "/fiche/reponses", show_answers),
)
