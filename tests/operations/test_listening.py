"""Servers listen where they are told, over IPv6 as over IPv4, and no proxy is asked for them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from bot import desk_link, listening, settings

# Nobody listens at the discard port.
PROXIES = {name: "http://127.0.0.1:9" for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY")}
DEPLOY = settings.ROOT / "deploy"


def can_connect(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family) as caller:
        caller.settimeout(5)
        return caller.connect_ex((host, port)) == 0


def need_ipv6() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_host_is_listened_on_with_or_without_its_brackets(host: str) -> None:
    need_ipv6()
    with listening.listener(host, 0) as sock:
        assert can_connect(socket.AF_INET6, "::1", sock.getsockname()[1])


def test_every_interface_is_reached_over_ipv4_and_over_ipv6() -> None:
    need_ipv6()
    with listening.listener("::", 0) as sock:
        port = sock.getsockname()[1]
        assert can_connect(socket.AF_INET6, "::1", port) and can_connect(socket.AF_INET, "127.0.0.1", port)


def test_a_machine_without_ipv6_listens_on_every_interface_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    with listening.listener("::", 0) as sock:
        assert sock.family == socket.AF_INET
        assert can_connect(socket.AF_INET, "127.0.0.1", sock.getsockname()[1])
    assert listening.single("::") == "0.0.0.0"


def test_localhost_is_found_at_its_ipv4_address() -> None:
    with listening.listener("localhost", 0) as sock:
        assert can_connect(socket.AF_INET, "127.0.0.1", sock.getsockname()[1])


def test_addresses_of_ipv6_hosts_have_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESK_PUBLIC_URL", "ASSISTANT_PUBLIC_URL", "ASSISTANT_URL", "DESK_PORT", "ASSISTANT_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESK_HOST", "::1")
    monkeypatch.setenv("ASSISTANT_HOST", "::1")
    assert desk_link.public_address() == "http://[::1]:5006"
    assert desk_link.assistant_address() == settings.public_url() == "http://[::1]:5005"


class Well(BaseHTTPRequestHandler):
    """Is well, unless it is asked at /ready: then as well as ``status`` says."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def part(status: int) -> Iterator[str]:
    """The port of a server that answers with that status."""
    handler = type("Handler", (Well,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_address[1])
        server.shutdown()


def health_checks() -> dict[str, list[str]]:
    """What the containers run to learn whether they are well, by the setting that holds the port asked."""
    image = re.search(r"HEALTHCHECK .*\n +CMD (\[.*\])", (DEPLOY / "Dockerfile").read_text())
    assert image
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    _, *desk = services["desk"]["healthcheck"]["test"]
    return {"ASSISTANT_PORT": yaml.safe_load(image[1]), "DESK_PORT": desk}


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
@pytest.mark.parametrize("name", ["ASSISTANT_PORT", "DESK_PORT"])
def test_a_container_asks_itself_and_no_proxy_whether_it_is_well(name: str, status: int, code: int) -> None:
    (python, *command) = health_checks()[name]
    assert python == "python"
    with part(status) as port:
        own = {"PYTHONPATH": str(settings.ROOT), "ASSISTANT_HOST": "::", "DESK_HOST": "::", name: port}
        done = subprocess.run([sys.executable, *command], env={**os.environ, **PROXIES, **own}, timeout=60)
    assert done.returncode == code
