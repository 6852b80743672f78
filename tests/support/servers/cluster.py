"""Two of our servers behind nginx, with PostgreSQL, Redis and RabbitMQ, all private, in one folder.

Every part is a plain process on loopback, so that it can be killed, frozen and started again. Between the
servers and their stores stand relays that can be cut.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import neighbours, settings
from tests.support.servers import services
from tests.support.servers.parts import PYTHON, Part, free_port, is_open, started
from tests.support.servers.services import missing

__all__ = ["PYTHON", "Cluster", "Part", "free_port", "missing", "running"]

NGINX = settings.ROOT / "deploy" / "nginx.conf"


@dataclass(frozen=True)
class Cluster:
    """The parts by name, the address of the proxy and those of the servers."""

    parts: Mapping[str, Part]
    address: str
    servers: tuple[str, ...]
    environment: Mapping[str, str]
    store_ports: Mapping[str, int]


@contextlib.contextmanager
def running(
    folder: Path,
    model: Path,
    workers: int = 2,
    relay: Callable[[int], int] = lambda port: port,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """The cluster, started at once and waited for; ``relay`` gives the port to reach a store's port by."""
    services.open_the_way_to(folder)
    stores = (services.postgres(folder), services.redis(folder), services.rabbit(folder))
    database, locks, broker = (services.url_of(store, relay) for store in stores)
    ports = {name: free_port() for name in ("actions", "proxy")}
    servers = [free_port() for _ in range(workers)]
    environment = {
        "PYTHONPATH": str(settings.ROOT),
        "ACTION_SERVER_PORT": str(ports["actions"]),
        "ACTION_SERVER_URL": f"http://127.0.0.1:{ports['actions']}/webhook",
        **services.stores(database, locks),
        "EVENT_BROKER_URL": broker,
        "FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}",
        "CHANNELS_DB": str(folder / "channels.db"),
        **settings.WITHOUT_LIMITS,
        **(extra or {}),
    }
    actions = Part("actions", [*PYTHON, "actions"], lambda: is_open(ports["actions"]), folder, environment)
    bots = [_server(rank, port, model, folder, environment) for rank, port in enumerate(servers, start=1)]
    proxy = _proxy(folder, ports["proxy"], servers)
    parts = {part.name: part for part in (*stores, actions, *bots, proxy)}
    with started(tuple(parts.values())):
        yield Cluster(
            parts,
            f"http://127.0.0.1:{ports['proxy']}",
            tuple(f"http://127.0.0.1:{port}" for port in servers),
            environment,
            {store.name: services.port_of(store) for store in stores},
        )


def _server(rank: int, port: int, model: Path, folder: Path, environment: Mapping[str, str]) -> Part:
    own = {**environment, "ASSISTANT_PORT": str(port), "METRICS_PORT": str(free_port())}
    command = [*PYTHON, "bot.server", "--model", str(model)]
    return Part(f"bot-{rank}", command, lambda: _is_alive(port), folder, own)


def _proxy(folder: Path, port: int, servers: Sequence[int]) -> Part:
    """Nginx with the configuration that is deployed, its addresses replaced by ours."""
    home = folder / "nginx"
    home.mkdir()
    text = NGINX.read_text(encoding="utf-8").replace("        listen [::]:8080;\n", "")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    line = re.compile(r"^( *server )bot-\d+:5005( .*;\n)", re.MULTILINE)
    first = True

    def ours(match: re.Match[str]) -> str:
        nonlocal first
        first = not first
        return "" if first else "".join(f"{match[1]}127.0.0.1:{one}{match[2]}" for one in servers)

    (home / "nginx.conf").write_text(line.sub(ours, text), encoding="utf-8")
    command = ["nginx", "-p", str(home), "-c", "nginx.conf", "-g", "daemon off;"]
    return Part("nginx", command, lambda: is_open(port), home)


def _is_alive(port: int) -> bool:
    try:
        with neighbours.open_url(f"http://127.0.0.1:{port}/health", 2):
            return True
    except OSError:
        return False
