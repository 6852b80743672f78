"""Every place where a running cluster may keep what people wrote: how it is read, how one plants in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import settings
from bot.operations.events import QUEUE
from tests.support.servers.cluster import Cluster
from tests.support.servers.parts import PYTHON

FILE_BYTES = 16 * 1024 * 1024
QUIET_SECONDS = 2.0


@dataclass(frozen=True)
class Place:
    """A place by its name: its whole content, and the way to put a text into it."""

    name: str
    read: Callable[[], Iterable[str | bytes]]
    plant: Callable[[str], None]


def postgresql(name: str, url: str) -> Place:
    """Every row of every table."""
    engine = sa.create_engine(url)

    def read() -> Iterator[str]:
        with engine.connect().execution_options(stream_results=True) as connection:
            for table in sa.inspect(engine).get_table_names():
                rows = connection.execute(sa.text(f'SELECT t::text FROM "{table}" t'))
                yield from (row for (row,) in rows)

    def plant(text: str) -> None:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS planted (text TEXT)"))
            connection.execute(sa.text("INSERT INTO planted VALUES (:text)"), {"text": text})

    return Place(name, read, plant)


def sqlite(name: str, file: Path) -> Place:
    """Every row of every table."""

    def plant(text: str) -> None:
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS planted (text TEXT)")
            database.execute("INSERT INTO planted VALUES (?)", (text,))

    return Place(name, lambda: _dump(file), plant)


def _dump(file: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        yield from database.iterdump()


def files(name: str, folder: Path, wanted: Callable[[Path], bool]) -> Place:
    """The bytes of the files that are wanted."""

    def read() -> Iterator[bytes]:
        for file in sorted(folder.rglob("*")):
            # Databases remove files of theirs meanwhile.
            with contextlib.suppress(FileNotFoundError):
                if file.is_file() and wanted(file):
                    with file.open("rb") as content:
                        while part := content.read(FILE_BYTES):
                            yield part

    def plant(text: str) -> None:
        existing = next((file for file in sorted(folder.rglob("*")) if file.is_file() and wanted(file)), None)
        target = existing if existing is not None and existing.suffix == ".log" else folder / "planted"
        with target.open("a", encoding="utf-8") as content:
            content.write(f"\n{text}\n")

    return Place(name, read, plant)


def kept(name: str, texts: list[str]) -> Place:
    """Texts that were collected while people talked."""
    return Place(name, lambda: list(texts), texts.append)


class RedisPlaces:
    """What Redis holds, and every command it was given since this was made."""

    def __init__(self, url: str) -> None:
        """Listens from now on, in a thread of its own."""
        from redis import Redis

        # No time limit: what is watched is silent for a while.
        self._client: Any = Redis.from_url(
            url, decode_responses=True, encoding_errors="replace", socket_timeout=None
        )
        self._commands: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        from redis.exceptions import RedisError

        with contextlib.suppress(RedisError, OSError, ValueError), self._client.monitor() as monitor:
            for command in monitor.listen():
                self._commands.append(command["command"])

    def places(self) -> list[Place]:
        """The keys with their values, and the commands (what servers tell each other passes through them)."""
        return [
            Place("Redis: keys and values", self._values, lambda text: self._client.set("planted", text)),
            Place("Redis: every command", lambda: list(self._commands), self._tell),
        ]

    def _values(self) -> Iterator[str]:
        readers: Mapping[str, Callable[[str], Any]] = {
            "string": self._client.get,
            "list": lambda key: self._client.lrange(key, 0, -1),
            "set": self._client.smembers,
            "zset": lambda key: self._client.zrange(key, 0, -1),
            "hash": self._client.hgetall,
            "stream": self._client.xrange,
        }
        for key in self._client.scan_iter():
            kind = self._client.type(key)
            if kind != "none":
                yield f"{key} {readers[kind](key)}"

    def _tell(self, text: str) -> None:
        self._client.publish("planted", text)
        limit = time.monotonic() + QUIET_SECONDS
        while not any(text in command for command in self._commands) and time.monotonic() < limit:
            time.sleep(0.05)


def broker(url: str) -> Place:
    """Every message that waits in the queue of events; they stay there."""
    return Place(
        "RabbitMQ: queue of events",
        lambda: asyncio.run(_queued(url)),
        lambda text: asyncio.run(_publish(url, text)),
    )


async def _queued(url: str) -> list[bytes]:
    import aio_pika

    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(QUEUE, durable=True)
        waiting = queue.declaration_result.message_count or 0
        bodies: list[bytes] = []

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            bodies.append(message.body)

        await queue.consume(take)
        limit = time.monotonic() + 60 + QUIET_SECONDS * waiting / 1000
        while len(bodies) < waiting and time.monotonic() < limit:
            await asyncio.sleep(0.1)
    # Closed without an acknowledgement: the queue has them again.
    if len(bodies) < waiting:
        raise RuntimeError(f"{len(bodies)} of {waiting} messages of the queue could be read")
    return bodies


async def _publish(url: str, text: str) -> None:
    import aio_pika

    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        body = json.dumps({"text": text}).encode()
        await channel.default_exchange.publish(aio_pika.Message(body), routing_key=QUEUE)


def settled(url: str) -> None:
    """Waits until no more events come to the queue."""
    before = -1
    while (now := len(asyncio.run(_queued(url)))) != before:
        before = now
        time.sleep(QUIET_SECONDS)


def backup(cluster: Cluster, folder: Path, database: Place) -> Place:
    """A backup made by the command when it is read, unpacked; what is planted goes into ``database``."""
    made: list[Path] = []

    def read() -> Iterator[str | bytes]:
        target = folder / f"backup-{len(made)}"
        made.append(target)
        command = [*PYTHON, "bot.operations", "backup", str(target)]
        environment = {**os.environ, **cluster.environment}
        subprocess.run(command, check=True, cwd=settings.ROOT, env=environment, capture_output=True)
        for file in sorted(target.iterdir()):
            if file.suffix == ".sqlite":
                yield from _dump(file)
            else:
                unpacked = ["pg_restore", "--file=-", str(file)]
                yield subprocess.run(unpacked, check=True, capture_output=True).stdout

    return Place("backup, unpacked", read, database.plant)
