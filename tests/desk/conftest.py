"""The desk alone in this process, and a browser-like client that signs in and sends its forms."""

from __future__ import annotations

import datetime as dt
import html
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import pytest
import requests
import uvicorn

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security import passwords
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import DESKS
from bot.mediator.web.application import server_config
from bot.takeaway.store import SheetStore
from tests.conftest import Assistant, running

SECRET = "a secret for tests only, long enough"
PASSWORD = "une phrase assez longue"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
NOBODY_HOME = "http://127.0.0.1:9"


class Client:
    """One browser: cookies kept, forms sent with the token of the page they stand on."""

    def __init__(self, address: str) -> None:
        """Visits the desk at ``address``."""
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options: object) -> requests.Response:
        """A page, redirections not followed."""
        return self._request("GET", path, **options)

    def post(self, path: str, page: str = "/connexion", **fields: str) -> requests.Response:
        """The answer to a form that stands on ``page``."""
        token = TOKEN.search(self.get(page).text)
        assert token, f"no form on {page}"
        return self.send(path, csrf=token[1], **fields)

    def send(self, path: str, **fields: str) -> requests.Response:
        """The answer to exactly these fields."""
        return self._request("POST", path, data=fields)

    def _request(self, method: str, path: str, **options: object) -> requests.Response:
        # Browsers send secure cookies to their own machine over an open line; this library does not.
        kept = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        return self.session.request(
            method,
            self.address + path,
            headers={"Cookie": kept} if kept else {},
            allow_redirects=False,
            timeout=60,
            **options,
        )

    def sign_in(self, login: str, password: str = PASSWORD) -> requests.Response:
        """The answer to the sign-in form."""
        return self.post("/connexion", login=login, password=password)


class OpenDesk:
    """A desk that serves, with what tests need to look behind its pages."""

    def __init__(self, desk: Desk, address: str) -> None:
        """The desk and where it serves."""
        self.desk = desk
        self.address = address
        self.bot = NOBODY_HOME

    def visitor(self) -> Client:
        """Somebody without a session."""
        return Client(self.address)

    def invitation(self, role: str) -> str:
        """The path of a new invitation to that role."""
        with self.desk.database.transaction() as connection:
            token = self.desk.accounts.invite(connection, Role(role), "tests", clock.now())
        return f"/invitation/{token}"

    def number(self, login: str) -> int:
        """The number of the account with that login."""
        with self.desk.database.transaction() as connection:
            account = self.desk.accounts.by_login(connection, login)
        assert account, f"no account {login}"
        return account.id

    def signed_in(self, role: str, login: str | None = None) -> Client:
        """Somebody with a new account of that role."""
        client = self.visitor()
        login = login or f"{role}-{time.monotonic_ns()}"
        path = self.invitation(role)
        answer = client.post(path, path, login=login, password=PASSWORD, password_again=PASSWORD)
        assert answer.status_code == 303, answer.text
        return client

    def journal(self) -> list[tuple[str, str, str]]:
        """Who did what on what, oldest first."""
        with self.desk.database.transaction() as connection:
            lines = self.desk.journal.latest(connection, 1000)
        return [(line.actor, line.action, line.object) for line in reversed(lines)]


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Argon2id with parameters that take no time, for the hundreds of accounts that tests make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[..., Desk]:
    """Opens a desk with a store of its own, and a bot that does not answer unless told where it is."""

    def make(bot_address: str = NOBODY_HOME) -> Desk:
        sheets = SheetStore(f"sqlite:///{tmp_path / 'sheets.db'}", dt.timedelta(days=30))
        return Desk(f"sqlite:///{tmp_path / 'desk.db'}", SECRET, bot_address, lambda: sheets)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk whose pages nobody asks for."""
    return make_desk()


@pytest.fixture
def open_desk(desk: Desk) -> Iterator[OpenDesk]:
    """A desk that serves its pages, without its bot."""
    yield from serving(desk)


@pytest.fixture(scope="session")
def live_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running bot and the desk beside it keep their files."""
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="session")
def live_desk(live_state: Path) -> Iterator[OpenDesk]:
    """A desk in this process that is always within its hours, beside a bot that runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bot = f"http://127.0.0.1:{probe.getsockname()[1]}"
    sheets = SheetStore(f"sqlite:///{live_state / 'conversations.db'}", dt.timedelta(days=30))
    desk = Desk(f"sqlite:///{live_state / 'own.db'}", SECRET, bot, lambda: sheets)
    with desk.database.transaction() as connection:
        week = {str(day): [["00:00", "24:00"]] for day in range(7)}
        connection.execute(DESKS.insert().values(name="Mairie", subdivision="", hours=week))
    for served in serving(desk):
        served.bot = bot
        yield served


@pytest.fixture(scope="session")
def live_assistant(live_state: Path, live_desk: OpenDesk) -> Iterator[Assistant]:
    """The bot whose desk that is."""
    port = live_desk.bot.rpartition(":")[2]
    own = {"ASSISTANT_PORT": port, "DESK_SECRET": SECRET, "DESK_URL": live_desk.address}
    with running(live_state, **own) as started:
        yield started


@pytest.fixture(scope="module")
def own_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant with its desk, for tests that open it: in the shared one, others would find it open."""
    with running(tmp_path_factory.mktemp("own")) as started:
        yield started


def serving(desk: Desk) -> Iterator[OpenDesk]:
    """The desk served on a free port for as long as the caller wants."""
    server = uvicorn.Server(server_config(desk, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the desk did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield OpenDesk(desk, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def text_of(page: str) -> str:
    """The words of a page, without its tags."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


NOW = dt.datetime(2026, 11, 23, 9, 0)
