"""A private PostgreSQL and Redis in a folder, from Debian's packages, for as long as a measurement lasts."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bot.evaluation.systems import free_port, stop

POSTGRESQL_FOLDERS = "/usr/lib/postgresql"
# The account that Debian's package makes: PostgreSQL refuses to run as root.
POSTGRESQL_ACCOUNT = "postgres"
START_SECONDS = 60


def stores(postgresql: str, redis: str) -> dict[str, str]:
    """The settings of an assistant that keeps its conversations there and locks them there."""
    return {"CONVERSATIONS_DB": postgresql, "REDIS_URL": redis}


@contextlib.contextmanager
def private(folder: Path) -> Iterator[dict[str, str]]:
    """The settings of an assistant that uses both; raises RuntimeError naming a program that is missing."""
    with _postgresql(folder / "postgresql") as database, _redis(folder / "redis") as redis:
        yield stores(database, redis)


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    binaries = sorted(Path(POSTGRESQL_FOLDERS).glob("*/bin"))
    if not binaries:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    folder.mkdir(parents=True)
    account: list[str] = []
    if os.geteuid() == 0:
        account = ["runuser", "-u", POSTGRESQL_ACCOUNT, "--"]
        shutil.chown(folder, POSTGRESQL_ACCOUNT)
        _open_the_way_to(folder)
    initdb = [
        *account,
        str(binaries[-1] / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "assistant",
        "-A",
        "trust",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    port = free_port()
    options = ["-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
    with _running([*account, str(binaries[-1] / "postgres"), *options], port, folder):
        url = f"postgresql://assistant@127.0.0.1:{port}/postgres"
        _wait_for_postgresql(url)
        yield url


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    if shutil.which("redis-server") is None:
        raise RuntimeError("Redis is missing: apt-get install redis-server")
    folder.mkdir(parents=True)
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running(command, port, folder):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        limit = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield
    finally:
        stop(process)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for_postgresql(url: str) -> None:
    # It accepts connections a moment before it accepts queries.
    import psycopg2

    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg2.connect(url).close()
            return
        except psycopg2.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def _open_the_way_to(folder: Path) -> None:
    """Lets the other account pass through the temporary folders above."""
    for above in folder.parents[:2]:
        above.chmod(above.stat().st_mode | 0o011)
