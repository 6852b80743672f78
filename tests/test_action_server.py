"""The action server answers everybody, whatever one action waits for."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from rasa_sdk.executor import ActionExecutor

from bot import settings
from tests.support.servers.parts import free_port

START_SECONDS = 60


@dataclass
class SlowDesk:
    """A desk that takes requests and answers none before it is told to."""

    asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def slow_desk() -> Iterator[tuple[SlowDesk, str]]:
    desk = SlowDesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            desk.asked.set()
            desk.may_answer.wait(30)
            body = json.dumps({"status": "none", "open": True}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield desk, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        desk.may_answer.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def action_server(slow_desk: tuple[SlowDesk, str]) -> Iterator[str]:
    """The address of a running action server whose desk is slow."""
    port = free_port()
    environment = {**os.environ, "ACTION_SERVER_PORT": str(port)}
    environment |= {"DESK_URL": slow_desk[1], "DESK_SECRET": "a secret for tests only, long enough"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "actions"], cwd=settings.ROOT, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        assert process.poll() is None, "the action server ended"
        try:
            requests.get(f"{address}/health", timeout=2)
            return
        except requests.ConnectionError:
            time.sleep(0.2)
    pytest.fail("the action server did not start")


def call(address: str, action: str) -> list[str]:
    """The names of the responses that the action gives."""
    tracker = {
        "sender_id": action,
        "slots": {},
        "latest_message": {"intent": {}, "entities": []},
        "events": [],
    }
    body: dict[str, Any] = {"next_action": action, "tracker": tracker, "domain": {}}
    answer = requests.post(f"{address}/webhook", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return [said["response"] for said in answer.json()["responses"]]


def test_a_slow_desk_delays_nobody_who_asks_for_something_else(
    slow_desk: tuple[SlowDesk, str], action_server: str
) -> None:
    desk, _ = slow_desk
    with ThreadPoolExecutor() as people:
        asks_for_a_person = people.submit(call, action_server, "action_reach_person")
        assert desk.asked.wait(30)
        # One more waits for the desk than there are processors.
        others = [
            people.submit(call, action_server, "action_reach_person") for _ in range(os.cpu_count() or 1)
        ]
        assert call(action_server, "action_quote_fee")
        assert not asks_for_a_person.done()
        desk.may_answer.set()
        assert {tuple(asked.result(30)) for asked in (asks_for_a_person, *others)} == {
            ("utter_handoff_offer",)
        }


def test_no_action_runs_in_the_event_loop_of_the_server() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert executor.actions
    assert {name for name, run in executor.actions.items() if not inspect.iscoroutinefunction(run)} == set()
