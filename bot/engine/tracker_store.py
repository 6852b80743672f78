"""The conversations in SQLite or PostgreSQL: an outage makes a turn fail soon, and ends by itself.

Rasa's own store asks the database from the event loop, where one stalled connection stops every conversation;
keeps connections that the server has closed; and waits for ever for a database that is down at start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.orm import Session, sessionmaker

from bot.engine import stored_events
from bot.engine.sealing import Seal
from bot.operations.databases import ANSWER_SECONDS, engine, make_tables

T = TypeVar("T")
# The database's own limit counts from when it hears of a statement; a cut line lets it hear nothing.
PATIENCE_SECONDS = ANSWER_SECONDS + 2.0
THREADS = 16


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL store, which reads and writes beside the event loop, and seals the addresses of sheets."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str = "",
        event_broker: Any = None,
        **kwargs: dict[str, Any],
    ) -> None:
        """Opens nothing yet; ``host`` is the database's URL."""
        self.engine = engine(host)
        self.sessionmaker = sessionmaker(bind=self.engine)
        self._has_tables = False
        self._seal = Seal(os.environ.get("DESK_SECRET", ""))
        self._threads = ThreadPoolExecutor(THREADS, "conversations")
        TrackerStore.__init__(self, domain, event_broker, **kwargs)

    @contextlib.contextmanager
    def session_scope(self) -> Generator[Session, None, None]:
        """A session; makes the table first, where the database was out of reach until now."""
        if not self._has_tables:
            make_tables(self.engine, self.Base.metadata)
            self._has_tables = True
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    async def beside(self, work: Callable[..., T], *arguments: Any) -> T:
        """What ``work`` returns, done in a thread; raises asyncio.TimeoutError where the database hangs."""
        done = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        return await asyncio.wait_for(done, PATIENCE_SECONDS)

    def check(self) -> None:
        """Raises SQLAlchemy's error where the database does not answer."""
        with self.session_scope() as session:
            session.execute(sa.text("SELECT 1"))

    def _event_query(
        self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> sa.orm.Query:
        """The events in the order they were stored, since the last start of a session or all.

        Rasa's own looks for that start by its time: a clock set back hides what is said afterwards.
        """
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            start = sa.select(sa.func.max(event.id)).where(
                event.sender_id == sender_id, event.type_name == SessionStarted.type_name
            )
            query = query.filter(event.id >= sa.func.coalesce(start.scalar_subquery(), 0))
        return query.order_by(event.id)

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        stored = await self.beside(self._read, sender_id, fetch_events_from_all_sessions)
        if not stored:
            return None
        return DialogueStateTracker.from_events(sender_id, stored_events.events(stored), self.domain.slots)

    def _read(self, sender_id: str, all_sessions: bool) -> list[dict[str, Any]]:
        with self.session_scope() as session:
            query = self._event_query(session, sender_id, fetch_events_from_all_sessions=all_sessions)
            rows = query.with_entities(self.SQLEvent.data)
            # Three times as fast as json: a long conversation is read whole at each turn.
            return [msgspec.json.decode(self._seal.open(data, sender_id)) for (data,) in rows]

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the tracker's new events, then streams them: what could not be stored is not announced."""
        stored = await self.beside(self._write, tracker)
        if self.event_broker is not None:
            for data in stored:
                self.event_broker.publish({"sender_id": tracker.sender_id, **json.loads(data)})

    def _write(self, tracker: DialogueStateTracker) -> list[str]:
        with self.session_scope() as session:
            new = [event.as_dict() for event in self._additional_events(session, tracker)]
            rows = [self._row(tracker.sender_id, event) for event in new]
            stored = [row.data for row in rows]
            session.add_all(rows)
            session.commit()
            return stored

    def _row(self, sender_id: str, data: dict[str, Any]) -> SQLTrackerStore.SQLEvent:
        return self.SQLEvent(
            sender_id=sender_id,
            type_name=data["event"],
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
            action_name=data.get("name"),
            data=self._seal.close(json.dumps(data), sender_id),
        )
