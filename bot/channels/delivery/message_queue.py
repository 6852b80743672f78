"""What must outlive a restart: events to answer, calls to send, events already seen, failures, counts.

One database for all servers: a SQLite file for those of one machine, PostgreSQL for several. A row leaves as
soon as it is done: nobody's words stay here.

Whoever works on a conversation holds its lease, one row, which lapses where its server dies. A server that
was frozen meanwhile and goes on finds its event or its call taken, and neither answers nor sends it: both are
taken out or marked in the transaction that does something with them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.channels.delivery import message_tables
from bot.channels.delivery.message_tables import (
    ADDRESSES,
    COUNTS,
    FAILURES,
    INBOX,
    LEASES,
    OUTBOX,
    PEOPLE,
    SEEN,
    SENT,
    UNDELIVERED,
)
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
    (SEEN.c.at, SEEN_DAYS),
    (FAILURES.c.at, FAILURE_DAYS),
    (ADDRESSES.c.at, ADDRESS_DAYS),
    (PEOPLE.c.heard, ADDRESS_DAYS),
    (SENT.c.at, FAILURE_DAYS),
    (UNDELIVERED.c.at, FAILURE_DAYS),
)
# In words that both databases read: SQLAlchemy would write it anew, in a millisecond, each time.
_ONE_MORE = sa.text(
    "INSERT INTO counts (channel, what, number) VALUES (:channel, :what, 1)"
    " ON CONFLICT (channel, what) DO UPDATE SET number = counts.number + 1"
)
# How long a server that says nothing may keep a conversation to itself: longer than a database's restart.
LEASE_SECONDS = 15.0


@dataclass(frozen=True)
class Queued:
    """A call waiting in the outbox; ``typed_at`` is the server that holds its words as typed, "" for none."""

    id: int
    conversation: str
    channel: str
    answer: str
    call: Call
    attempts: int
    due: float
    at: float
    typed_at: str


@dataclass(frozen=True)
class Undelivered:
    """An answer that did not reach its person: its name, when it was given, and why (a word of refusals)."""

    answer: str
    answered: float
    why: str


@dataclass(frozen=True)
class Waiting:
    """An event in the inbox, by its row, when it came, and on which channel."""

    row: int
    event: Incoming
    at: float
    channel: str = ""


@dataclass(frozen=True)
class Failure:
    """A call that was given up, and why."""

    channel: str
    path: str
    reason: str
    at: float


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:16]


class MessageQueue:
    """The queue of all servers. Times are seconds since the epoch, given by the caller except for leases.

    Raises SQLAlchemy's errors where the database cannot be reached; nothing is half done then.
    """

    def __init__(self, database: Path | str) -> None:
        """Opens the database, an address or a SQLite file's path, and makes the tables that are missing."""
        self._engine = message_tables.opened(str(database))
        self._insert: Any = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()

    def accept(self, channel: str, conversation: str, event: Incoming, now: float, most: int) -> str:
        """Keeps a new event: "received", or why not ("duplicates", or "flooded" past ``most`` waiting).

        Who asks to hear no more is not answered ("stopped"), and what still waits for them is not sent.
        """
        with self._engine.begin() as db:
            outcome = self._accept(db, channel, conversation, event, now, most)
            self._count(db, channel, outcome)
        return outcome

    def _accept(
        self, db: Connection, channel: str, conversation: str, event: Incoming, now: float, most: int
    ) -> str:
        seen = self._insert(SEEN).values(channel=channel, key=_digest(event.key), at=now)
        if db.execute(seen.on_conflict_do_nothing()).rowcount == 0:
            return "duplicates"
        # The person's row is held from here on: of two servers, the second gives its event the later number.
        self._note(db, conversation, now, heard=now, **({"stopped": 1} if event.consent == "stop" else {}))
        if event.consent == "stop":
            for table in (INBOX, OUTBOX):
                db.execute(sa.delete(table).where(table.c.conversation == conversation))
            return "stopped"
        if self._waiting(db, conversation) >= most:
            return "flooded"
        if event.consent == "start":
            self._note(db, conversation, now, stopped=0)
        text = json.dumps(asdict(event))
        db.execute(sa.insert(INBOX).values(conversation=conversation, channel=channel, event=text, at=now))
        return "received"

    def events(self, conversation: str) -> list[Waiting]:
        """The conversation's events that have no answer yet, the oldest first."""
        asked = sa.select(INBOX.c.id, INBOX.c.event, INBOX.c.at, INBOX.c.channel)
        rows = self._read(asked.where(INBOX.c.conversation == conversation).order_by(INBOX.c.id))
        return [Waiting(row, Incoming(**json.loads(event)), at, channel) for row, event, at, channel in rows]

    def answer(
        self,
        event: int | None,
        channel: str,
        conversation: str,
        address: Mapping[str, Any],
        calls: Iterable[Call],
        now: float,
        name: str = "",
        joined: Sequence[int] = (),
        typed_at: str = "",
    ) -> list[int]:
        """Puts an answer's calls into the outbox and takes its event out of the inbox: both or neither.

        Returns the rows of the calls; [] also where the event is gone, answered by another server or erased.
        ``name`` is what the conversation calls the answer, where it has a name; ``joined`` are the events
        answered with this one; ``typed_at`` is the server that holds other words for the calls.
        """
        events = [row for row in (event, *joined) if row is not None]
        with self._engine.begin() as db:
            if events and not db.execute(sa.delete(INBOX).where(INBOX.c.id.in_(events))).rowcount:
                return []
            found = {"channel": channel, "address": json.dumps(address), "at": now}
            # This row is held from here on: the calls of two answers do not mix.
            self._put(db, ADDRESSES, {"conversation": conversation}, found)
            told = {
                "conversation": conversation,
                "channel": channel,
                "answer": name or f"{event}-{now}",
                "at": now,
                "typed_at": typed_at,
            }
            put = [
                db.execute(sa.insert(OUTBOX).values(**told, call=json.dumps(asdict(call)))) for call in calls
            ]
            return [int(one.inserted_primary_key[0]) for one in put if one.inserted_primary_key]

    def address(self, conversation: str) -> tuple[str, dict[str, Any]] | None:
        """The channel of a conversation and where it was last answered."""
        asked = sa.select(ADDRESSES.c.channel, ADDRESSES.c.address)
        rows = self._read(asked.where(ADDRESSES.c.conversation == conversation))
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def next_call(self, conversation: str) -> Queued | None:
        """The conversation's oldest call that is not sent yet."""
        asked = sa.select(OUTBOX).where(OUTBOX.c.conversation == conversation).order_by(OUTBOX.c.id).limit(1)
        rows = self._read(asked)
        return _queued(rows[0]) if rows else None

    def sending(self, queued: Queued) -> bool:
        """Notes that the call is on its way: should the process die now, nobody knows whether it arrived.

        False where it is not to be made any more, or another server makes it.
        """
        free = (OUTBOX.c.id == queued.id) & (OUTBOX.c.sending == 0)
        with self._engine.begin() as db:
            noted = sa.update(OUTBOX).where(free).values(sending=1, attempts=OUTBOX.c.attempts + 1)
            return db.execute(noted).rowcount == 1

    def sent(self, queued: Queued, now: float, name: str = "") -> None:
        """The call arrived: its row goes. ``name`` is the platform's for the message, if it gave one."""
        with self._engine.begin() as db:
            db.execute(sa.delete(OUTBOX).where(OUTBOX.c.id == queued.id))
            if name:
                key = {"channel": queued.channel, "key": _digest(name)}
                told = {"conversation": queued.conversation, "answer": queued.answer, "answered": queued.at}
                self._put(db, SENT, key, {**told, "at": now})
            self._count(db, queued.channel, "sent")

    def retry(self, queued: Queued, due: float) -> None:
        """The call did not arrive: it waits until ``due``."""
        with self._engine.begin() as db:
            db.execute(sa.update(OUTBOX).where(OUTBOX.c.id == queued.id).values(sending=0, due=due))
            self._count(db, queued.channel, "retried")

    def fail(self, queued: Queued, reason: str, now: float, why: str = "") -> None:
        """The call is given up, and with it what is left of the same answer: half an answer misleads.

        ``why`` is what the desk is told of it.
        """
        with self._engine.begin() as db:
            if queued.call.optional:
                db.execute(sa.delete(OUTBOX).where(OUTBOX.c.id == queued.id))
                return
            rest = (
                (OUTBOX.c.conversation == queued.conversation)
                & (OUTBOX.c.answer == queued.answer)
                & (OUTBOX.c.id >= queued.id)
            )
            left = db.execute(sa.select(OUTBOX).where(rest).order_by(OUTBOX.c.id)).all()
            db.execute(sa.delete(OUTBOX).where(rest))
            for one in map(_queued, left):
                told = reason if one.id == queued.id else "not sent: an earlier part of the answer failed"
                self._fail(db, one.channel, one.call.path, told, now)
            if left:
                self._miss(db, queued.conversation, queued.answer, queued.at, why, now)

    def report(self, channel: str, reason: str, now: float, message: str = "", why: str = "") -> None:
        """Notes a failure that the platform reported afterwards, of the message that it calls so."""
        named = (SENT.c.channel == channel) & (SENT.c.key == _digest(message))
        with self._engine.begin() as db:
            self._fail(db, channel, "", reason, now)
            asked = sa.select(SENT.c.conversation, SENT.c.answer, SENT.c.answered).where(named)
            row = db.execute(asked).first()
            if row is not None:
                self._miss(db, row.conversation, row.answer, row.answered, why, now)

    def miss(self, conversation: str, answer: str, why: str, now: float) -> None:
        """Notes that an answer was not even sent."""
        with self._engine.begin() as db:
            self._miss(db, conversation, answer, now, why, now)

    def undelivered(self, conversation: str) -> list[Undelivered]:
        """The answers that did not reach the person, the oldest first."""
        asked = sa.select(UNDELIVERED.c.answer, UNDELIVERED.c.answered, UNDELIVERED.c.why)
        own = asked.where(UNDELIVERED.c.conversation == conversation).order_by(UNDELIVERED.c.id)
        return [Undelivered(*row) for row in self._read(own)]

    def heard(self, conversation: str) -> float | None:
        """When the person wrote last; None where that is not known."""
        rows = self._read(sa.select(PEOPLE.c.heard).where(PEOPLE.c.conversation == conversation))
        return rows[0][0] if rows else None

    def is_stopped(self, conversation: str) -> bool:
        """Whether the person asked to hear no more."""
        rows = self._read(sa.select(PEOPLE.c.stopped).where(PEOPLE.c.conversation == conversation))
        return bool(rows and rows[0][0])

    def claim(self, conversation: str, owner: str) -> bool:
        """Takes the conversation's lease, or holds it longer; False where another server has it."""
        own = LEASES.c.conversation == conversation
        with self._engine.begin() as db:
            new = self._insert(LEASES).values(conversation=conversation, owner=owner, until=0.0)
            db.execute(new.on_conflict_do_nothing())
            now = self._now()
            # PostgreSQL locks the row, or skips one that another server is looking at; SQLite locks the file.
            asked = sa.select(LEASES.c.owner, LEASES.c.until < now).where(own)
            row = db.execute(asked.with_for_update(skip_locked=True)).first()
            if row is None or not (row[0] == owner or row[1]):
                return False
            db.execute(sa.update(LEASES).where(own).values(owner=owner, until=now + LEASE_SECONDS))
            return True

    def release(self, conversation: str, owner: str) -> None:
        """Gives the lease back, where it is still the server's own."""
        own = (LEASES.c.conversation == conversation) & (LEASES.c.owner == owner)
        with self._engine.begin() as db:
            db.execute(sa.delete(LEASES).where(own))

    def close_interrupted(self, conversation: str, now: float, why: str = "") -> None:
        """Makes the call that was on its way a failure; for who has just taken the conversation over."""
        under_way = (OUTBOX.c.conversation == conversation) & (OUTBOX.c.sending == 1)
        rows = self._read(sa.select(OUTBOX).where(under_way).order_by(OUTBOX.c.id).limit(1))
        if rows:
            reason = "uncertain: the server stopped while it was being sent"
            self.fail(_queued(rows[0]), reason, now, why)

    def waiting(self, channels: Iterable[str], owner: str = "") -> set[str]:
        """The conversations of those channels with work left, but for those on which another server works."""
        names = set(channels)
        held = sa.select(LEASES.c.conversation).where(LEASES.c.owner != owner, LEASES.c.until >= self._now())
        parts = [
            sa.select(table.c.conversation, table.c.channel).where(table.c.conversation.notin_(held))
            for table in (INBOX, OUTBOX)
        ]
        return {conversation for conversation, channel in self._read(sa.union(*parts)) if channel in names}

    def has_work(self, conversation: str) -> bool:
        """Whether the conversation has an event to answer or a call to send."""
        parts = [
            sa.select(sa.literal(1)).where(table.c.conversation == conversation) for table in (INBOX, OUTBOX)
        ]
        return bool(self._read(sa.union_all(*parts).limit(1)))

    def purge(self, now: float) -> None:
        """Forgets what is too old to be of use."""
        with self._engine.begin() as db:
            for age, days in _KEPT:
                db.execute(sa.delete(age.table).where(age < now - days * DAY))
            db.execute(sa.delete(LEASES).where(LEASES.c.until < self._now() - DAY))

    def count(self, channel: str, what: str) -> None:
        """Adds one to a count."""
        with self._engine.begin() as db:
            self._count(db, channel, what)

    def counts(self) -> dict[str, dict[str, int]]:
        """What was counted, by channel."""
        table: dict[str, dict[str, int]] = {}
        for channel, what, number in self._read(sa.select(COUNTS)):
            table.setdefault(channel, {})[what] = number
        return table

    def failures(self) -> list[Failure]:
        """The calls given up, the oldest first."""
        asked = sa.select(FAILURES.c.channel, FAILURES.c.call, FAILURES.c.reason, FAILURES.c.at)
        rows = self._read(asked.order_by(FAILURES.c.id))
        return [Failure(channel, json.loads(call)["path"], reason, at) for channel, call, reason, at in rows]

    def _read(self, asked: Any) -> Sequence[sa.Row[Any]]:
        # A connection that writes nothing waits for nobody.
        with self._engine.connect().execution_options(only_reads=True) as db:
            return db.execute(asked).all()

    def _now(self) -> Any:
        """The moment, of the database's clock where several machines share it: theirs may differ."""
        if self._engine.dialect.name == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)
        return sa.literal(time.time())

    def _waiting(self, db: Connection, conversation: str) -> int:
        asked = sa.select(sa.func.count()).select_from(INBOX).where(INBOX.c.conversation == conversation)
        return int(db.execute(asked).scalar_one())

    def _put(
        self,
        db: Connection,
        table: sa.Table,
        key: Mapping[str, Any],
        values: Mapping[str, Any],
        at_first: Mapping[str, Any] | None = None,
    ) -> None:
        """The row of that key with those values; a new one has those of ``at_first`` too."""
        new = self._insert(table).values({**key, **(at_first or {}), **values})
        columns = [table.c[name] for name in key]
        changed = {table.c[name]: value for name, value in values.items()}
        db.execute(new.on_conflict_do_update(index_elements=columns, set_=changed))

    def _fail(self, db: Connection, channel: str, path: str, reason: str, now: float) -> None:
        # Whom it was for and what it said is of no use any more.
        kept = json.dumps({"path": path})
        db.execute(sa.insert(FAILURES).values(channel=channel, call=kept, reason=reason, at=now))
        self._count(db, channel, "uncertain" if reason.startswith("uncertain") else "failed")

    def _note(self, db: Connection, conversation: str, now: float, **values: Any) -> None:
        """Notes something of the person; who was not known is heard for the first time."""
        unknown = {"heard": now, "stopped": 0}
        self._put(db, PEOPLE, {"conversation": conversation}, values, at_first=unknown)

    def _miss(
        self, db: Connection, conversation: str, answer: str, answered: float, why: str, now: float
    ) -> None:
        if why:
            told = {"answer": answer, "answered": answered, "why": why, "at": now}
            db.execute(sa.insert(UNDELIVERED).values(conversation=conversation, **told))
        if why == STOPPED:
            # The platform knew it before us.
            self._note(db, conversation, now, stopped=1)

    def _count(self, db: Connection, channel: str, what: str) -> None:
        db.execute(_ONE_MORE, {"channel": channel, "what": what})


def _queued(row: sa.Row[Any]) -> Queued:
    call = Call(**json.loads(row.call))
    named = (row.id, row.conversation, row.channel, row.answer)
    return Queued(*named, call, row.attempts, row.due, row.at, row.typed_at or "")
