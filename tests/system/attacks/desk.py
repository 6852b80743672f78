"""Random and hostile requests against every page of the mediators' desk: ``python -m tests.system desk``.

A desk of its own is started on an empty store. Requests are drawn by Hypothesis over the list of pages, from
nobody, a mediator and an administrator, with right and wrong tokens, odd bytes, wrong methods and sizes. What
must hold: no server error, no page without a session, no page beyond one's role, nothing hostile shown as it
was sent, and a journal that is still whole. Without ``--bot ADDRESS`` the pages that need the bot answer 503,
which is what they are meant to do; those are counted apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, urlencode

import uvicorn
from hypothesis import strategies as st

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.pages import PAGES
from bot.mediator.security.keys import new_token
from bot.mediator.security.roles import Role
from bot.mediator.web.application import server_config
from bot.mediator.web.guard import SESSION_COOKIE, VISITOR_COOKIE
from bot.takeaway.store import SheetStore
from tests.system.attacks.draws import draw

REQUESTS = 10_000
NO_BOT = "http://127.0.0.1:9"
PASSWORD = "only for this measurement"
MARK = "<script>alert(7)</script>"
FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")
NAMES = tuple(
    """
    csrf login password password_again role desk name subdivision day_0 active code text message_id
    reason plate_format refused_on first_registration fiscal_power region wording question note
    status next_on label example du au avant jours garde
    first_on last_on spans closed former invitation
    """.split()
)
VALUES = (
    MARK,
    "' OR 1=1 --",
    "{{7*7}}",
    "${7*7}",
    "../../../../etc/passwd",
    "\0",
    "a\r\nSet-Cookie: x=1",
    "9" * 400,
    "-1",
    "0",
    "1e309",
    "é" * 500,
    "\ud7ff\ue000",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "yes",
    "administrator",
    "theft",
    "fni",
    "2026-10-03",
    "7",
    "true",
    "null",
    "=cmd()",
    "%00",
    "%",
    "+",
    "<svg onload=alert(7)>",
    "x" * 20_000,
)
PATHS = ("/", "//", "/static/../desk.py", "/static/%2e%2e/desk.py", "/health", "/internal/codes", "/%ff")
# What would end the measurement's own sessions.
LEFT_OUT = ("/deconnexion", "/comptes/{account:row}")
SHOTS = (*(page for page in PAGES if page.path not in LEFT_OUT), None)

values = st.sampled_from(VALUES) | st.text(max_size=40)
fields = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=10), values), max_size=12)
parts = st.sampled_from((b"1", b"2", b"3", b"0", b"999999999", b"9" * 30, b"-1", b"%00", b"%ff", b"..", b"'"))
raw_bytes = st.binary(max_size=200)


@dataclass
class Identity:
    """Who asks: the role, and the cookie with the token of its forms."""

    role: Role | None
    cookie: str
    csrf: str


@dataclass
class Findings:
    """What the requests met."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    without_bot: int = 0


