"""docs/openapi.yaml against the running servers: real requests, real answers, and every route of theirs."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import hashlib
import hmac
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import (
    RequestsOpenAPIRequest,
    RequestsOpenAPIResponse,
    RequestsOpenAPIWebhookRequest,
)
from openapi_core.exceptions import OpenAPIError
from openapi_spec_validator import validate

from bot import settings
from bot.nlg import french
from bot.takeaway.addresses import TOKEN_IN_ADDRESS
from tests.conftest import running
from tests.support.platforms.base import Webhook
from tests.support.platforms.callback import SECRET as CALLBACK_SECRET
from tests.support.platforms.callback import Callback, Mail

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTION = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
PAYLOADS = yaml.safe_load((ROOT / "tests" / "channels" / "payloads.yml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method.upper(), path)
    for path, item in DESCRIPTION["paths"].items()
    for method in METHODS
    if method in item
]
DESK_SECRET = "a secret for tests only, long enough"
ANOTHER_ADDRESS = {"X-Forwarded-For": "192.0.2.7"}
MESSAGES_OF_ONE_ADDRESS = 150
MESSAGES_OF_ONE_CONVERSATION = 15
INTERNAL = ("status", "requests", "messages", "withdrawals", "codes")
SECONDS = 60
# What these servers do not say while everything works: other tests have a server that stops, a store that
# cannot erase, a request too large.
NOT_PLAYED = {"413", "501", "503"}
# For people, for browsers or of a shape that others publish; the file says so in its first lines.
NOT_DESCRIBED = ("/widget/", "/socket.io", "/static")
PAGES_FOR_PEOPLE = frozenset(
    "/ /assistant /cadre /cadre/exemple /donnees-personnelles /sans-javascript".split()
)


@dataclass
class Servers:
    """The assistant and its desk, and what was found of each call."""

    addresses: dict[str, str]
    openapi: OpenAPI
    met: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def call(
        self,
        method: str,
        path: str,
        rightly: bool = True,
        parts: dict[str, str] | None = None,
        **request: Any,
    ) -> requests.Response:
        """Calls the path with its parts filled in, and compares request and answer with the description.

        Of what is meant to be refused (not ``rightly``), the answer alone.
        """
        item = DESCRIPTION["paths"][path]
        server = (item.get("servers") or DESCRIPTION["servers"])[0]["url"]
        prepared = requests.Request(
            method, self.addresses[server] + path.format(**(parts or {})), **request
        ).prepare()
        with requests.Session() as session:
            session.trust_env = False
            answer = session.send(prepared, allow_redirects=False, timeout=SECONDS)
        self.met.setdefault((method, path), set()).add(str(answer.status_code))
        asked = RequestsOpenAPIRequest(prepared)
        try:
            if rightly:
                self.openapi.validate_request(asked)
            if answer.content or answer.status_code < 400:
                self.openapi.validate_response(asked, RequestsOpenAPIResponse(answer))
            elif str(answer.status_code) not in item[method.lower()]["responses"]:
                raise OpenAPIError(f"status {answer.status_code} is not described")
        except OpenAPIError as error:
            why = f"{error!r} {error.__cause__!r}"
            # What is wrong stands at the end, behind the whole answer.
            self.faults.append(f"{method} {path} {answer.status_code}: {why[-400:]}")
        return answer


class Received(ThreadingHTTPServer):
    """A program of somebody's that the assistant posts its answers to."""

    def __init__(self) -> None:
        """Listens on a free port."""
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.requests: list[requests.PreparedRequest] = []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def wait_for(self, path: str) -> requests.PreparedRequest:
        """The first request to that path."""
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit:
            for request in self.requests:
                if str(request.url).endswith(path):
                    return request
            time.sleep(0.05)
        raise AssertionError(f"nothing was posted to {path}")


