"""Behind proxies the desk counts failed sign-ins by the client's address, and believes no forged one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from bot.mediator.desk import Desk
from bot.mediator.security.throttle import SIGN_IN_FROM_ADDRESS, SIGN_IN_OF_LOGIN
from tests.desk.conftest import Client, OpenDesk, serving

WRONG = "un autre mot de passe"
OpenBehind = Callable[[int], OpenDesk]


@pytest.fixture
def open_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenBehind]:
    """Opens the desk behind that many trusted proxies."""
    with ExitStack() as stack:

        def opened(proxies: int) -> OpenDesk:
            monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", str(proxies))
            return stack.enter_context(contextmanager(serving)(desk))

        yield opened


class FromAnotherHost(HTTPAdapter):
    """Connections that come from another address than the desk's, as in a container network."""

    def init_poolmanager(self, *given: Any, **options: Any) -> None:
        # The other systems have no second loopback address without being told.
        source = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
        super().init_poolmanager(*given, source_address=(source, 0), **options)


@contextmanager
def proxy(target: str, called_from: str) -> Iterator[str]:
    """A reverse proxy that passes requests on to ``target`` as nginx does, called from that address.

    ``X-Forwarded-For`` is what it was sent with its own entry behind (``$proxy_add_x_forwarded_for``).
    """

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            sent = dict(self.headers.items())
            entries = filter(None, (sent.pop("X-Forwarded-For", ""), called_from))
            sent |= {"X-Forwarded-For": ", ".join(entries), "X-Forwarded-Proto": "https"}
            body = self.rfile.read(int(sent.get("Content-Length", 0)))
            # A session of its own: a proxy keeps no cookies.
            session = requests.Session()
            session.trust_env = False
            session.mount("http://", FromAnotherHost())
            answer = session.request(
                self.command, target + self.path, headers=sent, data=body, allow_redirects=False, timeout=30
            )
            self.send_response(answer.status_code)
            for name, value in answer.raw.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def fail_to_sign_in(client: Client, forged: bool = False) -> list[int]:
    """The statuses of as many failures as close the desk to one address, and one more."""
    statuses = []
    for rank in range(SIGN_IN_FROM_ADDRESS.most + 1):
        client.session.headers["X-Forwarded-For"] = f"198.51.100.{rank}" if forged else ""
        # Every login has a limit of its own, which must not be met before.
        login = f"nobody-{rank // (SIGN_IN_OF_LOGIN.most - 1)}"
        statuses.append(client.sign_in(login, WRONG).status_code)
    return statuses


STOPPED = [403] * SIGN_IN_FROM_ADDRESS.most + [429]


def test_who_fails_too_often_does_not_stop_another_behind_the_same_proxy(open_behind: OpenBehind) -> None:
    opened = open_behind(1)
    opened.signed_in("mediator", "marie")
    with proxy(opened.address, "203.0.113.7") as here, proxy(opened.address, "203.0.113.8") as there:
        assert fail_to_sign_in(Client(here)) == STOPPED
        assert Client(here).sign_in("marie").status_code == 429
        assert Client(there).sign_in("marie").status_code == 303


def test_what_a_client_writes_before_the_proxys_entry_is_not_believed(open_behind: OpenBehind) -> None:
    with proxy(open_behind(1).address, "203.0.113.7") as here:
        assert fail_to_sign_in(Client(here), forged=True) == STOPPED


def test_without_a_trusted_proxy_a_forged_header_is_not_believed(open_behind: OpenBehind) -> None:
    assert fail_to_sign_in(open_behind(0).visitor(), forged=True) == STOPPED


def test_behind_two_proxies_the_entry_of_the_first_counts(open_behind: OpenBehind) -> None:
    opened = open_behind(2)
    opened.signed_in("mediator", "marie")
    with (
        proxy(opened.address, "10.0.0.1") as inner,
        proxy(inner, "203.0.113.7") as here,
        proxy(inner, "203.0.113.8") as there,
    ):
        assert fail_to_sign_in(Client(here), forged=True) == STOPPED
        assert Client(there).sign_in("marie").status_code == 303


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("backend:5006", "https://guichet.ville.example", 303),
        ("guichet.ville.example:443", "https://guichet.ville.example", 303),
        ("backend:5006", "http://guichet.ville.example", 400),
        ("backend:5006", "https://guichet.ville.example.evil.example", 400),
        ("backend:5006", "https://evil.example", 400),
        ("backend:5006", "null", 400),
    ],
)
def test_a_form_of_the_public_address_is_taken_whatever_host_a_proxy_writes(
    open_behind: OpenBehind, monkeypatch: pytest.MonkeyPatch, host: str, origin: str, status: int
) -> None:
    monkeypatch.setenv("DESK_PUBLIC_URL", "https://Guichet.Ville.example/")
    opened = open_behind(1)
    opened.signed_in("mediator", "marie")
    client = opened.visitor()
    client.session.headers.update({"Host": host, "Origin": origin})
    assert client.sign_in("marie").status_code == status
