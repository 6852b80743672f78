"""What must outlive a restart: events to answer, calls to send, events already seen, failures, counts.

One SQLite file for the servers of one machine. A row leaves as soon as it is done: nobody's words stay here.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.channels.delivery.refusals import STOPPED
from bot.channels.delivery.types import Call, Incoming

DAY = 86400.0
# The platforms repeat an event for days; a copied, signed request may come back much later.
SEEN_DAYS = 366
# The platforms tell for a month that a message was not delivered in the end.
FAILURE_DAYS = 30
ADDRESS_DAYS = 30
# The column of each table that tells a row's age, and how old a row may be.
_KEPT = (
    ("seen", "at", SEEN_DAYS),
    ("failures", "at", FAILURE_DAYS),
    ("addresses", "at", ADDRESS_DAYS),
    ("people", "heard", ADDRESS_DAYS),
    ("sent", "at", FAILURE_DAYS),
    ("undelivered", "at", FAILURE_DAYS),
)

_TABLES = """
CREATE TABLE IF NOT EXISTS seen (channel TEXT, key BLOB, at REAL, PRIMARY KEY (channel, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY, lane TEXT, channel TEXT, event TEXT, at REAL);
CREATE INDEX IF NOT EXISTS inbox_lane ON inbox (lane, id);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, lane TEXT, channel TEXT, answer TEXT, call TEXT, sending INTEGER DEFAULT 0,
    attempts INTEGER DEFAULT 0, due REAL DEFAULT 0, at REAL
);
CREATE INDEX IF NOT EXISTS outbox_lane ON outbox (lane, id);
CREATE TABLE IF NOT EXISTS failures (id INTEGER PRIMARY KEY, channel TEXT, call TEXT, reason TEXT, at REAL);
CREATE TABLE IF NOT EXISTS counts (channel TEXT, what TEXT, number INTEGER, PRIMARY KEY (channel, what));
CREATE TABLE IF NOT EXISTS addresses (lane TEXT PRIMARY KEY, channel TEXT, address TEXT, at REAL);
CREATE TABLE IF NOT EXISTS people (lane TEXT PRIMARY KEY, heard REAL, stopped INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS sent (
    channel TEXT, key BLOB, lane TEXT, answer TEXT, answered REAL, at REAL, PRIMARY KEY (channel, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS undelivered (
    id INTEGER PRIMARY KEY, lane TEXT, answer TEXT, answered REAL, why TEXT, at REAL
);
CREATE INDEX IF NOT EXISTS undelivered_lane ON undelivered (lane, id);
"""


@dataclass(frozen=True)
class Queued:
    """A call waiting in the outbox."""

    id: int
    lane: str
    channel: str
    answer: str
    call: Call
    attempts: int
    due: float
    at: float


@dataclass(frozen=True)
class Undelivered:
    """An answer that did not reach its person: its name, when it was given, and why (a word of refusals)."""

    answer: str
    answered: float
    why: str


@dataclass(frozen=True)
class Waiting:
    """An event in the inbox, by its row, and when it came."""

    row: int
    event: Incoming
    at: float


@dataclass(frozen=True)
class Failure:
    """A call that was given up, and why."""

    channel: str
    path: str
    reason: str
    at: float


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:16]


class Mailbox:
    """The store. Times are seconds since the epoch, given by the caller."""

    def __init__(self, file: Path | str) -> None:
        """Opens or creates the file."""
        if isinstance(file, Path):
            file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(file), isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def accept(self, channel: str, lane: str, event: Incoming, now: float, most: int) -> str:
        """Keeps a new event: "received", or why not ("duplicates", or "flooded" past ``most`` waiting).

        Who asks to hear no more is not answered ("stopped"), and what still waits for them is not sent.
        """
        key = _digest(event.key)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if (
                self._db.execute("INSERT OR IGNORE INTO seen VALUES (?,?,?)", (channel, key, now)).rowcount
                == 0
            ):
                outcome = "duplicates"
            elif event.consent == "stop":
                outcome = "stopped"
                self._hear(lane, now)
                self._stop(lane, now)
                for table in ("inbox", "outbox"):
                    self._db.execute(f"DELETE FROM {table} WHERE lane=?", (lane,))
            elif self._waiting(lane) >= most:
                outcome = "flooded"
            else:
                outcome = "received"
                self._hear(lane, now)
                if event.consent == "start":
                    self._db.execute("UPDATE people SET stopped=0 WHERE lane=?", (lane,))
                self._db.execute(
                    "INSERT INTO inbox (lane, channel, event, at) VALUES (?,?,?,?)",
                    (lane, channel, json.dumps(asdict(event)), now),
                )
            self._count(channel, outcome)
        return outcome

    def events(self, lane: str) -> list[Waiting]:
        """The lane's events that have no answer yet, the oldest first."""
        rows = self._db.execute("SELECT id, event, at FROM inbox WHERE lane=? ORDER BY id", (lane,))
        return [Waiting(row, Incoming(**json.loads(event)), at) for row, event, at in rows.fetchall()]

    def answer(
        self,
        event: int | None,
        channel: str,
        lane: str,
        address: Mapping[str, Any],
        calls: Iterable[Call],
        now: float,
        name: str = "",
        joined: Sequence[int] = (),
    ) -> list[int]:
        """Puts an answer's calls into the outbox and takes its event out of the inbox: both or neither.

        Returns the rows of the calls. ``name`` is what the conversation calls the answer, where it has a
        name; ``joined`` are the events answered with this one.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            answer = name or f"{event}-{now}"
            put = [
                self._db.execute(
                    "INSERT INTO outbox (lane, channel, answer, call, at) VALUES (?,?,?,?,?)",
                    (lane, channel, answer, json.dumps(asdict(call)), now),
                ).lastrowid
                for call in calls
            ]
            self._db.execute(
                "INSERT OR REPLACE INTO addresses VALUES (?,?,?,?)", (lane, channel, json.dumps(address), now)
            )
            self._db.executemany("DELETE FROM inbox WHERE id=?", [(row,) for row in (event, *joined)])
        return [row for row in put if row is not None]

    def address(self, lane: str) -> tuple[str, dict[str, Any]] | None:
        """The channel of a conversation and where it was last answered."""
        row = self._db.execute("SELECT channel, address FROM addresses WHERE lane=?", (lane,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def next_call(self, lane: str) -> Queued | None:
        """The lane's oldest call that is not sent yet."""
        row = self._db.execute(
            "SELECT id, lane, channel, answer, call, attempts, due, at FROM outbox WHERE lane=?"
            " ORDER BY id LIMIT 1",
            (lane,),
        ).fetchone()
        if row is None:
            return None
        number, lane, channel, answer, call, attempts, due, at = row
        return Queued(number, lane, channel, answer, Call(**json.loads(call)), attempts, due, at)

    def is_gone(self, queued: Queued) -> bool:
        """Whether the call is no longer to be made."""
        return self._db.execute("SELECT 1 FROM outbox WHERE id=?", (queued.id,)).fetchone() is None

    def sending(self, queued: Queued) -> None:
        """Notes that the call is on its way: should the process die now, nobody knows whether it arrived."""
        self._db.execute("UPDATE outbox SET sending=1, attempts=attempts+1 WHERE id=?", (queued.id,))

    def sent(self, queued: Queued, now: float, name: str = "") -> None:
        """The call arrived: its row goes. ``name`` is the platform's for the message, if it gave one."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM outbox WHERE id=?", (queued.id,))
            if name:
                self._db.execute(
                    "INSERT OR REPLACE INTO sent VALUES (?,?,?,?,?,?)",
                    (queued.channel, _digest(name), queued.lane, queued.answer, queued.at, now),
                )
            self._count(queued.channel, "sent")

    def retry(self, queued: Queued, due: float) -> None:
        """The call did not arrive: it waits until ``due``."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE outbox SET sending=0, due=? WHERE id=?", (due, queued.id))
            self._count(queued.channel, "retried")

    def fail(self, queued: Queued, reason: str, now: float, why: str = "") -> None:
        """The call is given up, and with it what is left of the same answer: half an answer misleads.

        ``why`` is what the desk is told of it.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if queued.call.optional:
                self._db.execute("DELETE FROM outbox WHERE id=?", (queued.id,))
                return
            left = self._db.execute(
                "SELECT id, channel, call FROM outbox WHERE lane=? AND answer=? AND id>=? ORDER BY id",
                (queued.lane, queued.answer, queued.id),
            ).fetchall()
            for row, channel, call in left:
                told = reason if row == queued.id else "not sent: an earlier part of the answer failed"
                self._fail(channel, call, told, now)
                self._db.execute("DELETE FROM outbox WHERE id=?", (row,))
            self._miss(queued.lane, queued.answer, queued.at, why, now)

    def report(self, channel: str, reason: str, now: float, message: str = "", why: str = "") -> None:
        """Notes a failure that the platform reported afterwards, of the message that it calls so."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._fail(channel, json.dumps(asdict(Call("", {}))), reason, now)
            row = self._db.execute(
                "SELECT lane, answer, answered FROM sent WHERE channel=? AND key=?",
                (channel, _digest(message)),
            ).fetchone()
            if row is not None:
                self._miss(*row, why, now)

    def miss(self, lane: str, answer: str, why: str, now: float) -> None:
        """Notes that an answer was not even sent."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._miss(lane, answer, now, why, now)

    def undelivered(self, lane: str) -> list[Undelivered]:
        """The answers that did not reach the person, the oldest first."""
        rows = self._db.execute(
            "SELECT answer, answered, why FROM undelivered WHERE lane=? ORDER BY id", (lane,)
        )
        return [Undelivered(*row) for row in rows.fetchall()]

    def heard(self, lane: str) -> float | None:
        """When the person wrote last; None where that is not known."""
        row = self._db.execute("SELECT heard FROM people WHERE lane=?", (lane,)).fetchone()
        return row[0] if row else None

    def is_stopped(self, lane: str) -> bool:
        """Whether the person asked to hear no more."""
        row = self._db.execute("SELECT stopped FROM people WHERE lane=?", (lane,)).fetchone()
        return bool(row and row[0])

    def close_interrupted(self, lane: str, now: float, why: str = "") -> None:
        """Makes the lane's call that was on its way a failure; for who has just taken the lane over."""
        row = self._db.execute("SELECT 1 FROM outbox WHERE lane=? AND sending=1", (lane,)).fetchone()
        queued = self.next_call(lane) if row else None
        if queued is not None:
            self.fail(queued, "uncertain: the server stopped while it was being sent", now, why)

    def waiting(self, channels: Iterable[str]) -> set[str]:
        """The lanes with work left, as a start finds them."""
        names = set(channels)
        rows = self._db.execute("SELECT lane, channel FROM inbox UNION SELECT lane, channel FROM outbox")
        return {lane for lane, channel in rows.fetchall() if channel in names}

    def has_work(self, lane: str) -> bool:
        """Whether the lane has an event to answer or a call to send."""
        return self.next_call(lane) is not None or self._waiting(lane) > 0

    def purge(self, now: float) -> None:
        """Forgets what is too old to be of use."""
        for table, age, days in _KEPT:
            self._db.execute(f"DELETE FROM {table} WHERE {age}<?", (now - days * DAY,))

    def count(self, channel: str, what: str) -> None:
        """Adds one to a count."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._count(channel, what)

    def counts(self) -> dict[str, dict[str, int]]:
        """What was counted, by channel."""
        table: dict[str, dict[str, int]] = {}
        for channel, what, number in self._db.execute("SELECT channel, what, number FROM counts").fetchall():
            table.setdefault(channel, {})[what] = number
        return table

    def failures(self) -> list[Failure]:
        """The calls given up, the oldest first."""
        rows = self._db.execute("SELECT channel, call, reason, at FROM failures ORDER BY id").fetchall()
        return [Failure(channel, json.loads(call)["path"], reason, at) for channel, call, reason, at in rows]

    def _waiting(self, lane: str) -> int:
        row = self._db.execute("SELECT count(*) FROM inbox WHERE lane=?", (lane,)).fetchone()
        return int(row[0])

    def _fail(self, channel: str, call: str, reason: str, now: float) -> None:
        # Whom it was for and what it said is of no use any more.
        kept = json.dumps({"path": json.loads(call)["path"]})
        self._db.execute(
            "INSERT INTO failures (channel, call, reason, at) VALUES (?,?,?,?)", (channel, kept, reason, now)
        )
        self._count(channel, "uncertain" if reason.startswith("uncertain") else "failed")

    def _hear(self, lane: str, now: float) -> None:
        self._db.execute(
            "INSERT INTO people (lane, heard) VALUES (?,?) ON CONFLICT DO UPDATE SET heard=excluded.heard",
            (lane, now),
        )

    def _stop(self, lane: str, now: float) -> None:
        self._db.execute("INSERT INTO people VALUES (?,?,1) ON CONFLICT DO UPDATE SET stopped=1", (lane, now))

    def _miss(self, lane: str, answer: str, answered: float, why: str, now: float) -> None:
        if why:
            self._db.execute(
                "INSERT INTO undelivered (lane, answer, answered, why, at) VALUES (?,?,?,?,?)",
                (lane, answer, answered, why, now),
            )
        if why == STOPPED:
            # The platform knew it before us.
            self._stop(lane, now)

    def _count(self, channel: str, what: str) -> None:
        self._db.execute(
            "INSERT INTO counts VALUES (?,?,1) ON CONFLICT DO UPDATE SET number=number+1", (channel, what)
        )
