"""The journal: who did what and when, each line chained to the one before, so that a change shows.

A line's chain is a keyed hash of its content and of the chain before it. The head holds the number of lines
and is sealed in the same way: a line changed, added, moved or removed, even the last, breaks one of them.
That the whole was emptied, or replaced by an older copy, shows beside a witness kept elsewhere (``witness``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security.keys import Keys
from bot.mediator.security.witness import Mark, Witness
from bot.mediator.store.tables import ACCOUNTS, JOURNAL, JOURNAL_HEAD

SYSTEM = "système"
# Says that a witness exists from now on: where its file is missing later, somebody removed it.
WITNESSED = "journal_witnessed"
ACCEPTED = "journal_accepted"


@dataclass(frozen=True)
class Fault:
    """What is wrong: a kind that pages explain, and the rank or number of lines that it is about."""

    kind: str
    number: int = 0

    @property
    def is_of_witness(self) -> bool:
        """Whether the lines hold together, and only the witness tells otherwise: so after a backup."""
        return self.kind in ("emptied", "shorter", "replaced", "witness_missing", "witness_changed")

    def __str__(self) -> str:
        """In English, for the command line and the log."""
        return _WORDS[self.kind].format(self.number)


_WORDS = {
    "missing": "line {} is missing",
    "changed": "line {} was changed",
    "end_missing": "{} line(s) missing at the end",
    "head_missing": "the head is missing",
    "head_changed": "the head was changed",
    "emptied": "it is empty although accounts exist",
    "shorter": "it was emptied or replaced by an older copy: {} line(s) that were there are gone",
    "replaced": "it was replaced by another: line {} is not the one that was witnessed",
    "witness_missing": "the file that witnesses its length is missing",
    "witness_changed": "the file that witnesses its length was changed",
}


class Journal:
    """Writes and checks the lines, within the transaction of what they tell."""

    def __init__(self, keys: Keys, witness: Witness | None = None) -> None:
        """Seals with ``keys``; without a ``witness``, an older copy cannot be told from the journal."""
        self._keys = keys
        self._witness = witness

    def note(
        self, connection: Connection, at: dt.datetime, actor: str, action: str, object_: str = ""
    ) -> None:
        """Adds a line; the caller's transaction keeps or drops it with what it tells."""
        head = connection.execute(sa.select(JOURNAL_HEAD).with_for_update()).first()
        rank, previous = (head.rank + 1, head.chain) if head else (1, "")
        actor, object_ = actor[:80], object_[:120]
        chain = self._chain(previous, rank, at, actor, action, object_)
        connection.execute(
            JOURNAL.insert().values(rank=rank, at=at, actor=actor, action=action, object=object_, chain=chain)
        )
        values = {"rank": rank, "chain": chain, "seal": self._seal(rank, chain)}
        if head is None:
            connection.execute(JOURNAL_HEAD.insert().values(id=1, **values))
        else:
            connection.execute(JOURNAL_HEAD.update().values(**values))

    def fault(self, connection: Connection) -> Fault | None:
        """What is wrong with the journal, or None where every line is as it was written; reads all of it."""
        previous, count = "", 0
        for row in connection.execute(sa.select(JOURNAL).order_by(JOURNAL.c.rank)):
            count += 1
            if row.rank != count:
                return Fault("missing", count)
            if row.chain != self._chain_of(previous, row):
                return Fault("changed", count)
            previous = row.chain
        head = connection.execute(sa.select(JOURNAL_HEAD)).first()
        if head is None:
            return Fault("head_missing") if count else self.fault_at_end(connection)
        if not self._keys.matches(head.seal, "journal head", str(head.rank), head.chain):
            return Fault("head_changed")
        if (head.rank, head.chain) != (count, previous):
            return Fault("end_missing", head.rank - count)
        return self.fault_at_end(connection)

    def fault_at_end(self, connection: Connection) -> Fault | None:
        """What its last line and the witness alone tell: quick, whatever its length."""
        head = self.head(connection)
        if head.rank == 0 and connection.execute(sa.select(ACCOUNTS.c.id).limit(1)).first():
            return Fault("emptied")
        if self._witness is None:
            return None
        mark = self._witness.read()
        if mark is None:
            was_there = connection.execute(
                sa.select(JOURNAL.c.rank).where(JOURNAL.c.action == WITNESSED).limit(1)
            )
            return Fault("witness_missing") if was_there.first() else None
        if not self._keys.matches(mark.seal, "journal witness", str(mark.rank), mark.chain):
            return Fault("witness_changed")
        if head.rank < mark.rank:
            return Fault("shorter", mark.rank - head.rank)
        line = connection.scalar(sa.select(JOURNAL.c.chain).where(JOURNAL.c.rank == mark.rank))
        return None if mark.rank == 0 or line == mark.chain else Fault("replaced", mark.rank)

    def mark(self, connection: Connection) -> bool:
        """Lets the witness know of the last line; whether it is a new one, which the journal must then note.

        Does nothing where something is wrong, which the witness must go on showing. Raises OSError where it
        cannot be written. What it is told must be stored already: a transaction of its own.
        """
        if self._witness is None or self.fault_at_end(connection):
            return False
        is_new = self._witness.read() is None
        self._write(self._witness, connection)
        return is_new

    def accept(self, connection: Connection) -> None:
        """Takes the journal as it stands for right from now on; raises OSError.

        Whoever does so notes it (``ACCEPTED``) before, in a transaction of its own.
        """
        if self._witness is not None:
            self._write(self._witness, connection)

    def head(self, connection: Connection) -> Mark:
        """How many lines there are, and the chain of the last."""
        head = connection.execute(sa.select(JOURNAL_HEAD)).first()
        return Mark(head.rank, head.chain, head.seal) if head else Mark(0, "", "")

    def latest(self, connection: Connection, limit: int, before: int | None = None) -> list[Row]:
        """The newest lines, those under rank ``before`` where given."""
        query = sa.select(JOURNAL).order_by(JOURNAL.c.rank.desc()).limit(limit)
        return list(connection.execute(query.where(JOURNAL.c.rank < before) if before else query))

    def _write(self, witness: Witness, connection: Connection) -> None:
        head = self.head(connection)
        seal = self._keys.digest("journal witness", str(head.rank), head.chain)
        witness.write(Mark(head.rank, head.chain, seal))

    def _chain_of(self, previous: str, row: Row) -> str:
        return self._chain(previous, row.rank, row.at, row.actor, row.action, row.object)

    def _chain(self, previous: str, rank: int, at: dt.datetime, actor: str, action: str, object_: str) -> str:
        return self._keys.digest("journal", previous, str(rank), at.isoformat(), actor, action, object_)

    def _seal(self, rank: int, chain: str) -> str:
        return self._keys.digest("journal head", str(rank), chain)
