"""Calls to a platform go through the proxy of the environment, calls to this machine never do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.channels.delivery import proxies
from bot.channels.platforms import signatures
from tests.channels.world import ScriptedAgent, run, server, stand_ins
from tests.support.platforms import Telegram

TELEGRAM = "https://api.telegram.org/bot1/sendMessage"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_the_environment_names_the_proxy(environment: pytest.MonkeyPatch) -> None:
    assert proxies.of(TELEGRAM) is None
    environment.setenv("HTTPS_PROXY", "proxy.example.fr:3128")
    assert proxies.of(TELEGRAM) == "http://proxy.example.fr:3128"
    assert proxies.of("http://carrier.example.fr/") is None


def test_what_the_environment_excepts_goes_straight(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "http://user:word@proxy.example.fr:3128")
    environment.setenv("NO_PROXY", ".interieur.example.fr,10.1.2.3")
    assert proxies.of("https://chat.interieur.example.fr/api") is None
    assert proxies.of("https://10.1.2.3:8443/api") is None
    assert proxies.of(TELEGRAM) == "http://user:word@proxy.example.fr:3128"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:5005/x", "https://localhost/x", "http://[::1]:80/", "http://127.8.9.1/"]
)
def test_this_machine_is_never_reached_through_a_proxy(address: str, environment: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        environment.setenv(name, "http://proxy.example.fr:3128")
    assert proxies.of(address) is None


def test_an_answer_leaves_through_the_proxy_and_only_there(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        asked.append(line.decode().strip())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def steps() -> None:
        platform = Telegram()
        listening = await asyncio.start_server(proxy, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        variables = platform.environment("https://api.telegram.example")
        async with server(platform, tmp_path, ScriptedAgent(), variables, give_up=0.1) as here:
            await here.post(platform.says("7", "bonjour"))
            # The proxy took no call: nothing was sent twice, nothing is uncertain.
            assert here.count("uncertain") == 0
        listening.close()
        # The stand-in on this machine is reached in spite of both.
        async with stand_ins([platform]) as own, server(platform, tmp_path, ScriptedAgent(), own) as here:
            await here.say("8", "bonjour")
        assert len(platform.shown["8"]) == 1

    run(steps)
    assert set(asked) == {"CONNECT api.telegram.example:443 HTTP/1.1"}


SECRET = "secret"
NOW = 1_800_000_000


@pytest.mark.parametrize("offset", [-360, 360])
def test_a_clock_that_drifts_is_told_in_the_log(
    offset: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "_told", {"at": float("-inf")})
    signed = signatures.sign_ours(SECRET, b"{}", str(NOW))
    for _ in range(3):
        assert not signatures.ours(SECRET, b"{}", str(NOW), signed, NOW + offset)
    (line,) = [record.getMessage() for record in caplog.records]
    assert "360 seconds" in line and "clock" in line
    assert not signatures.ours(SECRET, b"{}", str(NOW), signed, NOW + offset * 2)
    assert len(caplog.records) == 2


def test_a_forged_request_says_nothing_of_clocks(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "_told", {"at": float("-inf")})
    assert not signatures.ours(SECRET, b"{}", str(NOW), "sha256=guess", NOW + 9999)
    assert not signatures.slack(SECRET, b"{}", str(NOW), "v0=guess", NOW + 9999)
    assert caplog.records == []
