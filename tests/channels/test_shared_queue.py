"""Several servers share the queue, on SQLite and on PostgreSQL: nothing is doubled, out of order or lost."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot import settings
from bot.channels.delivery import message_queue, message_tables, workers
from bot.channels.delivery.message_queue import MessageQueue
from bot.channels.delivery.types import Call, Incoming
from tests.channels.world import SECONDS, ScriptedAgent, server, stand_ins
from tests.support.platforms import Telegram

LANE = "telegram-1"
SAID = ("bonjour", "perdue", "documents", "plaque", "aide", "prix")

# A server that took a conversation over and was killed while a call was on its way.
KILLED = """
import sys, time
from bot.channels.delivery import message_queue
from bot.channels.delivery.message_queue import MessageQueue
from bot.channels.delivery.types import Call
database, conversation = sys.argv[1:]
message_queue.LEASE_SECONDS = 1.0
queue = MessageQueue(database)
assert queue.claim(conversation, "the-killed-one")
row = queue.events(conversation)[0].row
queue.answer(row, "telegram", conversation, {"chat_id": 1}, [Call("sendMessage", {})], 1.0)
assert queue.sending(queue.next_call(conversation))
print("under way", flush=True)
time.sleep(60)
"""

# As the version before SQLAlchemy made it.
OLD_FILE = """
CREATE TABLE seen (channel TEXT, key BLOB, at REAL, PRIMARY KEY (channel, key)) WITHOUT ROWID;
CREATE TABLE inbox (id INTEGER PRIMARY KEY, lane TEXT, channel TEXT, event TEXT, at REAL);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, lane TEXT, channel TEXT, answer TEXT, call TEXT, sending INTEGER DEFAULT 0,
    attempts INTEGER DEFAULT 0, due REAL DEFAULT 0, at REAL
);
CREATE TABLE people (lane TEXT PRIMARY KEY, heard REAL, stopped INTEGER DEFAULT 0);
INSERT INTO inbox (lane, channel, event, at) VALUES ('telegram-1', 'telegram',
    '{"key": "1", "user": "7", "text": "bonjour", "payload": null, "address": {"chat_id": 7},
      "attached": false, "consent": ""}', 1.0);
INSERT INTO outbox (lane, channel, answer, call, at) VALUES ('telegram-1', 'telegram', 'a',
    '{"path": "sendMessage", "body": {"text": "Bonjour"}, "optional": false, "repeatable": false}', 1.0);
