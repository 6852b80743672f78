"""Anonymous lines for reports: what happened, on which day, at which desk; nothing that leads to anybody."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, ACTIVITY, DESKS

COLUMNS = ("jour", "guichet", "activité", "sujet", "issue", "lieu", "minutes")
# The columns that « La Coop de la médiation numérique » gives in its own exports (its public source code,
# November 2026); it offers no import, so that a person copies the lines or keeps the file beside.
COOP_COLUMNS = (
    "Date",
    "Type",
    "Nombre de participants",
    "Canaux d’accompagnement",
    "Lieu",
    "Durée (min)",
    "Thématique(s) d’accompagnement",
    "Nom de la démarche administrative",
    "Tags",
    "Notes supplémentaires",
)
COOP_TYPE = "Accompagnement individuel"
COOP_THEMES = "Aide aux démarches administratives, Transports - Mobilité"
COOP_PROCEDURE = "Duplicata de carte grise"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Place(StrEnum):
    """Where help was given."""

    FACE_TO_FACE = "face_to_face"
    REMOTE = "remote"


HELP = "help"
# Where a kind of line happens, unless the line says otherwise.
PLACES = {"question": Place.FACE_TO_FACE, "sheet": Place.FACE_TO_FACE, "handover": Place.REMOTE}
PLACE_NAMES = {Place.FACE_TO_FACE.value: "Lieu d’activité", Place.REMOTE.value: "À distance"}
KIND_NAMES = {
    "handover": "conversation reprise",
    "case": "dossier",
    "question": "question posée",
    "sheet": "fiche à emporter",
    HELP: "accompagnement",
}
OUTCOME_NAMES = {
    "returned": "servie",
    "expired": "sans réponse",
    "withdrawn": "retirée par la personne",
    "opened": "ouvert",
    "solved": "réglé",
    "given_up": "abandonné",
    "answered": "répondue",
    "given": "remise",
    "done": "fait",
    "partly": "réglée en partie",
    "elsewhere": "orientée ailleurs",
    "appointment": "rendez-vous ou venue au guichet",
    "silent": "la personne ne répond plus",
    "left": "quittée pour le robot",
    "erased": "effacée par la personne",
}
# The outcomes of a conversation in which somebody was served.
SERVED = frozenset({"returned", "answered", "partly", "elsewhere", "appointment"})


def note(
    connection: Connection,
    day: dt.date,
    account_id: int | None,
    kind: str,
    subject: str,
    outcome: str,
    minutes: int | None = None,
    place: Place | None = None,
) -> None:
    """Adds a line, at the desk of the account where it has one."""
    desk = connection.scalar(
        sa.select(DESKS.c.name)
        .join(ACCOUNTS, ACCOUNTS.c.desk_id == DESKS.c.id)
        .where(ACCOUNTS.c.id == account_id)
    )
    where = place or PLACES.get(kind)
    connection.execute(
        ACTIVITY.insert().values(
            day=day,
            desk=desk or "",
            kind=kind,
            subject=subject,
            outcome=outcome,
            minutes=minutes,
            place=where.value if where else "",
        )
    )


def lines(connection: Connection, since: dt.date, until: dt.date) -> list[Row]:
    """The lines of those days, the first day first."""
    query = sa.select(ACTIVITY).where(ACTIVITY.c.day.between(since, until))
    return list(connection.execute(query.order_by(ACTIVITY.c.day, ACTIVITY.c.id)))


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many lines of each kind; cases are counted when they are opened."""
    return dict(Counter(row.kind for row in rows if row.kind != "case" or row.outcome == "opened"))


def by_desk(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """The same counts for each desk; lines of accounts without a desk stand under ""."""
    rows = list(rows)
    return {
        desk: counts(row for row in rows if row.desk == desk) for desk in sorted({row.desk for row in rows})
    }


def as_csv(rows: Iterable[Row], words: Callable[[str], str]) -> str:
    """The lines as French spreadsheets open them, in French; ``words`` names a subject."""
    return _table(
        COLUMNS,
        (
            (
                f"{row.day:%d/%m/%Y}",
                row.desk,
                KIND_NAMES.get(row.kind, row.kind),
                words(row.subject),
                OUTCOME_NAMES.get(row.outcome, row.outcome),
                PLACE_NAMES.get(row.place, ""),
                row.minutes,
            )
            for row in rows
        ),
    )


def as_coop_csv(rows: Iterable[Row], words: Callable[[str], str]) -> str:
    """Each help given to a person, in the words and columns of La Coop: a conversation, or a help noted."""
    helped = (
        row
        for row in rows
        if (row.kind, row.outcome) == (HELP, "done") or (row.kind == "handover" and row.outcome in SERVED)
    )
    return _table(
        COOP_COLUMNS,
        (
            (
                f"{row.day:%d/%m/%Y}",
                COOP_TYPE,
                1,
                PLACE_NAMES.get(row.place, ""),
                row.desk,
                row.minutes,
                COOP_THEMES,
                COOP_PROCEDURE,
                words(row.subject),
                "",
            )
            for row in helped
        ),
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Semicolons, a byte-order mark, no formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in row])
    return "\ufeff" + text.getvalue()


def _plain(text: str) -> str:
    """The text so that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
