"""A real browser on the running assistant, and sites of others that embed the widget."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Assistant

WIDGET = Path(__file__).resolve().parents[2] / "bot" / "widget"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ANSWER_MILLISECONDS = 30_000
# Filed by the page itself, so that a test can ask for them.
WATCH_POLICY = """
  window.policyViolations = [];
  document.addEventListener("securitypolicyviolation", (event) => window.policyViolations.push(event.violatedDirective));
"""
# As a proxy that lets no websocket through.
WITHOUT_WEBSOCKET = """
  window.WebSocket = class {
    constructor() { setTimeout(() => this.onerror?.(new Event("error"))); }
    close() {}
  };
"""


def chromium() -> str | None:
    """Where the browser is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def need(tool: object, name: str) -> None:
    """Skips the test where a tool is missing, or fails it where nothing may be skipped."""
    if tool:
        return
    if os.environ.get("TEST_EVERYTHING"):
        pytest.fail(f"{name} is missing")
    pytest.skip(f"{name} is missing")


class Widget:
    """The widget on a page, as a person finds it: by names and roles."""

    def __init__(self, page: Any) -> None:
        """The page that shows it."""
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self) -> Widget:
        """The panel, opened by its button."""
        self.page.get_by_role("button", name="Une question").click()
        return self

    def type(self, text: str) -> None:
        """Types into the field."""
        self.page.get_by_label("Votre question", exact=True).fill(text)

    def send(self, text: str) -> None:
        """Types and sends, without waiting."""
        self.type(text)
        self.page.get_by_role("button", name="Envoyer").click()

    def ask(self, text: str) -> str:
        """The answer to a question."""
        before = self.answers.count()
        self.send(text)
        return self.wait_for_answer(before)

    def wait_for_answer(self, before: int) -> str:
        """The text of the answer that follows the ``before`` first ones."""
        self.answers.nth(before).wait_for(timeout=ANSWER_MILLISECONDS)
        return self.answers.nth(before).inner_text()

    @property
    def answers(self) -> Any:
        """The assistant's messages, the greeting first."""
        return self.page.locator("li.bot")

    @property
    def said(self) -> Any:
        """The person's messages."""
        return self.page.locator("li.user")

    @property
    def state(self) -> Any:
        """The line that says how the connection is."""
        return self.page.locator("p.state")

    def kept(self) -> dict[str, Any]:
        """What the tab keeps."""
        return json.loads(self.page.evaluate("Object.values(sessionStorage)[0]"))

    def focused(self) -> str:
        """The class, id or tag of the focused element inside the widget; "" where it is not in it."""
        return self.page.evaluate(
            """() => {
              const inside = document.querySelector("assistant-carte-grise").shadowRoot.activeElement;
              return inside ? inside.id || inside.className || inside.tagName : "";
            }"""
        )


# While Playwright runs, this thread has a running event loop: tests of other files start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium."""
    need(chromium(), "chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visit(assistant: Assistant, browser: Any) -> Iterator[Callable[..., Widget]]:
    """Opens a page of the assistant (or an address) in a browser of its own; no error may occur in it."""
    opened: list[tuple[Any, Widget]] = []

    def go(path: str = "/", before: Callable[[Any], None] | None = None, **options: Any) -> Widget:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "fr-FR", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(ANSWER_MILLISECONDS)
        if options.get("java_script_enabled", True):
            context.add_init_script(WATCH_POLICY)
        page = context.new_page()
        widget = Widget(page)
        if before:
            before(page)
        page.goto(path if path.startswith("http") else assistant.address + path)
        opened.append((context, widget))
        return widget

    yield go
    for context, widget in opened:
        errors = widget.errors
        context.close()
        assert errors == []


@pytest.fixture
def events(assistant: Assistant) -> Callable[[str], list[dict[str, Any]]]:
    """Reads the stored events of a conversation."""
    database = assistant.process("bot.server").environ()["CONVERSATIONS_DB"]

    def read(conversation: str) -> list[dict[str, Any]]:
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                "select data from events where sender_id = ? order by id", [conversation]
            )
            return [json.loads(data) for (data,) in rows]

    return read


class Mediator:
    """What a person at the desk does with conversations, as the desk's own process asks for it."""

    def __init__(self, assistant: Assistant) -> None:
        """Asks this assistant."""
        self._assistant = assistant
        self._secret = assistant.process("bot.server").environ()["DESK_SECRET"]

    def take(self, conversation: str) -> None:
        """Silences the bot."""
        self._post(f"{conversation}/take", {})

    def say(self, conversation: str, text: str) -> None:
        """Writes to the person."""
        self._post(f"{conversation}/messages", {"text": text, "message_id": uuid.uuid4().hex})

    def give_back(self, conversation: str) -> None:
        """Lets the bot answer again."""
        self._post(f"{conversation}/give_back", {})

    def _post(self, path: str, body: dict[str, str]) -> None:
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        address = f"{self._assistant.address}/desk/conversations/{path}"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200


@pytest.fixture
def mediator(assistant: Assistant) -> Mediator:
    """Somebody at the desk."""
    return Mediator(assistant)


def scripted(answer: Callable[[dict[str, Any]], Any]) -> Callable[[Any], None]:
    """Makes a page talk to a server that answers as told: a list of messages, or a status."""

    def before(page: Any) -> None:
        page.add_init_script(WITHOUT_WEBSOCKET)
        page.route("**/socket.io/**", lambda route: route.abort())

        def respond(route: Any) -> None:
            told = answer(route.request.post_data_json)
            if isinstance(told, int):
                route.fulfill(status=told, json={"status": told})
            else:
                route.fulfill(json=told)

        page.route("**/webhooks/rest/webhook", respond)
        page.route("**/webhooks/rest/pushed", lambda route: route.fulfill(json=[]))

    return before


@pytest.fixture
def other_site() -> Iterator[Callable[[str, dict[str, str]], str]]:
    """Serves a page of another site; gives its address."""
    pages: dict[str, tuple[bytes, dict[str, str]]] = {}

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, headers = pages.get(self.path, (b"", {}))
            self.send_response(200 if self.path in pages else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(page: str, headers: dict[str, str]) -> str:
        path = f"/page-{len(pages)}"
        pages[path] = (page.encode(), headers)
        return f"http://localhost:{server.server_port}{path}"

    yield serve
    server.shutdown()


def node(script: str, *arguments: str) -> str:
    """What a script prints, run by Node in the widget's folder."""
    need(shutil.which("node"), "node")
    command = ["node", "--input-type=module", "--eval", script, *arguments]
    done = subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