INSERT INTO people VALUES ('telegram-1', 1.0, 1);
"""


@pytest.fixture
def queues(database: str) -> Iterator[tuple[MessageQueue, MessageQueue]]:
    """The queue as two servers see it."""
    both = MessageQueue(database), MessageQueue(database)
    yield both
    for queue in both:
        queue.close()


def event(name: str) -> Incoming:
    return Incoming(name, "7", name, address={"chat_id": 7})


def test_a_copy_that_reaches_both_servers_at_once_is_kept_once(
    queues: tuple[MessageQueue, MessageQueue],
) -> None:
    def accept(rank: int) -> str:
        return queues[rank % 2].accept("telegram", LANE, event(str(rank // 4)), float(rank), 99)

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(accept, range(40)))
    assert sorted(outcomes) == ["duplicates"] * 30 + ["received"] * 10
    assert len(queues[0].events(LANE)) == 10


def test_of_many_that_want_a_conversation_at_once_one_gets_it(
    queues: tuple[MessageQueue, MessageQueue],
) -> None:
    def claim(rank: int) -> bool:
        return queues[rank % 2].claim(f"telegram-{rank // 8}", str(rank))

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(claim, range(80)))
    assert [got[first : first + 8].count(True) for first in range(0, 80, 8)] == [1] * 10


def test_a_conversation_is_free_when_it_is_given_back_or_its_server_is_silent_for_too_long(
    queues: tuple[MessageQueue, MessageQueue], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = queues
    here.accept("telegram", LANE, event("1"), 0.0, 9)
    assert here.claim(LANE, "here") and here.claim(LANE, "here")
    assert not there.claim(LANE, "there") and there.waiting(["telegram"], "there") == set()
    here.release(LANE, "here")
    assert there.waiting(["telegram"], "there") == {LANE}
    monkeypatch.setattr(message_queue, "LEASE_SECONDS", -1.0)
    assert there.claim(LANE, "there")
    assert here.claim(LANE, "here")
    there.release(LANE, "there")
    assert here.claim(LANE, "here")


def test_a_server_that_wakes_up_late_neither_answers_nor_sends_again(
    queues: tuple[MessageQueue, MessageQueue],
) -> None:
    here, there = queues
    here.accept("telegram", LANE, event("1"), 0.0, 9)
    row = there.events(LANE)[0].row
    calls = [Call("sendMessage", {"text": "Bonjour"})]
    assert len(here.answer(row, "telegram", LANE, {}, calls, 1.0)) == 1
    assert there.answer(row, "telegram", LANE, {}, calls, 1.0) == []
    queued = there.next_call(LANE)
    assert queued is not None and here.sending(queued)
    assert not there.sending(queued)


@pytest.mark.parametrize("servers", [1, 2])
def test_after_a_kill_the_others_go_on_in_order_and_the_call_under_way_is_not_repeated(
    database: str, servers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_queue, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(workers, "SWEEP_SECONDS", 0.2)
    platform, agent = Telegram(), ScriptedAgent()

    async def steps() -> list[str]:
        user = platform.person(1)
        async with stand_ins([platform]) as variables:
            async with server(platform, tmp_path, agent, variables, database=database) as here:
                delivery = here.assistant.app.ctx.delivery
                # What comes waits for the server that is killed.
                delivery._wake = lambda _: None
                for text in SAID[:3]:
                    assert await here.assistant.post("telegram", platform.says(user, text)) == 200
                (conversation,) = delivery._queue.waiting(["telegram"])
            await asyncio.to_thread(_start_and_kill_a_server, database, conversation)
            contexts = [
                server(platform, tmp_path, agent, variables, database=database) for _ in range(servers)
            ]
            worlds = [await context.__aenter__() for context in contexts]
            try:
                await asyncio.wait_for(_until_done(MessageQueue(database), conversation), SECONDS)
                return [failure.reason.partition(":")[0] for failure in worlds[0].failures()]
            finally:
                for context in contexts:
                    await context.__aexit__(None, None, None)

    assert asyncio.run(steps()) == ["uncertain"]
    assert agent.texts() == list(SAID[1:3])
    assert len(platform.shown[platform.person(1)]) == 2


def _start_and_kill_a_server(database: str, conversation: str) -> None:
    command = [sys.executable, "-c", KILLED, database, conversation]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=settings.ROOT) as killed:
        assert killed.stdout is not None and killed.stdout.readline() == b"under way\n"
        killed.send_signal(signal.SIGKILL)


async def _until_done(queue: MessageQueue, conversation: str) -> None:
    while queue.has_work(conversation):
        await asyncio.sleep(0.05)
    queue.close()


def test_a_person_whose_messages_reach_both_servers_is_answered_once_and_in_order(
    database: str, tmp_path: Path
) -> None:
    platform, agent = Telegram(), ScriptedAgent()
    agent.pause = 0.05

    async def steps() -> int:
        user = platform.person(1)
        async with stand_ins([platform]) as variables:
            async with (
                server(platform, tmp_path, agent, variables, database=database) as here,
                server(platform, tmp_path, agent, variables, database=database) as there,
            ):
                for rank, text in enumerate(SAID):
                    webhook = platform.says(user, text)
                    assert await (here, there)[rank % 2].assistant.post("telegram", webhook) == 200
                await asyncio.gather(here.post(), there.post())
                return here.count("received")

    assert asyncio.run(steps()) == len(SAID)
    assert agent.texts() == list(SAID)
    shown = [message.text for message in platform.shown[platform.person(1)]]
    assert len(shown) == len(set(shown)) >= len(SAID)


def test_words_typed_at_one_server_are_not_sent_masked_by_another(database: str, tmp_path: Path) -> None:
    platform, agent = Telegram(), ScriptedAgent()

    async def steps() -> None:
        user = platform.person(1)
        async with stand_ins([platform]) as variables:
            async with (
                server(platform, tmp_path, agent, variables, database=database) as here,
                server(platform, tmp_path, agent, variables, database=database) as there,
            ):
                await here.say(user, "bonjour")
                (conversation,) = agent.events
                agent.pause = 0.3
                assert await here.assistant.post("telegram", platform.says(user, "aide")) == 200
                pushed = there.assistant.app.ctx.delivery.push
                assert await pushed(conversation, [{"text": "[téléphone]"}], [{"text": "02 99 00 00 00"}])
                await asyncio.gather(here.post(), there.post())

    asyncio.run(steps())
    assert "02 99 00 00 00" in [message.text for message in platform.shown[platform.person(1)]]


def test_a_file_of_an_earlier_version_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "channels.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(OLD_FILE)
    queue = MessageQueue(file)
    assert [each.event.text for each in queue.events(LANE)] == ["bonjour"]
    queued = queue.next_call(LANE)
    assert queued is not None and queued.call.body == {"text": "Bonjour"} and queue.sending(queued)
    assert queue.is_stopped(LANE)
    queue.close()


def test_what_waits_in_a_file_is_taken_over_in_its_order(database: str, tmp_path: Path) -> None:
    file = MessageQueue(tmp_path / "before.db")
    for text in SAID:
        file.accept("telegram", LANE, event(text), 1.0, 99)
    file.accept("telegram", "telegram-2", Incoming("stop", "8", "STOP", consent="stop"), 1.0, 99)
    file.close()
    source, target = map(message_tables.opened, (str(tmp_path / "before.db"), database))
    message_tables.copy(source, target)
    queue = MessageQueue(database)
    assert [each.event.text for each in queue.events(LANE)] == list(SAID)
    assert queue.accept("telegram", LANE, event(SAID[0]), 2.0, 99) == "duplicates"
    assert queue.is_stopped("telegram-2")
    queue.close()
