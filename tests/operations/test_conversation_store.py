"""The conversations' database, when it comes late and when the clock moves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy.exc
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.tracker_store import ConversationStore

NOON = 1_795_000_000.0
DAY = 86_400.0


def store_at(file: Path) -> ConversationStore:
    return ConversationStore(Domain.empty(), f"sqlite:///{file}")


def tell(
    store: ConversationStore,
    *events: UserUttered | BotUttered | SlotSet | SessionStarted,
    conversation: str = "someone",
) -> DialogueStateTracker:
    """Adds the events to the conversation and reads it again."""

    async def work() -> DialogueStateTracker:
        slots = [AnySlot("fact", [{}])]
        tracker = await store.retrieve(conversation) or DialogueStateTracker(conversation, slots)
        for event in events:
            tracker.update(event)
        await store.save(tracker)
        found = await store.retrieve(conversation)
        assert found is not None
        return found

    return asyncio.run(work())


class Broker:
    """Keeps what is streamed."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.streamed: list[dict[str, object]] = []

    def publish(self, event: dict[str, object]) -> None:
        """Takes an event."""
        self.streamed.append(event)


TOKEN = "Ab3-" * 6 + "x_9"
ADDRESS = f"https://exemple.fr/fiche/{TOKEN}"


def given_a_sheet() -> BotUttered:
    """The assistant gives the addresses of a sheet."""
    files = [{"url": f"{ADDRESS}.pdf?version=simple"}, {"url": f"{ADDRESS}/lettre/mandate"}]
    return BotUttered(f"Votre fiche :\n{ADDRESS}\nà bientôt", metadata={"downloads": files})


@pytest.fixture
def sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret from which the key is derived."""
    monkeypatch.setenv("DESK_SECRET", "a secret for tests only, long enough")


def test_the_address_of_a_sheet_is_sealed_where_it_is_stored_and_streamed(
    tmp_path: Path, sealing: None
) -> None:
    store = store_at(tmp_path / "conversations.db")
    broker = store.event_broker = Broker()
    found = tell(store, UserUttered("ma fiche"), given_a_sheet())
    said = found.events[-1]
    assert isinstance(said, BotUttered)
    assert (said.text, said.metadata) == (given_a_sheet().text, given_a_sheet().metadata)
    assert TOKEN.encode() not in (tmp_path / "conversations.db").read_bytes()
    assert [event["sender_id"] for event in broker.streamed] == ["someone"] * 2
    assert str(broker.streamed).count("/fiche/sealed.") == 3 and TOKEN not in str(broker.streamed)


def test_a_sealed_address_told_to_another_conversation_stays_sealed(tmp_path: Path, sealing: None) -> None:
    store = store_at(tmp_path / "conversations.db")
    broker = store.event_broker = Broker()
    tell(store, given_a_sheet())
    stolen = str(broker.streamed[0]["text"])
    found = tell(store, UserUttered(stolen), conversation="thief")
    assert found.events[-1].text == stolen
    nonsense = "https://exemple.fr/fiche/sealed.AAAA /fiche/sealed.é /fiche/sealed.=="
    assert tell(store, UserUttered(nonsense)).events[-1].text == nonsense


def test_another_secret_opens_nothing_and_none_seals_nothing(
    tmp_path: Path, sealing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store_at(tmp_path / "conversations.db"), given_a_sheet())
    monkeypatch.setenv("DESK_SECRET", "another secret for tests, as long as it")
    found = tell(store_at(tmp_path / "conversations.db"), UserUttered("encore"))
    assert TOKEN not in str([event.as_dict() for event in found.events])
    monkeypatch.delenv("DESK_SECRET")
    tell(store_at(tmp_path / "open.db"), given_a_sheet())
    assert any(TOKEN.encode() in file.read_bytes() for file in tmp_path.glob("open.db*"))


def test_what_is_said_after_the_clock_was_set_back_is_kept(tmp_path: Path) -> None:
    store = store_at(tmp_path / "conversations.db")
    tell(store, SessionStarted(timestamp=NOON), UserUttered("avant", timestamp=NOON + 1))
    found = tell(store, UserUttered("après", timestamp=NOON - DAY))
    said = [event.text for event in found.events if isinstance(event, UserUttered)]
    assert said == ["avant", "après"]


def test_the_conversation_is_read_from_its_last_session_on(tmp_path: Path) -> None:
    store = store_at(tmp_path / "conversations.db")
    tell(store, SessionStarted(timestamp=NOON), UserUttered("hier", timestamp=NOON + 1))
    found = tell(store, SessionStarted(timestamp=NOON + DAY), UserUttered("ce jour", timestamp=NOON + DAY))
    said = [event.text for event in found.events if isinstance(event, UserUttered)]
    assert said == ["ce jour"]
    everything = asyncio.run(store.retrieve_full_tracker("someone"))
    assert everything is not None
    assert [one.text for one in everything.events if isinstance(one, UserUttered)] == ["hier", "ce jour"]


def test_a_database_that_comes_late_gets_its_table_then(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    store = store_at(folder / "conversations.db")
    with pytest.raises(sqlalchemy.exc.OperationalError):
        tell(store, UserUttered("trop tôt"))
    folder.mkdir()
    tell(store, UserUttered("à temps"))
    store.check()
