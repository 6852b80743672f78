"""What the server answers to monitors, to mistyped addresses and behind a proxy, without a model."""

from __future__ import annotations

import asyncio
import http.client
import re
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import socketio
from sanic import Sanic

from bot import server, settings
from bot.channels.site import error_pages
from tests.system.channels import serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PUBLIC = "https://assistant.ville.example"
# Addresses that need no conversation, no file and no secret, and one that leads nowhere.
READ = (
    "/",
    "/assistant",
    "/cadre",
    "/sans-javascript",
    "/donnees-personnelles",
    "/health",
    "/ready",
    "/fiche",
    "/fiche/abc.pdf",
    "/fiche/abc/lettre/mandate",
    "/fiche/",
    "/webhooks/rest/",
    "/nowhere",
)


class Served:
    """The server, running in a thread of its own."""

    def __init__(self, app: Sanic) -> None:
        """Starts nothing yet."""
        self.app = app
        self.address = ""
        self.failure: BaseException | None = None
        self._end = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        async def run() -> None:
            async with serving(self.app) as here:
                self.address = here.address
                while not self._end.is_set():
                    await asyncio.sleep(0.02)

        try:
            asyncio.run(run())
        except BaseException as error:
            self.failure = error

    def stop(self) -> None:
        """Ends it."""
        self._end.set()
        self.thread.join(timeout=10)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """The answer and its text; the path goes out as it stands, whatever is in it."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    state = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVERSATIONS_DB", str(state / "conversations.db"))
        patch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{state / 'feedback.db'}")
        patch.setenv("ASSISTANT_SWITCHES", str(state))
        patch.setenv("ASSISTANT_PUBLIC_URL", f"{PUBLIC}/")
        patch.setenv("ASSISTANT_ALLOWED_ORIGINS", "https://WWW.Ville.example/ https://château.example:443")
        for name in ("DESK_SECRET", "REDIS_URL", "ACTION_SERVER_URL", "EVENT_BROKER_URL"):
            patch.setenv(name, "")
        patch.setattr(Sanic, "test_mode", True)
        settings.apply()
        Sanic._app_registry.clear()
        found = Served(server.create_app(state / "no-model.tar.gz"))
        found.thread.start()
        while not found.address:
            assert found.thread.is_alive(), found.failure
            time.sleep(0.02)
        yield found
        found.stop()


@pytest.mark.parametrize("path", READ)
def test_head_tells_what_get_tells_without_the_body(served: Served, path: str) -> None:
    (read, body), (asked, nothing) = (served.ask(method, path, Accept=BROWSER) for method in ("GET", "HEAD"))
    told = [
        {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
        for answer in (read, asked)
    ]
    assert (asked.status, told[1], nothing) == (read.status, told[0], "")
    assert int(asked.headers["Content-Length"]) == len(body.encode())


def test_head_is_refused_where_nothing_is_read(served: Served) -> None:
    answer, _ = served.ask("HEAD", "/webhooks/rest/webhook")
    assert answer.status == 405 and "POST" in str(answer.headers["Allow"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/asistant", None, 404, "Page introuvable"),
        ("GET", "/fiche/abc/lettre/", None, 404, "introuvable"),
        ("GET", "/conversations/abc", None, 404, ""),
        ("POST", "/assistant", b"message=bonjour", 405, "ne s’ouvre pas de cette façon"),
        ("POST", "/sans-javascript", b"message=" + b"a" * server.MAX_BODY_BYTES, 413, "trop long"),
    ],
)
def test_a_browser_gets_a_french_page_and_a_program_a_line(
    served: Served, method: str, path: str, body: bytes | None, status: int, words: str
) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"} if body else {}
    answer, page = served.ask(method, path, body, Accept=BROWSER, **form)
    assert answer.status == status
    if words:
        assert answer.headers["Content-Type"].startswith("text/html") and words in page
        assert '<html lang="fr">' in page and 'assistant">Poser une question à l’assistant' in page
    answer, line = served.ask(method, path, body, Accept="*/*", **form)
    if not path.startswith("/fiche"):
        assert (answer.status, line.replace(" ", "")) == (status, f'{{"status":{status}}}')


def test_a_page_that_fails_says_nothing_of_the_failure(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("bot.channels.site.data_protection.facts", fail)
    answer, page = served.ask("GET", "/donnees-personnelles", Accept=BROWSER)
    assert answer.status == 500 and "Une erreur est survenue" in page and "secret" not in page
    answer, line = served.ask("GET", "/donnees-personnelles")
    assert (answer.status, line) == (500, '{"status":500}')


def test_a_server_that_stops_says_so_in_french_and_when_to_come_back(served: Served) -> None:
    served.app.ctx.is_draining = True
    try:
        answer, page = served.ask("GET", "/assistant", Accept=BROWSER)
        program, line = served.ask("POST", "/webhooks/rest/webhook", b"{}")
    finally:
        served.app.ctx.is_draining = False
    assert (answer.status, program.status, line) == (503, 503, '{"status":503}')
    assert answer.headers["Retry-After"] == program.headers["Retry-After"] == "1"
    assert "Le service redémarre" in page


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("application/xhtml+xml;q=0.5", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=nonsense", False),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_who_asks_for_a_page_gets_one(accept: str, page: bool) -> None:
    assert error_pages.wants_page(accept) is page


def talk(served: Served, **headers: str) -> tuple[int, str | None]:
    body = b'{"sender": "somebody", "message": "bonjour"}'
    answer, _ = served.ask("POST", "/webhooks/rest/webhook", body, Content_Type="application/json", **headers)
    return answer.status, answer.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("host", ["backend:5005", "assistant.ville.example:443", "assistant.ville.example"])
def test_the_public_address_is_known_as_ones_own_whatever_host_a_proxy_writes(
    served: Served, host: str
) -> None:
    assert talk(served, Host=host, Origin=PUBLIC) == (200, PUBLIC)


@pytest.mark.parametrize("origin", ["https://www.ville.example", "https://xn--chteau-xta.example"])
def test_a_listed_site_may_call_however_it_is_written_in_the_settings(served: Served, origin: str) -> None:
    assert talk(served, Origin=origin) == (200, origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://backend.evil.example",
        "http://assistant.ville.example",
        "https://assistant.ville.example.evil.example",
        "https://www.ville.example:8443",
        "null",
    ],
)
def test_another_site_may_not_call(served: Served, origin: str) -> None:
    assert talk(served, Host="backend:5005", Origin=origin) == (403, None)


@pytest.mark.parametrize("host", ["backend:5005", "assistant.ville.example"])
def test_a_socket_is_opened_to_the_public_address(served: Served, host: str) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert served.ask("GET", path, Host=host, Origin=PUBLIC)[0].status == 200
    assert served.ask("GET", path, Host=host, Origin="https://evil.example")[0].status == 400


@pytest.mark.parametrize("folder", ["/widget", "/static", "/fiche", "/webhooks", "/cadre", ""])
@pytest.mark.parametrize(
    "climb", ["..%2f..%2f", "../../", "%2e%2e/%2e%2e/", "..%5c..%5c", "%2e%2e%2f%2e%2e%2f"]
)
def test_no_address_leads_out_of_what_is_served(served: Served, folder: str, climb: str) -> None:
    answer, text = served.ask("GET", f"{folder}/{climb}pyproject.toml", Accept=BROWSER)
    assert answer.status in (400, 404) and "[project]" not in text


def test_a_window_that_sends_again_by_itself_is_told_when(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_MESSAGES_PER_MINUTE", "1")
    conversation = uuid.uuid4().hex

    async def acknowledged() -> list[dict[str, object]]:
        async with socketio.AsyncSimpleClient() as window:
            await window.connect(served.address, transports=["polling"])
            told = {"message": "bonjour", "session_id": conversation}
            return [await window.call("user_uttered", {**told, "message_id": name * 32}) for name in "ab"]

    read, refused = asyncio.run(acknowledged())
    assert read["message_id"] == "a" * 32 and read["messages"]
    assert refused == {"message_id": "b" * 32, "retry_after": refused["retry_after"]}
    assert 50 <= int(str(refused["retry_after"])) <= 60


def test_an_idle_connection_outlives_what_proxies_keep(served: Served) -> None:
    assert served.app.config.KEEP_ALIVE_TIMEOUT >= 100
    nginx = Path(settings.ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert [int(seconds) for seconds in re.findall(r"^ +keepalive_timeout (\d+)s;", nginx, re.M)] == [120]
