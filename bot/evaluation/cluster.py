"""Two of our servers behind nginx, with PostgreSQL, Redis and RabbitMQ, all private, in one folder.

Every part is a plain process on loopback, from Debian's packages, so that it can be killed, frozen and
started again. Between the servers and their stores stand relays that can be cut.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import settings

START_SECONDS = 600
STOP_SECONDS = 30
PROGRAMS = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "nginx": "nginx-light",
    "rabbitmq-server": "rabbitmq-server",
}
PYTHON = [sys.executable, "-W", "ignore", "-m"]
NGINX = settings.ROOT / "deploy" / "nginx.conf"


@dataclass
class Part:
    """A process that can be started, killed and started again."""

    name: str
    command: Sequence[str]
    answers: Callable[[], bool]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and returns at once."""
        account = {"user": self.account, "group": self.account} if self.account else {}
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder if self.account else settings.ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **account,
            )

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Waits until it answers; raises RuntimeError with the end of its log where it does not."""
        limit = time.monotonic() + seconds
        while not self.answers():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > limit:
                log = (self.folder / f"{self.name}.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.name} did not start:\n{log}")
            time.sleep(0.1)

    def send(self, what: signal.Signals) -> None:
        """Sends the signal to the process itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(what)

    def kill(self) -> None:
        """Ends it and all it started, at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Asks it to end, and insists."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self.kill()


@dataclass(frozen=True)
class Cluster:
    """The parts by name, the address of the proxy and those of the servers."""

    parts: Mapping[str, Part]
    address: str
    servers: tuple[str, ...]
    environment: Mapping[str, str]
    store_ports: Mapping[str, int]


def missing(names: Sequence[str] = tuple(PROGRAMS)) -> list[str]:
    """The Debian packages that are not installed."""
    return [PROGRAMS[name] for name in names if not _program(name)]


@contextlib.contextmanager
def running(
    folder: Path,
    model: Path,
    workers: int = 2,
    relay: Callable[[int], int] = lambda port: port,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """The cluster, started at once and waited for; ``relay`` gives the port to reach a store's port by."""
    _open_the_way_to(folder)
    postgres, redis, rabbit = (_postgres(folder), _redis(folder), _rabbit(folder))
    ports = {name: free_port() for name in ("actions", "proxy")}
    servers = [free_port() for _ in range(workers)]
    environment = {
        "PYTHONPATH": str(settings.ROOT),
        "ACTION_SERVER_PORT": str(ports["actions"]),
        "ACTION_SERVER_URL": f"http://127.0.0.1:{ports['actions']}/webhook",
        "CONVERSATIONS_DB": f"postgresql://assistant@127.0.0.1:{relay(_port(postgres))}/postgres",
        "FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}",
        "CHANNELS_DB": str(folder / "channels.db"),
        "REDIS_URL": f"redis://127.0.0.1:{relay(_port(redis))}/0",
        "EVENT_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{relay(_port(rabbit))}/",
        **settings.WITHOUT_LIMITS,
        **(extra or {}),
    }
    actions = Part("actions", [*PYTHON, "actions"], lambda: _is_open(ports["actions"]), folder, environment)
    bots = [_server(rank, port, model, folder, environment) for rank, port in enumerate(servers, start=1)]
    proxy = _proxy(folder, ports["proxy"], servers)
    parts = {part.name: part for part in (postgres, redis, rabbit, actions, *bots, proxy)}
    try:
        for part in parts.values():
            part.start()
        for part in parts.values():
            part.wait()
        yield Cluster(
            parts,
            f"http://127.0.0.1:{ports['proxy']}",
            tuple(f"http://127.0.0.1:{port}" for port in servers),
            environment,
            {part.name: _port(part) for part in (postgres, redis, rabbit)},
        )
    finally:
        for part in reversed(parts.values()):
            part.stop()


def _server(rank: int, port: int, model: Path, folder: Path, environment: Mapping[str, str]) -> Part:
    own = {**environment, "ASSISTANT_PORT": str(port), "METRICS_PORT": str(free_port())}
    command = [*PYTHON, "bot.server", "--model", str(model)]
    return Part(f"bot-{rank}", command, lambda: _is_alive(port), folder, own)


def _postgres(folder: Path) -> Part:
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


def _redis(folder: Path) -> Part:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return Part("redis", command, lambda: _is_open(port), folder)


def _rabbit(folder: Path) -> Part:
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


def _proxy(folder: Path, port: int, servers: Sequence[int]) -> Part:
    """nginx with the configuration that is deployed, its addresses replaced by ours."""
    home = folder / "nginx"
    home.mkdir()
    text = NGINX.read_text(encoding="utf-8").replace("listen 8080;", f"listen 127.0.0.1:{port};")
    line = re.compile(r"^( *server )bot-\d+:5005( .*;\n)", re.MULTILINE)
    first = True

    def ours(match: re.Match[str]) -> str:
        nonlocal first
        first = not first
        return "" if first else "".join(f"{match[1]}127.0.0.1:{one}{match[2]}" for one in servers)

    (home / "nginx.conf").write_text(line.sub(ours, text), encoding="utf-8")
    command = ["nginx", "-p", str(home), "-c", "nginx.conf", "-g", "daemon off;"]
    return Part("nginx", command, lambda: _is_open(port), home)


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str) -> str:
    folders = {"postgres": sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]}
    folders["rabbitmq-server"] = [Path("/usr/lib/rabbitmq/bin")]
    search = os.pathsep.join([*map(str, folders.get(name, [])), os.environ.get("PATH", ""), "/usr/sbin"])
    return shutil.which(name, path=search) or ""


def _port(part: Part) -> int:
    """The port that a part's command or environment names."""
    named = part.environment.get("RABBITMQ_NODE_PORT")
    options = list(part.command)
    at = next((options.index(option) for option in ("-p", "--port") if option in options), None)
    return int(named or options[at + 1]) if at is not None or named else 0


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_alive(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
            return True
    except OSError:
        return False


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


def _open_the_way_to(folder: Path) -> None:
    """Lets the accounts of the services pass through the temporary folders above."""
    for above in (folder, *folder.parents[:2]):
        with contextlib.suppress(PermissionError):
            above.chmod(above.stat().st_mode | 0o011)
