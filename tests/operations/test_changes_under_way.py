"""Servers stop, start and change their model while people talk: nobody notices."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import aiohttp

from tests.support import citizens
from tests.support.citizens import Findings, Record, RestCitizen, SocketCitizen
from tests.support.servers.cluster import Cluster, Part

CHANGE_SECONDS = 120


def while_people_talk(servers: Cluster, change: Callable[[], None]) -> Findings:
    """What became of people's messages during the change."""

    async def run() -> Findings:
        record, calm, is_over = Record(), Record(), False
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            await citizens.converse(RestCitizen(session, servers.address), calm, lambda: False)
            people = [kind(session, servers.address) for kind in (RestCitizen, SocketCitizen)]
            talking = asyncio.gather(*(citizens.converse(one, record, lambda: not is_over) for one in people))
            await asyncio.to_thread(change)
            is_over = True
            await talking
        stored = citizens.stored_ids(servers.environment["CONVERSATIONS_DB"])
        return citizens.compare(record, stored, next(iter(calm.summaries.values())))

    return asyncio.run(run())


def ready(address: str) -> dict:
    with urllib.request.urlopen(f"{address}/ready", timeout=10) as answer:
        return json.load(answer)


def assert_nobody_noticed(found: Findings) -> None:
    assert found.messages > 5
    assert (found.lost, found.doubled, found.changed, found.degraded) == ([], [], [], 0)


def test_a_stopped_server_finishes_its_turns_and_the_other_takes_the_rest(servers: Cluster) -> None:
    stopped: Part = servers.parts["bot-1"]
    codes = []

    def restart() -> None:
        time.sleep(1)
        stopped.send(signal.SIGTERM)
        assert stopped.process is not None
        codes.append(stopped.process.wait(timeout=60))
        stopped.start()
        stopped.wait()

    found = while_people_talk(servers, restart)
    assert codes == [0]
    assert_nobody_noticed(found)


def test_a_new_model_answers_without_a_pause(servers: Cluster, models: Path) -> None:
    def replace() -> None:
        shutil.copy(models / "first.tar.gz", models / "second.tar.gz")
        servers.parts["bot-2"].send(signal.SIGHUP)
        limit = time.monotonic() + CHANGE_SECONDS
        while ready(servers.servers[1])["model"] != "second" and time.monotonic() < limit:
            time.sleep(0.3)

    found = while_people_talk(servers, replace)
    assert ready(servers.servers[1])["model"] == "second"
    assert_nobody_noticed(found)


def test_a_model_that_cannot_be_read_changes_nothing(servers: Cluster, models: Path) -> None:
    before = ready(servers.servers[1])["model"]
    broken = models / "third.tar.gz"
    broken.write_bytes(b"no archive")
    log = servers.parts["bot-2"].folder / "bot-2.log"
    seen = log.stat().st_size
    servers.parts["bot-2"].send(signal.SIGHUP)
    limit = time.monotonic() + CHANGE_SECONDS
    while "cannot be loaded" not in log.read_text()[seen:] and time.monotonic() < limit:
        time.sleep(0.3)
    broken.unlink()
    assert "cannot be loaded" in log.read_text()[seen:]
    assert ready(servers.servers[1])["model"] == before


def test_the_metrics_count_what_was_answered_and_name_nobody(servers: Cluster) -> None:
    found = []
    for name in ("bot-1", "bot-2"):
        port = servers.parts[name].environment["METRICS_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            found.append(answer.read().decode())
    text = "\n".join(found)
    answered = re.findall(r'assistant_turns_total\{channel="(\w+)",outcome="answered"\} (\d+)', text)
    assert {channel for channel, _ in answered} >= {"rest", "socket"}
    assert all(int(number) > 0 for _, number in answered)
    assert 'assistant_model_info{fingerprint="second"}' in text
    assert not re.search(r"[0-9a-f]{32}", text)


def test_a_log_line_names_its_conversation_by_a_hash_alone(servers: Cluster) -> None:
    """The action server is down for a moment, so that there is something to log."""
    actions = servers.parts["actions"]
    actions.kill()

    async def ask() -> tuple[str, list[str]]:
        async with aiohttp.ClientSession() as session:
            citizen = RestCitizen(session, servers.servers[0])
            answer = await citizen.send("ma plaque est au format 123 AB 75", "c" * 32)
            return citizen.conversation, [one["metadata"]["response"] for one in answer]

    conversation, responses = asyncio.run(ask())
    actions.start()
    actions.wait()
    assert any(response.startswith("utter_actions_unavailable") for response in responses)
    log = (servers.parts["bot-1"].folder / "bot-1.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    named = [line["conversation"] for line in lines if "degraded answer" in line["event"]]
    assert named and re.fullmatch(r"[0-9a-f]{16}", named[-1])
    assert conversation not in log and "123 AB 75" not in log
