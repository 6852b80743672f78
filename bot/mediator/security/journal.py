"""The journal: who did what and when, each line chained to the one before, so that a change shows.

A line's chain is a keyed hash of its content and of the chain before it. The head holds the number of lines
and is sealed in the same way: a line changed, added, moved or removed, even the last, breaks one of them.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security.keys import Keys
from bot.mediator.store.tables import JOURNAL, JOURNAL_HEAD

SYSTEM = "système"


class Journal:
    """Writes and checks the lines, within the transaction of what they tell."""

    def __init__(self, keys: Keys) -> None:
        """Seals with ``keys``."""
        self._keys = keys

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

    def fault(self, connection: Connection) -> str | None:
        """What is wrong with the journal, in a few words, or None where every line is as it was written."""
        previous, count = "", 0
        for row in connection.execute(sa.select(JOURNAL).order_by(JOURNAL.c.rank)):
            count += 1
            if row.rank != count:
                return f"line {count} is missing"
            if row.chain != self._chain_of(previous, row):
                return f"line {count} was changed"
            previous = row.chain
        head = connection.execute(sa.select(JOURNAL_HEAD)).first()
        if head is None:
            return "the head is missing" if count else None
        if not self._keys.matches(head.seal, "journal head", str(head.rank), head.chain):
            return "the head was changed"
        if (head.rank, head.chain) != (count, previous):
            return f"{head.rank - count} line(s) missing at the end"
        return None

    def latest(self, connection: Connection, limit: int, before: int | None = None) -> list[Row]:
        """The newest lines, those under rank ``before`` where given."""
        query = sa.select(JOURNAL).order_by(JOURNAL.c.rank.desc()).limit(limit)
        return list(connection.execute(query.where(JOURNAL.c.rank < before) if before else query))

    def _chain_of(self, previous: str, row: Row) -> str:
        return self._chain(previous, row.rank, row.at, row.actor, row.action, row.object)

    def _chain(self, previous: str, rank: int, at: dt.datetime, actor: str, action: str, object_: str) -> str:
        return self._keys.digest("journal", previous, str(rank), at.isoformat(), actor, action, object_)

    def _seal(self, rank: int, chain: str) -> str:
        return self._keys.digest("journal head", str(rank), chain)