class _Receiver(BaseHTTPRequestHandler):
    server: Received

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = self.server.address + self.path
        self.server.requests.append(requests.Request("POST", url, dict(self.headers), data=body).prepare())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Received]:
    with Received() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, receiver: Received) -> Iterator[Servers]:
    """The assistant with its desk and both callbacks, after everything described was asked of it once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        **Callback().environment(f"{receiver.address}/answers"),
        **Mail().environment(f"{receiver.address}/letters"),
        "DESK_SECRET": DESK_SECRET,
        "DESK_PORT": str(port),
        "DESK_URL": f"http://127.0.0.1:{port}",
        "ASSISTANT_TRUSTED_PROXIES": "1",
        "ASSISTANT_MESSAGES_PER_MINUTE": str(MESSAGES_OF_ONE_CONVERSATION),
        "ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS": str(MESSAGES_OF_ONE_ADDRESS),
    }
    with running(tmp_path_factory.mktemp("state"), **variables) as assistant:
        addresses = {
            "https://assistant.example.fr": assistant.address,
            "http://desk.example.internal:5006": f"http://127.0.0.1:{port}",
        }
        here = copy.deepcopy(DESCRIPTION)
        for place in (here, *here["paths"].values()):
            for server in place.get("servers", ()):
                server["url"] = addresses.get(server["url"], server["url"])
        started = Servers(addresses, OpenAPI.from_dict(here))
        _wait_for(addresses["http://desk.example.internal:5006"] + "/health")
        talk_and_judge(started)
        post_by_callback(started)
        read_sheets(started)
        work_at_the_desk(started)
        export_and_erase(started)
        yield started


def _wait_for(address: str) -> None:
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(address, timeout=SECONDS)
            return
        time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def talk_and_judge(servers: Servers) -> None:
    for path in ("/health", "/ready", "/webhooks/rest/", "/webhooks/socket/"):
        servers.call("GET", path)
    say, sender = "/webhooks/rest/webhook", uuid.uuid4().hex
    for message in ("Combien coûte un duplicata ?", "/quote_fee", "", "x" * 4001):
        servers.call("POST", say, json={"sender": sender, "message": message, "context_page": "accueil"})
    servers.call("POST", say, json={"message": "bonjour", "message_id": "1"})
    servers.call("POST", say, rightly=False, json={"message": 3})
    servers.call("POST", say, rightly=False, data=b"no JSON")
    servers.call("POST", say, json={"message": "bonjour"}, headers={"Origin": "https://elsewhere.example"})
    pushed = {"sender": sender, "heard": ""}
    servers.call("POST", "/webhooks/rest/pushed", json=pushed)
    servers.call(
        "POST", "/webhooks/rest/pushed", json=pushed, headers={"Origin": "https://elsewhere.example"}
    )
    for rank in range(MESSAGES_OF_ONE_CONVERSATION + 1):
        hasty = {"sender": "hasty", "message": "bonjour", "message_id": str(rank)}
        servers.call("POST", say, json=hasty)
    opinion = {"reference": uuid.uuid4().hex, "response": "utter_faq/cost", "helpful": False}
    for reason in ("unclear", None):
        servers.call("POST", "/feedback", json={**opinion, "reason": reason})
    servers.call("POST", "/feedback", rightly=False, json={**opinion, "helpful": "no"})
    servers.call("POST", "/feedback", json=opinion, headers={"Origin": "https://elsewhere.example"})
    for _ in range(MESSAGES_OF_ONE_ADDRESS + 1):
        servers.call("POST", "/feedback", json=opinion, headers=ANOTHER_ADDRESS)
    for method in ("GET", "DELETE"):
        parts = {"conversation": uuid.uuid4().hex}
        servers.call(method, "/conversations/{conversation}", parts=parts, headers=ANOTHER_ADDRESS)


def post_by_callback(servers: Servers) -> None:
    for platform in (Callback(), Mail()):
        path = f"/webhooks/{platform.channel}/webhook"
        user = platform.person(1)
        _post(servers, path, platform.says(user, "Combien coûte un duplicata ?"))
        _post(servers, path, platform.signed(b'{"id": []}'), rightly=False)
        servers.call("POST", path, rightly=False, data=b"{}")
        servers.call("GET", path, rightly=False)


def _post(servers: Servers, path: str, webhook: Webhook, rightly: bool = True) -> None:
    servers.call("POST", path, rightly, data=webhook.body, headers=dict(webhook.headers))


def read_sheets(servers: Servers) -> None:
    page, letter = "/fiche/{document}", "/fiche/{token}/lettre/{document}"
    token = _sheet_of_a_refusal(servers)
    for ending in ("", ".pdf", ".ics"):
        servers.call("GET", page, parts={"document": token + ending})
    servers.call("GET", page, parts={"document": token}, params={"version": "simple"})
    for name in ("gracious_appeal", "gracious_appeal.docx", "nothing"):
        servers.call("GET", letter, parts={"token": token, "document": name})
    servers.call("GET", "/fiche")
    servers.call("GET", page, parts={"document": "nothing"})
    tomorrow, yesterday = (dt.date.today() + dt.timedelta(days=days) for days in (2, -1))
    for parts in ({"token": token}, {"token": "nothing"}):
        for day in (yesterday, tomorrow):
            form = {"refused_on": day.isoformat()}
            servers.call("POST", "/fiche/{token}/dates", parts=parts, data=form)
        servers.call("POST", "/fiche/{token}/effacer", parts=parts)


def _sheet_of_a_refusal(servers: Servers) -> str:
    """The token of a sheet on a refusal of late, so that its days are still to come."""
    day, sender = french.date(dt.date.today() - dt.timedelta(days=20)), uuid.uuid4().hex
    messages = [f"ma demande de duplicata est refusée, j'ai reçu le refus le {day}, que faire ?"]
    for message in messages:
        said = servers.call(
            "POST", "/webhooks/rest/webhook", json={"sender": sender, "message": message}
        ).json()
        offered = [button["payload"] for answer in said for button in answer.get("buttons", ())]
        found = TOKEN_IN_ADDRESS.search("\n".join(answer["text"] for answer in said))
        if found:
            return found[0]
        # Each question asked on the way gets an "I don't know".
        messages.append("/dont_know" if "/dont_know" in offered else "/make_sheet")
        assert len(messages) < 15, said
    raise AssertionError("no sheet")


def work_at_the_desk(servers: Servers) -> None:
    key = {"Authorization": f"Bearer {DESK_SECRET}"}
    sender = uuid.uuid4().hex
    servers.call(
        "POST", "/webhooks/rest/webhook", json={"sender": sender, "message": "qu'est-ce que blorg ?"}
    )
    servers.call(
        "POST", "/webhooks/rest/webhook", json={"sender": sender, "message": "/inform{}", "message_id": "2"}
    )
    here, nowhere = {"conversation": sender}, {"conversation": uuid.uuid4().hex}
    one = "/desk/conversations/{conversation}"
    for headers, rightly in ((key, True), ({"Authorization": "Bearer guess"}, False)):
        servers.call("GET", one, rightly, here, headers=headers)
        for conversation in (here, nowhere):
            for step in ("take", "typing", "pass_on", "give_back"):
                parts = {**conversation, "step": step}
                servers.call("POST", f"{one}/{{step}}", rightly, parts, json={}, headers=headers)
            news = {"what": "left_alone", "values": {}}
            parts = {**conversation, "step": "news"}
            servers.call("POST", f"{one}/{{step}}", rightly, parts, json=news, headers=headers)
            said = {"text": "Bonjour, je regarde.", "message_id": "1"}
            servers.call("POST", f"{one}/messages", rightly, conversation, json=said, headers=headers)
            facts = {"facts": {"reason": "loss", "plate_format": "siv"}}
            servers.call("POST", f"{one}/facts", rightly, conversation, json=facts, headers=headers)
        asked = {"text": "Combien ça coûte ?", "wording": "easy", "conversation": None, **facts}
        servers.call("POST", "/desk/answers", rightly, json=asked, headers=headers)
        servers.call("GET", "/desk/misunderstood", rightly, params={"limit": 5}, headers=headers)
        servers.call("GET", "/desk/statistics", rightly, params={"days": 2}, headers=headers)
        presence = {"conversations": [sender]}
        servers.call("POST", "/desk/presence", rightly, json=presence, headers=headers)
        told = {"text": "carte volée hier"}
        servers.call("POST", "/desk/facts", rightly, json=told, headers=headers)
        words = {"words": "il y a six semaines"}
        servers.call("POST", "/desk/days", rightly, json=words, headers=headers)
        for path in INTERNAL:
            servers.call("POST", f"/internal/{path}", rightly, json=here, headers=headers)
    servers.call("GET", one, parts=here, headers=key)
    servers.call("POST", f"{one}/messages", False, here, json={"text": ""}, headers=key)
    for path in ("answers", "facts", "days"):
        servers.call("POST", f"/desk/{path}", False, json={}, headers=key)
    servers.call("POST", f"{one}/{{step}}", False, {**here, "step": "news"}, json={}, headers=key)
    for path in INTERNAL:
        servers.call("POST", f"/internal/{path}", False, json={}, headers=key)


def export_and_erase(servers: Servers) -> None:
    path, sender = "/conversations/{conversation}", uuid.uuid4().hex
    servers.call("POST", "/webhooks/rest/webhook", json={"sender": sender, "message": "bonjour"})
    servers.call("GET", path, parts={"conversation": sender})
    servers.call("GET", path, parts={"conversation": "guess"})
    servers.call("DELETE", path, parts={"conversation": sender})
    elsewhere = {"Origin": "https://elsewhere.example"}
    servers.call("DELETE", path, parts={"conversation": sender}, headers=elsewhere)


def test_the_description_is_valid_openapi() -> None:
    validate(DESCRIPTION)


def test_requests_and_answers_are_as_described(servers: Servers) -> None:
    assert not servers.faults, "\n".join(servers.faults)


def test_everything_described_is_called(servers: Servers) -> None:
    assert set(servers.met) == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_status_described_is_met(servers: Servers, method: str, path: str) -> None:
    described = set(DESCRIPTION["paths"][path][method.lower()]["responses"])
    assert described - NOT_PLAYED <= servers.met[method, path] <= described


def test_an_answer_that_lacks_what_is_described_is_noticed(servers: Servers) -> None:
    url = servers.addresses["https://assistant.example.fr"] + "/webhooks/rest/webhook"
    asked = RequestsOpenAPIRequest(requests.Request("POST", url, json={"message": "bonjour"}).prepare())
    answer = requests.Response()
    answer.status_code, answer._content = 200, b'[{"recipient_id": "a", "text": "Bonjour"}]'
    answer.headers["Content-Type"] = "application/json"
    with pytest.raises(OpenAPIError):
        servers.openapi.validate_response(asked, RequestsOpenAPIResponse(answer))


@pytest.mark.parametrize(("name", "path"), [("answer", "/answers"), ("letter", "/letters")])
def test_what_is_posted_to_you_is_as_described_and_signed(
    servers: Servers, receiver: Received, name: str, path: str
) -> None:
    posted = receiver.wait_for(path)
    servers.openapi.validate_webhook_request(RequestsOpenAPIWebhookRequest(posted, name))
    assert isinstance(posted.body, bytes)
    signed = posted.headers["X-Assistant-Timestamp"].encode() + b"." + posted.body
    digest = hmac.new(CALLBACK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert posted.headers["X-Assistant-Signature"] == f"sha256={digest}"


@pytest.mark.parametrize("platform", [Callback(), Mail()], ids=lambda platform: platform.channel)
def test_documented_payloads_are_as_described(platform: Callback | Mail) -> None:
    openapi = OpenAPI.from_dict(DESCRIPTION)
    url = f"{DESCRIPTION['servers'][0]['url']}/webhooks/{platform.channel}/webhook"
    for payload in PAYLOADS[platform.channel]:
        headers = dict(platform.signed(b"").headers)
        request = requests.Request("POST", url, headers=headers, json=payload["body"])
        openapi.validate_request(RequestsOpenAPIRequest(request))


def test_every_route_of_the_assistants_server_is_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanic import Sanic

    from bot.server import create_app

    variables = {
        **settings.DEFAULTS,
        **dict.fromkeys(("ACTION_SERVER_URL", "REDIS_URL", "EVENT_BROKER_URL"), ""),
        **Callback().environment("http://127.0.0.1:9/"),
        **Mail().environment("http://127.0.0.1:9/"),
        "DESK_SECRET": DESK_SECRET,
        "CONVERSATIONS_URL": f"sqlite:///{tmp_path / 'conversations.db'}",
        "CONVERSATIONS_DB": str(tmp_path / "conversations.db"),
        "FEEDBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'feedback.db'}",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.setattr(Sanic, "_app_registry", {})
    app = create_app(tmp_path)
    routes = {
        (method, _described("/" + route.path))
        for route in app.router.routes
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    described = {
        (method, _described(path)) for method, path in OPERATIONS if not path.startswith("/internal/")
    }
    routes = {route for route in routes if _is_for_programs(route[1])}
    assert (routes - described, described - routes) == (set(), set())


def test_every_route_of_the_desk_that_is_no_page_is_described(tmp_path: Path) -> None:
    from bot.mediator.desk import Desk
    from bot.mediator.pages import PAGES
    from bot.mediator.web.application import create_application
    from bot.takeaway.store import SheetStore

    sheets = SheetStore(f"sqlite:///{tmp_path / 'sheets.db'}", dt.timedelta(days=1))
    desk = Desk(f"sqlite:///{tmp_path / 'desk.db'}", DESK_SECRET, "http://127.0.0.1:9", lambda: sheets)
    pages = {page.path for page in PAGES}
    routes = {route.path for route in create_application(desk).routes} - pages  # type: ignore[attr-defined]
    described = {path for _, path in OPERATIONS if path.startswith("/internal/")}
    assert {path for path in routes if _is_for_programs(path)} == described | {"/health"}


def _described(path: str) -> str:
    """A path without the names of its parts and without a slash at its end: the two sides name them apart."""
    return re.sub(r"<[^>]+>|\{[^}]+\}", "{}", path).rstrip("/") or "/"


def _is_for_programs(path: str) -> bool:
    return not path.startswith(NOT_DESCRIBED) and path not in PAGES_FOR_PEOPLE
