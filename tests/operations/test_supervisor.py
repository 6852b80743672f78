"""However the supervisor ends, what it started ends too; a closed terminal is no wish for another model."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot import addresses
from tests.conftest import ROOT, Assistant, running

# A server first answers the turns under way.
END_SECONDS = 40
# Nobody listens at the discard port.
DEAD_PROXY = "http://127.0.0.1:9"
# Everything over IPv6, where this machine has it.
LOOPBACK = "::1" if socket.has_dualstack_ipv6() else "127.0.0.1"
# The supervisor with one service that needs no model; what it is asked to renew is written to a file.
SMALL = """
import sys
from pathlib import Path
from bot.supervisor import Service, Supervisor
renewed = Path(sys.argv[1])
with Supervisor([service := Service("service", ["http.server", "0", "--bind", "127.0.0.1"])]) as supervisor:
    supervisor.start([service])
    supervisor.watch(renewed.touch)
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``own`` says."""
    return tmp_path_factory.mktemp("own") / "log.txt"


@pytest.fixture(scope="module")
def own(log: Path) -> Iterator[Assistant]:
    """An assistant that the last test with it stops; a proxy is named to it that answers nobody."""
    with running(log.parent, http_proxy=DEAD_PROXY, HTTP_PROXY=DEAD_PROXY, ALL_PROXY=DEAD_PROXY) as started:
        yield started


def until(holds: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether it came to hold in that time."""
    limit = time.monotonic() + seconds
    while not holds() and time.monotonic() < limit:
        time.sleep(0.2)
    return holds()


def children(supervisor: int, number: int = 2) -> list[psutil.Process]:
    """What the supervisor has started, once they are that many."""
    process = psutil.Process(supervisor)
    assert until(lambda: len(process.children()) == number)
    return process.children()


def has_not_ended(process: psutil.Process) -> bool:
    """A zombie has ended: whoever adopted it has not asked for its end yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def left_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended in the time they may take; killed then, so that no test leaves any."""
    _, waited_for = psutil.wait_procs(processes, timeout=END_SECONDS)
    left = [process for process in waited_for if has_not_ended(process)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return left


class Terminal:
    """A terminal in which one command runs."""

    def __init__(self, command: str, *arguments: str, **settings: str) -> None:
        """Runs the shell's ``command`` on Python with those arguments."""
        self.shown = ""
        self._screen, inside = pty.openpty()
        self.started = subprocess.Popen(
            ["sh", "-c", f'{command} "$0" "$@"', sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inside)
        self._is_open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while self._is_open:
            if select.select([self._screen], [], [], 0.1)[0]:
                # Linux answers so once nobody is left in it.
                with contextlib.suppress(OSError):
                    self.shown += os.read(self._screen, 65536).decode(errors="replace")

    def close(self) -> None:
        """Closes it, as the window's cross does."""
        self._is_open = False
        # While somebody reads a terminal it is not gone.
        self._reader.join()
        os.close(self._screen)


@contextlib.contextmanager
def small(command: str, renewed: Path) -> Iterator[Terminal]:
    """A terminal with the supervisor and its one service in it; both are ended at the end."""
    terminal = Terminal(command, "-c", SMALL, str(renewed))
    service = children(terminal.started.pid, 1)
    try:
        # It would fail to say so on a closed one.
        assert until(lambda: "Serving HTTP" in terminal.shown)
        yield terminal
    finally:
        terminal.started.terminate()
        terminal.started.wait(timeout=END_SECONDS)
        assert left_of(service) == []


def test_a_start_says_its_own_words_and_no_librarys(own: Assistant, log: Path) -> None:
    children(own.supervisor.pid)
    assert "13,76" in own.conversation().say("combien coûte un duplicata")
    said = re.sub(r"\d+(\.\d+){3}:\d+|\b\d+ s", "…", log.read_text()).splitlines()
    assert said == [
        "• The model is up to date",
        "• Starting",
        "  loading the model (about … left)",
        "• Ready in …. Open http://… (Ctrl-C stops everything)",
        "• The mediators' desk: http://…",
    ]


def test_a_hang_up_that_somebody_sends_lets_the_servers_take_todays_model(own: Assistant, log: Path) -> None:
    server = own.process("bot.server")
    own.supervisor.send_signal(signal.SIGHUP)
    assert until(lambda: "answering with the model" in log.read_text())
    assert server.is_running()
    assert "13,76" in own.conversation().say("combien coûte un duplicata")


def test_signals_while_it_stops_leave_nothing_behind(own: Assistant) -> None:
    servers = children(own.supervisor.pid)
    for _ in range(200):
        own.supervisor.send_signal(signal.SIGTERM)
        own.supervisor.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert left_of(servers) == []
    assert own.supervisor.wait(timeout=END_SECONDS) == 0


def test_a_killed_supervisor_leaves_no_server_that_nobody_knows(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        servers = children(started.supervisor.pid)
        started.supervisor.kill()
        started.supervisor.wait()
        assert left_of(servers) == []


def test_a_closed_terminal_ends_the_assistant_that_was_started_in_it(tmp_path: Path) -> None:
    terminal = Terminal(
        "exec",
        "-m",
        "bot",
        ASSISTANT_HOST=LOOPBACK,
        DESK_HOST=LOOPBACK,
        ASSISTANT_PORT=str(port := free_port()),
        ASSISTANT_SWITCHES=str(tmp_path),
        CHANNELS_DB=str(tmp_path / "channels.db"),
        CONVERSATIONS_DB=str(tmp_path / "conversations.db"),
        FEEDBACK_DATABASE_URL=f"sqlite:///{tmp_path / 'feedback.db'}",
        DESK_PORT=str(free_port()),
        DESK_DB_URL=f"sqlite:///{tmp_path / 'desk.db'}",
    )
    assert until(lambda: "The mediators' desk" in terminal.shown or terminal.started.poll() is not None)
    servers = children(terminal.started.pid)
    assert f"Open {addresses.here(LOOPBACK, port)} (Ctrl-C" in terminal.shown
    terminal.close()
    assert left_of([psutil.Process(terminal.started.pid), *servers]) == []
    assert "% loading the model (about" in terminal.shown and "Warning" not in terminal.shown


def test_a_hang_up_sent_while_the_terminal_is_there_renews(tmp_path: Path) -> None:
    with small("exec", tmp_path / "renewed") as terminal:
        terminal.started.send_signal(signal.SIGHUP)
        assert until((tmp_path / "renewed").exists, 20)
        assert terminal.started.poll() is None


def test_what_is_to_outlive_its_terminal_does_and_can_still_be_renewed(tmp_path: Path) -> None:
    # As nohup does, which also writes a file.
    with small("trap '' HUP; exec", tmp_path / "renewed") as terminal:
        terminal.close()
        time.sleep(2)
        assert terminal.started.poll() is None and not (tmp_path / "renewed").exists()
        # By then the terminal is long gone.
        time.sleep(5)
        terminal.started.send_signal(signal.SIGHUP)
        assert until((tmp_path / "renewed").exists, 20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
