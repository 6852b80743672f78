"""What each address of a sheet answers, free of any web server: the page, its files, its letters.

An address that never existed, has expired, is erased or is mistyped gets one and the same page.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.guides.facts import Facts, is_uncertain
from bot.law import local_days
from bot.nlg import french
from bot.nlg.sentences import Sentences
from bot.takeaway import files, letters
from bot.takeaway.addresses import SIMPLE
from bot.takeaway.agenda import Agenda, Entry, still_to_come
from bot.takeaway.case import page_dates, with_dates
from bot.takeaway.sheet import Sheet, compose
from bot.takeaway.store import TOKEN, KeptSheet, SheetStore, hash_of

logger = logging.getLogger(__name__)

PARIS = ZoneInfo("Europe/Paris")
# The way to the server's root from a sheet, from what its forms send to, and from a letter.
SHEET_ROOT, FORM_ROOT, LETTER_ROOT = "../", "../../", "../../../"

HTML = "text/html; charset=utf-8"
TYPES = {
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Nobody but the person keeps, lists or learns the address.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    # No connection at all: what is typed in a page cannot leave it but by its two forms.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True)
class Answer:
    """What a web server sends: status, body, type and headers."""

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))


class Pages:
    """The answers of every address below ``/fiche``; ``clock`` gives the time with its zone.

    Pages name each other by relative addresses: a proxy may put the server below a path of another site.
    """

    def __init__(
        self,
        store: SheetStore,
        sentences: Callable[[], Sentences],
        asset: Callable[[str], str],
        clock: Callable[[], dt.datetime],
    ) -> None:
        """``asset`` gives the address, from the server's root, of a file that the pages load."""
        self._store = store
        self._asset = asset
        self._sentences = sentences
        self._clock = clock
        templates = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(loader=templates, autoescape=True, undefined=StrictUndefined)
        self._templates.filters.update(
            day=french.date,
            bare=lambda address: address.split("://")[-1].removeprefix("www.").rstrip("/"),
            runs=lambda body: [(kind, list(group)) for kind, group in groupby(body, lambda part: part.kind)],
        )

    def show(self, document: str, version: str | None = None) -> Answer:
        """The sheet of ``<token>``, or its file at ``<token>.pdf`` and ``<token>.ics``."""
        token, _, kind = document.partition(".")
        return self._with_sheet(
            token, SHEET_ROOT, lambda kept: self._document(token, kind, kept, version == SIMPLE)
        )

    def letter(self, token: str, document: str) -> Answer:
        """The letter of that name as a page, or as a file where it ends in .docx."""
        name, _, kind = document.partition(".")

        def answer(kept: KeptSheet) -> Answer:
            if name not in letters.NAMES or kind not in ("", "docx"):
                return self.gone(LETTER_ROOT)
            drafted = letters.draft(name, kept.case, self._sentences(), self._today(kept.case.facts))
            if kind:
                return _file("docx", files.make("docx", drafted), name)
            return self._page("letter.html", LETTER_ROOT, letter=drafted, path=f"../../{token}")

        return self._with_sheet(token, LETTER_ROOT, answer)

    def set_dates(self, token: str, typed: dict[str, str]) -> Answer:
        """The way back to the sheet with the days typed; the page again, unchanged, where one cannot be."""

        def answer(kept: KeptSheet) -> Answer:
            try:
                facts = with_dates(kept.case, typed, local_days.latest(self._clock()))
            except ValueError as error:
                return self._sheet_page(token, kept, False, str(error))
            self._store.change(token, facts, self._clock())
            return Answer(b"", 303, headers={**HEADERS, "Location": f"../{token}#dates"})

        return self._with_sheet(token, FORM_ROOT, answer)

    def erase(self, token: str) -> Answer:
        """Forgets the sheet and says so."""

        def answer(_: KeptSheet) -> Answer:
            self._store.erase(token)
            return self._page("erased.html", FORM_ROOT)

        return self._with_sheet(token, FORM_ROOT, answer)

    def gone(self, root: str = "./") -> Answer:
        """The one answer for every address that leads nowhere; ``root`` is the way up to the server's."""
        return self._page("gone.html", root, status=404)

    def _with_sheet(self, token: str, root: str, answer: Callable[[KeptSheet], Answer]) -> Answer:
        if not TOKEN.fullmatch(token):
            return self.gone(root)
        try:
            kept = self._store.find(token, self._clock())
            return answer(kept) if kept else self.gone(root)
        except Exception as error:
            # Whatever fails (the database, the process that makes files), a person is told in French.
            logger.error("a sheet cannot be shown: %s", type(error).__name__)
            return self._page("unavailable.html", root, status=503)

    def _document(self, token: str, kind: str, kept: KeptSheet, easy: bool) -> Answer:
        if not kind:
            return self._sheet_page(token, kept, easy)
        if kind == "pdf":
            return _file("pdf", files.make("pdf", self._compose(kept, easy)), "fiche-carte-grise")
        if kind == "ics":
            agenda = self._agenda(token, kept, easy)
            if agenda.entries:
                return _file("ics", files.make("ics", agenda), "dates-carte-grise")
        return self.gone(SHEET_ROOT)

    def _sheet_page(self, token: str, kept: KeptSheet, easy: bool, problem: str = "") -> Answer:
        sheet = self._compose(kept, easy)
        return self._page(
            "sheet.html",
            FORM_ROOT if problem else SHEET_ROOT,
            status=422 if problem else 200,
            sheet=sheet,
            path=f"../{token}" if problem else token,
            has_calendar=any(day.day >= self._today() for day in sheet.deadlines),
            # A field for a day cannot show that it may be several.
            dates={
                name: "" if is_uncertain(kept.case.facts.get(name)) else kept.case.facts.get(name, "")
                for name in page_dates(kept.case)
            },
            date_problem=problem,
            today=local_days.latest(self._clock()).isoformat(),
            expires_on=kept.expires_at.replace(tzinfo=dt.UTC).astimezone(PARIS).date(),
        )

    def _compose(self, kept: KeptSheet, easy: bool) -> Sheet:
        return compose(kept.case, self._sentences(), easy, self._today(kept.case.facts))

    def _agenda(self, token: str, kept: KeptSheet, easy: bool) -> Agenda:
        """The days still to come, each with its sentence and source, under a title that tells little."""
        now, today, sentences = self._clock().astimezone(PARIS), self._today(), self._sentences()

        def said(name: str) -> str:
            rendered = sentences.render(name, {"wording": "easy"} if easy else {}, "", {}, today)
            return str(rendered["text"]) if rendered else ""

        entries = tuple(
            Entry(
                day.code,
                day.day,
                still_to_come(day.day, day.reminders, now),
                said(f"utter_sheet_event_{day.code}"),
                said(f"utter_sheet_date_{day.code}"),
            )
            for day in self._compose(kept, easy).deadlines
            if day.day >= today
        )
        return Agenda(hash_of(token), kept.revision, kept.changed_at, entries)

    def _today(self, facts: Facts | None = None) -> dt.date:
        """The day in Paris, or the next one where a day of the facts has begun overseas already."""
        return local_days.day_of_case((facts or {}).values(), self._clock())

    def _page(self, template: str, root: str, status: int = 200, **values: Any) -> Answer:
        values = {"root": root, "address": lambda name: root + self._asset(name).lstrip("/"), **values}
        return Answer(self._templates.get_template(template).render(**values).encode(), status)


def _file(kind: str, content: bytes, name: str) -> Answer:
    shown = "inline" if kind == "pdf" else "attachment"
    disposition = {"Content-Disposition": f'{shown}; filename="{name}.{kind}"'}
    return Answer(content, 200, TYPES[kind], {**HEADERS, **disposition})
