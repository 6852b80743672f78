"""Simulated people and a mediator who send personal data through every entry, for ``leaks``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import requests

from bot import settings
from tests.support.citizens import Citizen, RestCitizen, SocketCitizen
from tests.support.platforms import WhatsApp
from tests.support.servers.cluster import Cluster
from tests.support.servers.parts import PYTHON, Part
from tests.system.privacy import masking
from tests.system.privacy.masking import Message

MESSAGES_A_CONVERSATION = 10
ANSWER_SECONDS = 60.0
PASSWORD = "une phrase pour cette mesure"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
CODE = re.compile(r"\b(?:[A-Z0-9] ){5}[A-Z0-9]\b")
# In words of their own: what is found of them was said at the desk.
BY_MEDIATOR = tuple(
    masking.parse("mediator", line)
    for line in (
        "Bonjour, je vous rappelle au {07 58 61 40 29}.",
        "Votre plaque {GK-731-TD} est bien enregistrée.",
        "Écrivez à {accueil.kerbrat@mairie-exemple.fr} si besoin.",
        "Le dossier n° {660417735} est chez nous.",
        "C’est monsieur {Kerbrat} qui vous rappelle.",
    )
)


@dataclass
class Talk:
    """What was said and given back."""

    answers: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    messages: int = 0

    def heard(self, answer: Any) -> None:
        """Keeps an answer."""
        self.messages += 1
        self.answers.append(json.dumps(answer, ensure_ascii=False))


class Browser:
    """A mediator's browser: cookies kept, forms sent with the token of the page they stand on."""

    def __init__(self, address: str) -> None:
        """Visits the desk at ``address``."""
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str) -> str:
        """The page."""
        return self._request("GET", path).text

    def send(self, page: str, path: str, **fields: str) -> str:
        """Where the form on ``page`` leads; raises where it is refused."""
        token = TOKEN.search(self.get(page))
        if token is None:
            raise RuntimeError(f"no form on {page}")
        answer = self._request("POST", path, {"csrf": token[1], **fields})
        return answer.headers.get("location", "")

    def _request(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> requests.Response:
        # Browsers send secure cookies to their own machine over an open line; this library does not.
        kept = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._session.cookies)
        headers = {"Cookie": kept} if kept else {}
        answer = self._session.request(
            method, self._address + path, data=fields, headers=headers, allow_redirects=False, timeout=60
        )
        answer.raise_for_status()
        return answer


async def say_all(citizens: Sequence[Citizen], messages: Sequence[Message], talk: Talk) -> None:
    """Each citizen says a part of the messages, one conversation after the other."""
    for rank, citizen in enumerate(citizens):
        for message in _part(messages, rank):
            talk.heard(await citizen.send(message.text, uuid.uuid4().hex))
        await citizen.leave()


async def say_all_by_whatsapp(
    session: aiohttp.ClientSession, address: str, platform: WhatsApp, messages: Sequence[Message], talk: Talk
) -> list[str]:
    """The same over WhatsApp; the numbers of who wrote."""
    people = [platform.person(rank) for rank in range(conversations(messages))]
    for rank, person in enumerate(people):
        for message in _part(messages, rank):
            webhook = platform.says(person, message.text)
            before = len(platform.shown[person])
            url = f"{address}/webhooks/{platform.channel}/webhook"
            async with session.post(url, data=webhook.body, headers=dict(webhook.headers)) as reply:
                reply.raise_for_status()
            limit = time.monotonic() + ANSWER_SECONDS
            while len(platform.shown[person]) == before:
                if time.monotonic() > limit:
                    raise RuntimeError("no answer by WhatsApp")
                await asyncio.sleep(0.05)
            talk.messages += 1
        talk.answers += [shown.text for shown in platform.shown[person]]
    return people


