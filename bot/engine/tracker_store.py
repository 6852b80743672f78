"""The conversations in SQLite or PostgreSQL: an outage makes a turn fail soon, and ends by itself.

Rasa's own store asks the database from the event loop, where one stalled connection stops every conversation;
keeps connections that the server has closed; and waits for ever for a database that is down at start.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, sessionmaker

from bot.engine import stored_events
from bot.engine.conversation import Conversation
from bot.engine.sealing import Seal
from bot.operations import databases
from bot.operations.databases import ANSWER_SECONDS, engine, make_tables

T = TypeVar("T")
# The database's own timeout starts when it receives a statement; with a cut connection it never does.
PATIENCE_SECONDS = ANSWER_SECONDS + 2.0
THREADS = 16
# A turn reads the events of this many last messages, and the older events that still matter.
RECENT_MESSAGES = 10
SHORT = 10 * RECENT_MESSAGES
# Older events of these types do not matter, except the last value of each slot.
_PASSING = [kind.type_name for kind in (ActionExecuted, BotUttered, SlotSet, UserUttered)]


_EVENTS: sa.Table = SQLTrackerStore.SQLEvent.__table__
_ROWS = _EVENTS.c
_SENDER = _ROWS.sender_id == sa.bindparam("sender")
# Rasa's own looks for the start of the session by its time: a clock set back hides what is said afterwards.
_START = sa.select(sa.func.max(_ROWS.id)).where(_SENDER, _ROWS.type_name == SessionStarted.type_name)
_IN_SESSION = sa.and_(_SENDER, _ROWS.id >= sa.func.coalesce(_START.scalar_subquery(), 0))


def _last_that_tell() -> sa.Select:
    """The query for the events of the last messages and the older ones that still define the state."""
    first = sa.select(_ROWS.id).where(_IN_SESSION, _ROWS.type_name == UserUttered.type_name)
    first = first.order_by(_ROWS.id.desc()).offset(RECENT_MESSAGES - 1).limit(1).scalar_subquery()
    latest = sa.select(sa.func.max(_ROWS.id)).where(_IN_SESSION)
    slots = latest.where(_ROWS.type_name == SlotSet.type_name)
    # The window may hold no action of its own, and policies need the last one.
    action = latest.where(_ROWS.type_name == ActionExecuted.type_name, _ROWS.id < first)
    wanted = sa.or_(
        _ROWS.id >= sa.func.coalesce(first, 0),
        _ROWS.type_name.notin_(_PASSING),
        # For SlotSet events, this column holds the slot's name.
        _ROWS.id.in_(slots.group_by(_ROWS.action_name)),
        _ROWS.id == action.scalar_subquery(),
    )
    return sa.select(_ROWS.data).where(_IN_SESSION, wanted).order_by(_ROWS.id)


# Made once: building them costs more than the database's own work. Each takes the sender.
_WHOLE = sa.select(_ROWS.data).where(_SENDER).order_by(_ROWS.id)
_SESSION = sa.select(_ROWS.data).where(_IN_SESSION).order_by(_ROWS.id)
# The latest first; one more than SHORT tells that there are others.
_LAST = sa.select(_ROWS.data).where(_IN_SESSION).order_by(_ROWS.id.desc()).limit(SHORT + 1)
_KNOWN = sa.select(sa.func.count()).select_from(_EVENTS).where(_IN_SESSION)
_END = _last_that_tell()
_INSERT = _EVENTS.insert()


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL store, which reads and writes beside the event loop, and seals the addresses of sheets."""

    EVENTS: sa.Table = _EVENTS

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
        """An ORM session, for operations that are not part of every turn."""
        self._make_tables()
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    @contextlib.contextmanager
    def _transaction(self) -> Generator[Connection, None, None]:
        self._make_tables()
        with self.engine.begin() as connection:
            yield connection

    def _make_tables(self) -> None:
        """Creates the table if it does not exist; retried while the database is unreachable."""
        if not self._has_tables:
            make_tables(self.engine, self.Base.metadata)
            self._has_tables = True

    async def beside(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs ``work`` in a thread, returns its result; raises asyncio.TimeoutError where it hangs."""
        done = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        return await asyncio.wait_for(done, PATIENCE_SECONDS)

    def check(self) -> None:
        """Raises SQLAlchemy's error or OSError where no turn could be stored now."""
        self._make_tables()
        databases.check(self.engine)

    def init_tracker(self, sender_id: str) -> Conversation:
        """A conversation in which nothing was said."""
        return Conversation(sender_id, self.domain.slots)

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        stored = await self.beside(self._read, sender_id, fetch_events_from_all_sessions)
        if not stored:
            return None
        return Conversation.from_events(sender_id, stored_events.events(stored), self.domain.slots)

    async def get_or_create_tracker(
        self, sender_id: str, max_event_history: int | None = None, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """The last turns of a conversation with its full state; ``retrieve`` returns all events."""
        stored, left_out = await self.beside(self._read_end, sender_id)
        if not stored:
            return await self.create_tracker(sender_id, append_action_listen=append_action_listen)
        tracker = Conversation.from_events(sender_id, stored_events.events(stored), self.domain.slots)
        tracker.left_out = left_out
        return tracker

    def _read_end(self, sender_id: str) -> tuple[list[dict[str, Any]], int]:
        """The last events, the older ones that still define the state, and the number left out."""
        one = {"sender": sender_id}
        with self._transaction() as connection:
            stored = connection.execute(_LAST, one).scalars().all()
            if len(stored) <= SHORT:
                return self._decoded(stored[::-1], sender_id), 0
            known = connection.execute(_KNOWN, one).scalar_one()
            stored = connection.execute(_END, one).scalars().all()
        return self._decoded(stored, sender_id), known - len(stored)

    def _decoded(self, stored: Sequence[str], sender_id: str) -> list[dict[str, Any]]:
        return [stored_events.decoded(self._seal.open(data, sender_id)) for data in stored]

    def _read(self, sender_id: str, all_sessions: bool) -> list[dict[str, Any]]:
        query = _WHOLE if all_sessions else _SESSION
        with self._transaction() as connection:
            stored = connection.execute(query, {"sender": sender_id}).scalars().all()
        return self._decoded(stored, sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the tracker's new events, then publishes them; nothing is published if storing fails."""
        stored = await self.beside(self._write, tracker)
        if self.event_broker is not None:
            for data in stored:
                self.event_broker.publish({"sender_id": tracker.sender_id, **stored_events.decoded(data)})

    def _write(self, tracker: DialogueStateTracker) -> list[str]:
        with self._transaction() as connection:
            known = connection.execute(_KNOWN, {"sender": tracker.sender_id}).scalar_one()
            first_new = known - getattr(tracker, "left_out", 0)
            new = [event.as_dict() for event in islice(tracker.events, first_new, None)]
            rows = [self._row(tracker.sender_id, event) for event in new]
            if rows:
                connection.execute(_INSERT, rows)
        return [row["data"] for row in rows]

    def _row(self, sender_id: str, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "sender_id": sender_id,
            "type_name": data["event"],
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
            "action_name": data.get("name"),
            "data": self._seal.close(stored_events.encoded(data), sender_id),
        }
