"""``python -m tests.system leaks``: personal data is sent in, then looked for wherever anything is kept.

Against the cluster of ``faults`` with the mediators' desk beside it, everything at level DEBUG and PostgreSQL
logging every statement. Each message of the written set of ``masking`` is sent over REST, socket.io and
WhatsApp (signed, by a stand-in of the platform); a mediator takes a conversation over, answers with pieces of
the set and keeps a case; a sheet is downloaded; a backup is made. Then every place is searched for every
piece. What a place held before anybody spoke does not count. In the end a piece is planted in each place and
must be found there: a search that misses it proves nothing.

Ends with status 1 where a piece or a sender's number is found, or a planted piece is not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot import settings, training
from bot.privacy.masking import mask
from tests.support.citizens import RestCitizen, SocketCitizen
from tests.support.platforms import WhatsApp
from tests.support.servers import cluster
from tests.support.servers.cluster import Cluster
from tests.support.servers.parts import free_port
from tests.system.channels import stand_ins
from tests.system.privacy import confidences, masking, places, traces
from tests.system.privacy.confidences import Browser, Talk
from tests.system.privacy.masking import Message
from tests.system.privacy.places import Place
from tests.system.privacy.traces import Needle

QUIET_SECONDS = 3.0
# Where the number of who writes on a messaging service is kept on purpose: it must know where to answer.
ADDRESSES = frozenset({"channels database", "backup, unpacked", "all other files, raw"})
# What a mediator types reaches the open windows of the person as typed, by way of Redis, which keeps nothing
# of it; whatever keeps it has it masked.
PASSING = "Redis: every command"
MASKED = traces.needle("[téléphone]")


@dataclass(frozen=True)
class Row:
    """What the search of a place found; ``is_proven``: the planted piece was found there."""

    place: str
    size: int
    sought: int
    found: Mapping[str, str]
    senders: int
    holds_masks: bool
    is_proven: bool

    @property
    def is_clean(self) -> bool:
        """Whether nothing is there that must not be, and the search would have seen it."""
        return not self.found and self.is_proven and (not self.senders or self.place in ADDRESSES)


def everywhere(started: Cluster, folder: Path, talk: Talk, redis: places.RedisPlaces) -> list[Place]:
    """Every place of the cluster."""
    conversations = places.postgresql(
        "conversations and sheets (PostgreSQL)", started.environment["CONVERSATIONS_DB"]
    )

    def log_of(name: str, where: Path) -> Place:
        return places.files(f"log of {name}", where, lambda file: file.suffix == ".log")

    own = [
        places.files(f"log of {name}", folder, lambda file, name=name: file.name == f"{name}.log")  # type: ignore[misc]
        for name in ("bot-1", "bot-2", "actions", "desk", "redis")
    ]
    return [
        conversations,
        places.sqlite("desk database, its statistics too", folder / "desk.db"),
        places.sqlite("channels database", folder / "channels.db"),
        places.sqlite("opinions database", folder / "feedback.db"),
        places.broker(started.environment["EVENT_BROKER_URL"]),
        *redis.places(),
        *own,
        log_of("PostgreSQL, every statement", folder / "postgres"),
        log_of("RabbitMQ", folder / "rabbit"),
        log_of("nginx", folder / "nginx"),
        places.kept("answers given", talk.answers),
        places.kept("sheet downloaded", talk.sheets),
        places.files(
            "all other files, raw",
            folder,
            lambda file: file.suffix != ".log" and not any("backup-" in part for part in file.parts),
        ),
        places.backup(started, folder, conversations),
    ]


async def measure(
    folder: Path, model: Path, messages: Sequence[Message], few: Sequence[Message]
) -> list[Row]:
    """The rows of the table; ``few`` is what the mediator's conversation and the sheet's hold."""
    platform, talk = WhatsApp(), Talk()
    desk_port = free_port()
    (folder / "tmp").mkdir()
    extra = {
        "LOG_LEVEL": "DEBUG",
        "TMPDIR": str(folder / "tmp"),
        "ASSISTANT_SWITCHES": str(folder),
        "DESK_DB_URL": f"sqlite:///{folder / 'desk.db'}",
        "DESK_PORT": str(desk_port),
        "DESK_URL": f"http://127.0.0.1:{desk_port}",
        "DESK_SECRET": uuid.uuid4().hex,
    }
    async with stand_ins([platform]) as variables:
        with cluster.running(folder, model, extra={**extra, **variables}) as started:
            _log_every_statement(started.environment["CONVERSATIONS_DB"])
            redis = places.RedisPlaces(started.environment["REDIS_URL"])
            with confidences.desk_of(started, folder) as mediator:
                where = everywhere(started, folder, talk, redis)
                sought = traces.needles(messages, _ordinary(messages))
                by_mediator = traces.needles(confidences.BY_MEDIATOR, _ordinary(messages))
                before = await asyncio.to_thread(_search_all, where, [*sought, *by_mediator])
                senders = await _converse(started.address, platform, mediator, messages, few, talk)
                await asyncio.sleep(QUIET_SECONDS)
                await asyncio.to_thread(places.settled, started.environment["EVENT_BROKER_URL"])
                print(f"{talk.messages} messages were said; searching", file=sys.stderr)
                numbers = [traces.needle(number) for number in senders]
                after = await asyncio.to_thread(_search_all, where, [*sought, *by_mediator, *numbers, MASKED])
                proven = await asyncio.to_thread(_plant, where)
    return [
        _row(
            place.name,
            sought if place.name == PASSING else [*sought, *by_mediator],
            numbers,
            before[place.name],
            after[place.name],
            place.name in proven,
        )
        for place in where
    ]


async def _converse(
    address: str,
    platform: WhatsApp,
    mediator: Browser,
    messages: Sequence[Message],
    few: Sequence[Message],
    talk: Talk,
) -> list[str]:
    timeout = aiohttp.ClientTimeout(total=confidences.ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        count = range(confidences.conversations(messages))
        *_, senders = await asyncio.gather(
            confidences.say_all([RestCitizen(session, address) for _ in count], messages, talk),
            confidences.say_all([SocketCitizen(session, address) for _ in count], messages, talk),
            confidences.say_all_by_whatsapp(session, address, platform, messages, talk),
        )
        await confidences.take_a_sheet(session, address, few, talk)
        await confidences.be_taken_over(session, address, mediator, few, talk)
    return senders


def _row(
    name: str,
    sought: Sequence[Needle],
    numbers: Sequence[Needle],
    before: traces.Traces,
    after: traces.Traces,
    is_proven: bool,
) -> Row:
    told = [each for each in sought if each not in before.found]
    return Row(
        name,
        after.size,
        len(told),
        {each.piece: after.found[each] for each in told if each in after.found},
        sum(number in after.found for number in numbers),
        MASKED in after.found,
        is_proven,
    )


def _search_all(where: Sequence[Place], sought: Sequence[Needle]) -> dict[str, traces.Traces]:
    return {place.name: traces.search(place.read(), sought) for place in where}


def _plant(where: Sequence[Place]) -> set[str]:
    """The names of the places where a piece that is planted there is found."""
    planted = {place.name: f"ZQ 918 WX {rank:02d}" for rank, place in enumerate(where)}
    for place in where:
        place.plant(f"témoin {planted[place.name]} fin")
    return {
        place.name for place in where if traces.search(place.read(), [_squeezed(planted[place.name])]).found
    }


def _squeezed(piece: str) -> Needle:
    """The piece as somebody else would have written it."""
    return traces.needle(piece.lower().replace(" ", "-"))


def _log_every_statement(url: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
        cursor.execute("SELECT pg_reload_conf()")


def _ordinary(messages: Sequence[Message]) -> str:
    """What the places hold for other reasons: the sentences of the project, and the messages masked."""
    sentences = [file.read_text(encoding="utf-8") for file in (settings.ROOT / "data").rglob("*.yml")]
    return "\n".join([*sentences, *(mask(message.text) for message in messages)])


HEAD = (
    "| place | searched (kB) | pieces sought | found | senders’ numbers | masked messages seen | control |\n"
    "|---|---|---|---|---|---|---|"
)


def line(row: Row) -> str:
    """The row as a line of the table."""
    cells = (
        row.place,
        str(-(-row.size // 1000)),
        str(row.sought),
        str(len(row.found)),
        f"{row.senders} (kept to answer)" if row.senders and row.place in ADDRESSES else str(row.senders),
        "yes" if row.holds_masks else "–",
        "found" if row.is_proven else "NOT FOUND",
    )
    return "| " + " | ".join(cells) + " |"


def main(arguments: list[str]) -> None:
    """Sends, searches, prints the table and each piece that was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.system leaks")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    parser.add_argument("--every", type=int, default=1, help="only each n-th message of the set")
    parser.add_argument("--model", type=Path, help="by default the current one")
    options = parser.parse_args(arguments)
    missing = cluster.missing()
    if missing:
        sys.exit(f"✗ Missing: apt-get install --no-install-recommends {' '.join(missing)}")
    settings.apply()
    model = options.model or training.train_if_needed()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows = leaks(Path(folder), model.resolve(), options.every)
    print(HEAD)
    for row in rows:
        print(line(row))
    for row in rows:
        for piece, around in row.found.items():
            print(f"✗ {row.place}: {piece!r} in {around!r}")
    if options.json:
        options.json.write_text(
            json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=1), "utf-8"
        )
    if not all(row.is_clean for row in rows):
        sys.exit(1)


def leaks(folder: Path, model: Path, every: int = 1) -> list[Row]:
    """The rows for each n-th message of the set."""
    messages = masking.read()[::every]
    with_pieces = [message for message in messages if message.pieces]
    few = with_pieces[:: max(1, len(with_pieces) // 12)][:12]
    return asyncio.run(measure(folder, model, messages, few))