def main(arguments: list[str]) -> None:
    """Prints what was met; fails where something must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.system desk", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bot", default=NO_BOT, help="the address of a running bot")
    parser.add_argument("--secret", default=new_token(), help="the secret that this bot shares")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    found = attack(options.requests, options.seed, options.bot, options.secret)
    print(f"{sum(found.statuses.values())} requests in {time.monotonic() - begun:.0f} s")
    for status, count in sorted(found.statuses.items()):
        print(f"  {status}: {count}")
    print(f"  of which 503 because no bot answers: {found.without_bot}")
    for fault in found.faults:
        print(f"✗ {fault}")
    if found.faults:
        sys.exit(1)
    print("✓ no server error, no page without session or role, nothing shown as it was sent, journal whole")


def attack(requests: int, start: int, bot: str, secret: str) -> Findings:
    """What that many requests met."""
    found = Findings()
    with tempfile.TemporaryDirectory() as folder:
        sheets = SheetStore(f"sqlite:///{folder}/sheets.db", dt.timedelta(days=1))
        desk = Desk(f"sqlite:///{folder}/desk.db", secret, bot, lambda: sheets)
        with served(desk) as port:
            people = [_nobody(desk), *(_somebody(desk, role) for role in Role)]

            def one(data: st.DataObject) -> None:
                who = data.draw(st.sampled_from(people))
                _try(port, who, data, found, has_bot=bot != NO_BOT)

            draw(requests, start, one)
        with desk.database.transaction() as connection:
            fault = desk.journal.fault(connection)
            if fault:
                found.faults.append(f"journal: {fault}")
            if len(desk.accounts.all(connection)) != len(Role):
                found.faults.append("an account was made")
    return found


@contextmanager
def served(desk: Desk) -> Iterator[int]:
    """The port that the desk answers on meanwhile."""
    config = server_config(desk, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _nobody(desk: Desk) -> Identity:
    visitor = new_token()
    return Identity(None, f"{VISITOR_COOKIE}={visitor}", desk.keys.digest("form", visitor))


def _somebody(desk: Desk, role: Role) -> Identity:
    with desk.database.transaction() as connection:
        invitation = desk.accounts.invite(connection, role, "measurement", clock.now())
        account = desk.accounts.accept(connection, invitation, role.value[:3] + "-m", PASSWORD, clock.now())
        desk.journal.note(connection, clock.now(), "measurement", "account_made", role.value)
        token = desk.sessions.open(connection, account, clock.now())
    return Identity(role, f"{SESSION_COOKIE}={token}", desk.keys.digest("form", token))


def _try(port: int, who: Identity, data: st.DataObject, found: Findings, has_bot: bool) -> None:
    page = data.draw(st.sampled_from(SHOTS))
    path = _path(page.path, data) if page else data.draw(st.sampled_from(PATHS)).encode()
    method = page.method if page and data.draw(st.integers(0, 9)) else data.draw(st.sampled_from(METHODS))
    given_fields = data.draw(fields)
    if data.draw(st.booleans()):
        given_fields.append(("csrf", who.csrf))
    encoded = urlencode([(_encodable(name), _encodable(value)) for name, value in given_fields]).encode()
    body = encoded if data.draw(st.integers(0, 5)) else data.draw(raw_bytes)
    target = path + (b"?" + encoded[:8000] if method == "GET" else b"")
    status, location, text = _send(port, method, target, body if method != "GET" else b"", who.cookie)
    found.statuses[status] += 1
    named = f"{method} {target[:80]!r} as {who.role}"
    if status == 503 and not has_bot:
        found.without_bot += 1
    elif status >= 500:
        found.faults.append(f"{status}: {named}")
    if page is not None and page.needs is not None and status == 200 and method == page.method:
        if who.role is None or not who.role.may_act_as(page.needs):
            found.faults.append(f"shown without the right: {named}")
    if status == 303 and who.role is None and page and page.needs and location != "/connexion":
        found.faults.append(f"done without a session: {named}")
    if MARK in text:
        found.faults.append(f"shown as it was sent: {named}")


def _path(template: str, data: st.DataObject) -> bytes:
    filled = []
    for part in template.split("/"):
        if part.startswith("{"):
            drawn = data.draw(parts | raw_bytes.map(lambda content: quote_from_bytes(content[:30]).encode()))
            filled.append(drawn)
        else:
            filled.append(part.encode())
    return b"/".join(filled)


def _encodable(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _send(port: int, method: str, target: bytes, body: bytes, cookie: str) -> tuple[int, str, str]:
    """The status, where the answer leads and its text; by hand, since libraries are too polite."""
    lines = [
        f"{method} ".encode() + target + b" HTTP/1.1",
        f"Host: 127.0.0.1:{port}".encode(),
        f"Cookie: {cookie}".encode(),
        f"Content-Type: {FORM}".encode(),
        f"Content-Length: {len(body)}".encode(),
        b"Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        answer = http.client.HTTPResponse(line, method=method)
        answer.begin()
        return answer.status, answer.getheader("location") or "", answer.read().decode("utf-8", "replace")
