"""What a personal sheet says: the answers of the guided dialogues on the day it is read, in sections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.guides.facts import is_uncertain, told
from bot.guides.guide import Reply
from bot.guides.remedy import time_left
from bot.law.days import Days
from bot.law.remedies import Stage
from bot.nlg.pieces import pieces
from bot.nlg.sentences import CAUTION, Sentences
from bot.nlg.sources import CitedSource
from bot.takeaway import letters
from bot.takeaway.answers import Answers, answers
from bot.takeaway.case import SheetCase
from bot.takeaway.deadlines import Deadline, deadlines
from bot.takeaway.writing import Item, Line, Writer

# Between the label of a line and its amount.
_COLON = "\u00a0: "
_LINKS = ("request", "tracking", "contact", "help")
# The steps and papers that lose their use on a day.
_LASTS = {
    "print_provisional": "provisional_certificate",
    "keep_damaged_card": "keep_damaged_card",
    "theft_declaration": "driving_with_declaration",
    "loss_declaration": "driving_with_declaration",
}


@dataclass(frozen=True)
class Row:
    """A label and what stands beside it: an amount, or a day."""

    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """A part of the sheet; ``style`` says how its lines are set: bullets, steps or boxes to tick."""

    code: str
    title: str
    paragraphs: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()
    total: Row | None = None
    lines: tuple[Line, ...] = ()
    style: str = "bullets"


@dataclass(frozen=True)
class Sheet:
    """A whole sheet: everything that is printed, and the letters that fit the case with their titles."""

    title: str
    dates: str
    easy: bool
    sections: tuple[Section, ...]
    footer: str
    sources_title: str
    sources: tuple[CitedSource, ...]
    caution: str
    letters: tuple[tuple[str, str], ...]
    deadlines: tuple[Deadline, ...]


def compose(case: SheetCase, sentences: Sentences, easy: bool, on: dt.date) -> Sheet:
    """The sheet of a case as it stands on that day, in the easy-to-read wording where ``easy``."""
    writer = Writer(sentences, easy, on)
    given = answers(case, on)
    days = deadlines(case.facts, given.plan, on)
    sections = tuple(_sections(case, given, days, writer))
    fitting = tuple((name, writer.text(f"utter_letter_{name}_title")) for name in letters.fitting(given))
    title = writer.text("utter_sheet_title")
    dates = writer.text("utter_sheet_dates", made_on=case.made_on, on=on)
    footer = writer.text("utter_sheet_footer")
    sources_title = writer.text("utter_sheet_title_sources")
    cited = writer.cited()
    caution = writer.text(CAUTION) if writer.needs_caution() else ""
    return Sheet(title, dates, easy, sections, footer, sources_title, cited, caution, fitting, days)


def _sections(
    case: SheetCase, given: Answers, days: tuple[Deadline, ...], writer: Writer
) -> Iterator[Section]:
    if case.facts:
        yield _list("situation", told(case.facts), writer)
    if given.failed:
        yield _text("failed", "utter_sheet_part_missing", writer)
    parts = {
        "eligibility": _eligibility(given, days, writer),
        "price": _price(given.price, writer),
        "remedy": _remedy(given, writer),
    }
    # What was asked last comes first; a refusal is above all a matter of dates.
    order = sorted(parts, key=lambda name: name != case.guide)
    order.insert(1 if case.guide == "remedy" else len(order), "dates")
    for name in order:
        yield from _days(days, writer) if name == "dates" else parts[name]
    replies = [reply for reply in (given.eligibility, given.price, given.remedy) if reply]
    for code in ("warnings", "uncertainties"):
        items = [item for reply in replies for item in reply.values.get(code) or []]
        if code == "warnings":
            items += _uncertain_request(case, days)
        if items:
            yield _list(code, _once(items), writer)
    if given.eligibility and not given.remedy:
        yield _text("if_refused", "utter_sheet_if_refused", writer)
    yield _list("links", [{"response": f"utter_sheet_link_{name}"} for name in _LINKS], writer)


def _uncertain_request(case: SheetCase, days: tuple[Deadline, ...]) -> list[Item]:
    """From which day a provisional certificate counts, where the day of the request is not certain."""
    requested = case.facts.get("requested_on")
    if not is_uncertain(requested) or all(day.code != "provisional_certificate" for day in days):
        return []
    counted = {"counted_from": Days.parse(str(requested)).earliest.isoformat()}
    return [{"response": "utter_remedy_warning_uncertain_request", "values": counted}]


def _eligibility(given: Answers, days: tuple[Deadline, ...], writer: Writer) -> Iterator[Section]:
    if given.eligibility is None:
        return
    values = given.eligibility.values
    title = _title("answer_by_rules" if given.remedy else "answer", writer)
    answer = values.get("answer")
    # Without a decision, the written answer itself.
    said = str(answer["response"]) if answer else given.eligibility.response
    yield Section("answer", title, writer.paragraphs(said))
    # The easy version says what to do; its reader finds the reasons in the other one.
    if values.get("reasons") and not writer.easy:
        yield _list("reasons", values["reasons"], writer)
    if values.get("steps") and not given.is_requested:
        yield _dated("steps", values["steps"], days, writer, "steps")
    for code in ("to_provide", "to_keep", "if_asked"):
        if values.get(code):
            yield _dated(code, values[code], days, writer, "boxes")


def _dated(
    code: str, items: Sequence[Item], days: tuple[Deadline, ...], writer: Writer, style: str
) -> Section:
    """A list whose items end with their last day, where it is known."""
    last = {day.code: day.day for day in days}
    lines = []
    for item in items:
        day = last.get(_LASTS.get(item["code"], ""))
        until = pieces(" " + writer.text("utter_sheet_until", day=day)) if day else ()
        lines.append((*writer.line(item), *until))
    return Section(code, _title(code, writer), lines=tuple(lines), style=style)


def _price(reply: Reply | None, writer: Writer) -> Iterator[Section]:
    if reply is None:
        return
    values = reply.values
    text = writer.paragraphs(reply.response, **_without_lists(values))
    rows = tuple(_row(writer.line(item)) for item in values.get("lines") or [])
    total = None
    if rows:
        name = "utter_sheet_total" if values["low"] == values["high"] else "utter_sheet_total_open"
        if "known_year" in values:
            name = "utter_sheet_total_estimate"
        total = _row(writer.line({"response": name, "values": values}))
    yield Section(
        "price", _title("price", writer), text, rows, total, writer.lines(values.get("notes") or [])
    )


def _remedy(given: Answers, writer: Writer) -> Iterator[Section]:
    reply = given.remedy
    if reply is None:
        return
    values = reply.values
    text = writer.paragraphs(reply.response, **_without_lists(values))
    yield Section("remedy", _title("remedy", writer), text)
    # The easy answer holds its steps already.
    if writer.easy:
        return
    if values.get("now"):
        yield _list("now", values["now"], writer, "boxes")
    if values.get("next_steps"):
        # Before any appeal, what follows supposes one made today.
        is_refused = given.plan is not None and given.plan.stage is Stage.REFUSED
        code = "next_if_today" if is_refused else "next_steps"
        yield _list(code, values["next_steps"], writer, "steps")


def _days(days: tuple[Deadline, ...], writer: Writer) -> Iterator[Section]:
    rows: list[Row] = []
    counted: tuple[Line, ...] = ()
    for day in days:
        item = {"response": f"utter_sheet_date_{day.code}", "reference": day.reference}
        name = "utter_sheet_day_over" if day.day < writer.on else "utter_sheet_day"
        values: dict[str, Any] = {"day": day.day}
        if day.is_last_day and day.day >= writer.on:
            name, values["left"] = "utter_sheet_day_left", time_left(day.day, writer.on)
            # The page is counted anew at each reading; what is printed stays as it was.
            counted = writer.paragraphs("utter_sheet_days_counted", on=writer.on)
        rows.append(Row(_plain(writer.line(item)), writer.text(name, **values)))
    if rows:
        yield Section("dates", _title("dates", writer), counted, rows=tuple(rows))


def _text(code: str, response: str, writer: Writer) -> Section:
    return Section(code, _title(code, writer), writer.paragraphs(response))


def _list(code: str, items: Sequence[Item], writer: Writer, style: str = "bullets") -> Section:
    return Section(code, _title(code, writer), lines=writer.lines(items), style=style)


def _title(code: str, writer: Writer) -> str:
    return writer.text(f"utter_sheet_title_{code}")


def _without_lists(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a reply with its lists empty: on the sheet each has a place of its own."""
    return {
        name: [] if isinstance(value, list) and name != "sources" else value for name, value in values.items()
    }


def _once(items: Sequence[Item]) -> list[Item]:
    return list({item["response"]: item for item in items}.values())


def _row(line: Line) -> Row:
    label, _, value = _plain(line).rpartition(_COLON)
    return Row(label, value)


def _plain(line: Line) -> str:
    return "".join(piece.text for piece in line)
