"""A private PostgreSQL, Redis and RabbitMQ on loopback, from Debian's packages, for a measurement."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.support.servers.parts import Part, free_port, is_open, started

# Each program with the package that has it.
PROGRAMS = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "nginx": "nginx-light",
    "rabbitmq-server": "rabbitmq-server",
}
# What an assistant keeps its conversations in and locks them with.
STORES = ("postgres", "redis-server")


def missing(names: Sequence[str] = tuple(PROGRAMS)) -> list[str]:
    """The Debian packages that are not installed."""
    return [PROGRAMS[name] for name in names if not _program(name)]


@contextlib.contextmanager
def private(folder: Path) -> Iterator[dict[str, str]]:
    """The settings of an assistant that uses a PostgreSQL and a Redis of its own.

    Raises RuntimeError naming the packages that are missing.
    """
    if missing(STORES):
        raise RuntimeError(f"apt-get install {' '.join(missing(STORES))}")
    folder.mkdir(parents=True)
    open_the_way_to(folder)
    parts = (postgres(folder), redis(folder))
    with started(parts):
        yield stores(*(url_of(part) for part in parts))


def stores(postgresql: str, redis: str) -> dict[str, str]:
    """The settings of an assistant that keeps its conversations there and locks them there."""
    return {"CONVERSATIONS_DB": postgresql, "REDIS_URL": redis}


def url_of(part: Part, relay: Callable[[int], int] = lambda port: port) -> str:
    """The address of a service, by the port that ``relay`` gives for its own."""
    address = f"127.0.0.1:{relay(port_of(part))}"
    return {
        "postgres": f"postgresql://assistant@{address}/postgres",
        "redis": f"redis://{address}/0",
        "rabbit": f"amqp://guest:guest@{address}/",
    }[part.name]


def postgres(folder: Path) -> Part:
    """An empty PostgreSQL."""
    data, port = folder / "postgres", free_port()
    account = "postgres" if os.geteuid() == 0 else None
    data.mkdir()
    if account:
        shutil.chown(data, account, account)
    programs = Path(_program("postgres")).parent
    made = {"user": account, "group": account} if account else {}
    init = [str(programs / "initdb"), "-D", str(data / "data"), "-U", "assistant", "-A", "trust", "-N"]
    subprocess.run(init, check=True, capture_output=True, cwd=data, **made)
    command = [str(programs / "postgres"), "-D", str(data / "data"), "-p", str(port), "-k", str(data)]
    return Part("postgres", [*command, "-h", "127.0.0.1"], lambda: _answers_queries(port), data, {}, account)


def redis(folder: Path) -> Part:
    """A Redis that keeps nothing on disk."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return Part("redis", command, lambda: is_open(port), folder)


def rabbit(folder: Path) -> Part:
    """A RabbitMQ."""
    port, home = free_port(), folder / "rabbit"
    home.mkdir()
    own = {
        "HOME": str(home),
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"assistant{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(home / "data"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "env.conf"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
    }
    return Part("rabbit", [_program("rabbitmq-server")], lambda: _greets(port), home, own)


def open_the_way_to(folder: Path) -> None:
    """Lets the accounts of the services pass through the temporary folders above.

    Those of pytest, of its session and, where tests run at once, of the worker.
    """
    for above in (folder, *folder.parents[:3]):
        with contextlib.suppress(PermissionError):
            above.chmod(above.stat().st_mode | 0o011)


def port_of(part: Part) -> int:
    """The port that a part's command or environment names."""
    named = part.environment.get("RABBITMQ_NODE_PORT")
    options = list(part.command)
    at = next((options.index(option) for option in ("-p", "--port") if option in options), None)
    return int(named or options[at + 1]) if at is not None or named else 0


def _program(name: str) -> str:
    folders = {"postgres": sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]}
    folders["rabbitmq-server"] = [Path("/usr/lib/rabbitmq/bin")]
    search = os.pathsep.join([*map(str, folders.get(name, [])), os.environ.get("PATH", ""), "/usr/sbin"])
    return shutil.which(name, path=search) or ""


def _answers_queries(port: int) -> bool:
    import psycopg2

    try:
        psycopg2.connect(f"postgresql://assistant@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        return True
    except psycopg2.OperationalError:
        return False


def _greets(port: int) -> bool:
    """Whether RabbitMQ answers a client's greeting: it accepts connections before it is up."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
            client.sendall(b"AMQP\x00\x00\x09\x01")
            return len(client.recv(8)) > 0
    except OSError:
        return False
