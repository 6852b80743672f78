"""The case sheet: the situation told or ticked on the left, what the law says of it on the right, at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.guides.facts import Facts
from bot.guides.facts import told as lines_of
from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.sheet.answers import verdict
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity

WORDINGS = ("standard", "easy", "short")
LONGEST_QUESTION = 1000
# What the form held goes along with a sentence under names of its own.
KNOWN = "known."


def show(visit: Visit) -> Response:
    """The whole sheet."""
    return _sheet(visit, visit.query)


def show_answers(visit: Visit) -> Response:
    """What follows from a form that was changed: its fields as they now stand, and the right half."""
    return visit.page("case_answers.html", **sheet_values(visit))


def fill(visit: Visit) -> Response:
    """The sheet with what the bot reads in a sentence, on top of what the form held."""
    sentence = visit.form.get("sentence", "").strip()[:LONGEST_QUESTION]
    given = {
        name.removeprefix(KNOWN): value
        for name, value in visit.form.items()
        if name not in ("csrf", "sentence")
    }
    if not sentence:
        return _sheet(visit, given, 400, reading={"fault": "empty"})
    form = visit.desk.form
    known, faults = form.read(given, clock.day_of_case(given.values()))
    try:
        read = visit.desk.bridge.read(sentence, known)
    except BotAway:
        return _sheet(visit, given, 503, reading={"fault": "away", "sentence": sentence})
    typed = {name: given[name] for name in faults}
    told = {name: value for name, value in read["facts"].items() if name in read["told"]}
    left_out = [
        {
            **each,
            "words": form.fields[each["words"]].legend if each["words"] in form.fields else each["words"],
        }
        for each in read["left_out"]
    ]
    reading = {"sentence": sentence, "told": said(visit, told), "left_out": left_out}
    kept = {name: given[name] for name in ("wording", "presume") if name in given}
    return _sheet(visit, {**kept, **typed, **form.shown(read["facts"])}, reading=reading)


def sheet_values(
    visit: Visit, told: Facts | None = None, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the sheet's templates need; ``told`` are facts known from elsewhere, where the form gives none.

    ``typed`` is the form where it was sent or refused, else it is read from the address.
    """
    return _values(visit, visit.query if typed is None else typed, told)


def said(visit: Visit, facts: Facts) -> list[str]:
    """The facts in words."""
    rendered = (
        visit.desk.sentences.render(line["response"], {}, "", line["values"], clock.today())
        for line in lines_of(facts)
    )
    return [str(each["metadata"]["body"]) for each in rendered if each]


def _sheet(
    visit: Visit, given: Mapping[str, str], status: int = 200, reading: dict[str, Any] | None = None
) -> Response:
    return visit.page("case_sheet.html", status, reading=reading or {}, **_values(visit, given))


def _values(visit: Visit, given: Mapping[str, str], told: Facts | None = None) -> dict[str, Any]:
    form, on = visit.desk.form, clock.day_of_case(given.values())
    if told and not any(name in given for name in form.fields):
        given = {**given, **form.shown(told)}
    facts, faults = form.read(given, on)
    shown = {**form.shown(facts), **{name: given[name] for name in faults}}
    wording = given.get("wording", "standard")
    wording = wording if wording in WORDINGS else "standard"
    question = given.get("question", "").strip()[:LONGEST_QUESTION]
    spoken = None if wording == "standard" else wording
    said_aside, is_away = _ask(visit, question, facts, spoken, "asked" in given)
    presumes = given.get("presume") != "no"
    return {
        "groups": form.groups_for(facts, shown),
        "fields": form.fields,
        "shown": shown,
        "faults": faults,
        "facts": facts,
        "answers": verdict(visit.desk.sentences, facts, on, spoken, presumes),
        "presumes": presumes,
        "wording": wording,
        "wordings": WORDINGS,
        "question": question,
        "said_aside": said_aside,
        "is_away": is_away,
        "on": on,
    }


def _ask(
    visit: Visit, question: str, facts: Facts, wording: str | None, is_counted: bool
) -> tuple[list[dict[str, Any]], bool]:
    """What the bot answers, and whether it did not; counted where a person asked, not the page itself."""
    if not question:
        return [], False
    try:
        messages = visit.desk.bridge.ask(question, facts, wording)
    except BotAway:
        return [], True
    if is_counted:
        with visit.desk.database.transaction() as connection:
            activity.note(connection, clock.today(), visit.me.id, "question", subject_of(facts), "answered")
    return messages, False


def subject_of(facts: Facts) -> str:
    """What a case is about, for counting: what became of the card, else how far the request is."""
    return str(
        facts.get("reason") or facts.get("file_status") or ("refused" if "refused_on" in facts else "")
    )


PAGES = (
    Page("GET", "/fiche", show),
    Page("GET", "/fiche/reponses", show_answers),
    Page("POST", "/fiche/phrase", fill),
)