async def take_a_sheet(
    session: aiohttp.ClientSession, address: str, messages: Sequence[Message], talk: Talk
) -> None:
    """Somebody who gives away a lot on the way has a sheet made and downloads it; then judges an answer."""
    citizen = RestCitizen(session, address)
    said: list[dict[str, Any]] = []

    async def say(text: str) -> None:
        said[:] = await citizen.send(text, uuid.uuid4().hex)
        talk.heard(said)

    for message in messages:
        await say(message.text)
    for text in ("je voudrais ma fiche à imprimer", "/quote_fee", '/inform{"plate_format": "fni"}'):
        await say(text)
    for _ in range(12):
        offered = [button["payload"] for button in said[-1].get("buttons") or ()]
        if "/dont_know" not in offered:
            break
        await say("/dont_know")
    await say("/make_sheet")
    for download in said[0]["metadata"]["downloads"]:
        path = "/fiche" + download["url"].partition("/fiche")[2]
        async with session.get(address + path) as answer:
            answer.raise_for_status()
            talk.sheets.append(_text_of(await answer.read()))
    sheet = "/fiche" + said[0]["metadata"]["downloads"][0]["url"].partition("/fiche")[2].partition("?")[0]
    async with session.post(f"{address}{sheet}/dates", data={"refused_on": messages[0].text}) as answer:
        talk.sheets.append(await answer.text())
    opinion = {"reference": uuid.uuid4().hex, "response": "utter_greet", "helpful": False}
    for reason in ("unclear", messages[0].text):
        body = {**opinion, "reason": reason, "comment": messages[0].text}
        async with session.post(f"{address}/feedback", json=body) as answer:
            await answer.read()


def _text_of(content: bytes) -> str:
    if not content.startswith(b"%PDF"):
        return content.decode("utf-8", "replace")
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


async def be_taken_over(
    session: aiohttp.ClientSession,
    address: str,
    mediator: Browser,
    messages: Sequence[Message],
    talk: Talk,
) -> None:
    """A citizen shows a code, a mediator opens the conversation, and both write pieces of the set."""
    citizen = SocketCitizen(session, address)

    async def say(text: str) -> str:
        talk.heard(await citizen.send(text, uuid.uuid4().hex))
        return str(json.loads(talk.answers[-1])[0]["text"]) if talk.answers[-1] != "[]" else ""

    await say(messages[0].text)
    code = CODE.search(await say("je voudrais un code à montrer au guichet"))
    if code is None:
        raise RuntimeError("no code was given")

    def work(*arguments: Any, **fields: str) -> Any:
        return asyncio.to_thread(mediator.send, *arguments, **fields)

    place = await work("/", "/codes", code=code[0])
    for message in messages:
        await say(message.text)
    for message in BY_MEDIATOR:
        await work(place, f"{place}/messages", text=message.text, message_id=uuid.uuid4().hex)
    case = await work("/fiche", "/dossiers", reason="loss")
    note = "\n".join(message.text for message in (*messages, *BY_MEDIATOR))
    await work(case, case, status="desk", note=note, version="1")
    await work(place, f"{place}/rendre")
    await say("merci, et le prix ?")
    await citizen.leave()


def _part(messages: Sequence[Message], rank: int) -> Sequence[Message]:
    return messages[rank * MESSAGES_A_CONVERSATION : (rank + 1) * MESSAGES_A_CONVERSATION]


def conversations(messages: Sequence[Message]) -> int:
    """How many conversations those messages make."""
    return -(-len(messages) // MESSAGES_A_CONVERSATION)


@contextlib.contextmanager
def desk_of(started: Cluster, folder: Path) -> Iterator[Browser]:
    """A mediator who has accepted an invitation to the desk of the cluster."""
    address = started.environment["DESK_URL"]
    environment = {**started.environment, "ASSISTANT_URL": started.servers[0]}
    answers = f"{address}/health"
    desk = Part("desk", [*PYTHON, "bot.mediator"], lambda: _is_there(answers), folder, environment)
    desk.start()
    try:
        desk.wait()
        command = [*PYTHON, "bot.mediator", "invite", "--role", "mediator"]
        environment = {**os.environ, **environment, "LOG_LEVEL": "WARNING"}
        invited = subprocess.run(
            command, check=True, cwd=settings.ROOT, env=environment, capture_output=True, text=True
        )
        page = "/invitation/" + invited.stdout.strip().rpartition("/")[2]
        browser = Browser(address)
        browser.send(page, page, login="marie", password=PASSWORD, password_again=PASSWORD)
        yield browser
    finally:
        desk.stop()


def _is_there(address: str) -> bool:
    try:
        return requests.get(address, timeout=2, proxies={"http": ""}).ok
    except requests.RequestException:
        return False
