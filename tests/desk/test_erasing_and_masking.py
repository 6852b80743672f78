"""A mediator's words are kept masked; a conversation erased at the desk is gone, its sheets too."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from bot.mediator.bridge import Bridge, Gone
from bot.mediator.desk import Desk
from bot.mediator.work import handovers
from bot.takeaway.addresses import TOKEN_IN_ADDRESS
from bot.takeaway.store import SheetStore
from tests.conftest import Assistant, running
from tests.desk.conftest import NOBODY_HOME, SECRET, Client, OpenDesk, serving, text_of
from tests.support.platforms.callback import Callback

PIECES = {"06 47 83 29 77": "[téléphone]", "GX-742-RK": "[plaque SIV]", "b.w@exemple.fr": "[adresse mail]"}
REPLY = "Appelez Paul au 06 47 83 29 77 pour la GX-742-RK, ou écrivez à b.w@exemple.fr avant lundi."
REFUSED = "ma demande de duplicata est refusée, j'ai reçu le refus le 3 novembre 2026, que faire ?"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def assistant(state: Path) -> Iterator[Assistant]:
    """An assistant that logs everything, with a messaging service whose calls wait in the mailbox."""
    callback = Callback().environment(f"{NOBODY_HOME}/")
    with running(state, LOG_LEVEL="DEBUG", DESK_SECRET=SECRET, **callback) as started:
        yield started


@pytest.fixture(scope="module")
def bridge(assistant: Assistant) -> Bridge:
    """The desk's way to it."""
    return Bridge(assistant.address, SECRET)


@pytest.fixture(scope="module")
def open_desk(assistant: Assistant, state: Path) -> Iterator[OpenDesk]:
    """A desk beside it."""
    sheets = SheetStore(f"sqlite:///{state / 'conversations.db'}", dt.timedelta(days=30))
    yield from serving(Desk(f"sqlite:///{state / 'mediators.db'}", SECRET, assistant.address, lambda: sheets))


@pytest.fixture(scope="module")
def mediator(open_desk: OpenDesk) -> Client:
    """Somebody at the desk."""
    return open_desk.signed_in("mediator", "marie")


def take(open_desk: OpenDesk, mediator: Client, conversation: str) -> str:
    """The page of the conversation, taken by the mediator."""
    with open_desk.desk.database.transaction() as connection:
        now = dt.datetime.utcnow()
        number = handovers.request(connection, conversation, "", "chat", now)
    assert mediator.post(f"/conversations/{number}/prendre", "/fiche").status_code == 303
    return f"/conversations/{number}"


def reply(mediator: Client, page: str, text: str) -> None:
    sent = mediator.post(f"{page}/messages", page, text=text, message_id=uuid.uuid4().hex)
    assert sent.status_code == 303, sent.text


def follow(mediator: Client, path: str, page: str, **fields: str) -> requests.Response:
    """The page to which a form leads."""
    return mediator.get(mediator.post(path, page, **fields).headers["location"])


def left_in(state: Path) -> list[tuple[str, str]]:
    """Each piece of the reply found in a file."""
    files = [(file.name, file.read_bytes()) for file in state.rglob("*") if file.is_file()]
    return [(name, piece) for name, content in files for piece in PIECES if piece.encode() in content]


class Window:
    """A person's open window: socket.io by polling."""

    def __init__(self, assistant: Assistant, conversation: str) -> None:
        """Opens it on the conversation."""
        self._address = f"{assistant.address}/socket.io/?EIO=4&transport=polling"
        sid = json.loads(requests.get(self._address, timeout=60).text[1:])["sid"]
        self._address += f"&sid={sid}"
        self._send("40")
        self.hear()
        self._send("42" + json.dumps(["session_request", {"session_id": conversation}]))
        self.hear()

    def _send(self, packet: str) -> None:
        requests.post(self._address, packet, timeout=60).raise_for_status()

    def hear(self) -> str:
        """What comes next."""
        answer = requests.get(self._address, timeout=60)
        return answer.content.decode()


def test_a_mediators_reply_is_kept_masked_by_the_bot_and_the_desk_and_seen_as_typed(
    assistant: Assistant, open_desk: OpenDesk, mediator: Client, bridge: Bridge, state: Path
) -> None:
    conversation = assistant.conversation()
    conversation.say("combien coûte un duplicata")
    page = take(open_desk, mediator, conversation.sender)
    window = Window(assistant, conversation.sender)
    reply(mediator, page, REPLY)
    heard = window.hear()
    assert all(piece in heard for piece in PIECES), heard

    kept = bridge.conversation(conversation.sender)["messages"][-1]
    assert all(mask in kept["text"] for mask in PIECES.values())
    assert left_in(state) == []
    shown = text_of(mediator.get(page).text)
    assert "au [téléphone] pour la [plaque SIV]" in shown and "Gardé masqué, comme ci-dessus." in shown
    assert "Ce qui est gardé est masqué" in shown
    reply(mediator, page, "Bonjour, je lis votre dossier.")
    assert text_of(mediator.get(page).text).count("Gardé masqué, comme ci-dessus.") == 1


def test_on_a_messaging_service_the_waiting_reply_is_masked(
    assistant: Assistant, bridge: Bridge, state: Path
) -> None:
    webhook = Callback().says("user-7", "bonjour")
    address = f"{assistant.address}/webhooks/callback/webhook"
    requests.post(address, webhook.body, headers=dict(webhook.headers), timeout=60).raise_for_status()

    def rows(query: str) -> list[tuple[str]]:
        with closing(sqlite3.connect(state / "channels.db", timeout=20)) as database:
            return database.execute(query).fetchall()

    for _ in range(200):
        if lanes := rows("SELECT lane FROM addresses"):
            break
        time.sleep(0.05)
    ((lane,),) = lanes
    bridge.take(lane)
    bridge.say(lane, REPLY, uuid.uuid4().hex)
    waiting = [json.loads(call) for (call,) in rows("SELECT call FROM outbox")]
    texts = [message["text"] for call in waiting for message in call["body"]["messages"]]
    assert any("au [téléphone] pour la [plaque SIV]" in text for text in texts), texts
    assert left_in(state) == []


def sheet_given(assistant: Assistant) -> tuple[str, str]:
    """A conversation and the address of the sheet made in it."""
    conversation = assistant.conversation()
    conversation.send(REFUSED)
    for _ in range(12):
        if "fiche" in str(conversation.send("/dont_know")):
            break
    said = conversation.say("/make_sheet")
    address = re.search(r"https?://\S+/fiche/[\w-]{27}", said)
    assert address, said
    return conversation.sender, address[0]


def test_the_address_of_a_sheet_stands_in_no_file(assistant: Assistant, state: Path) -> None:
    _, address = sheet_given(assistant)
    token = TOKEN_IN_ADDRESS.findall(address)[0]
    contents = {file.name: file.read_bytes() for file in state.rglob("*") if file.is_file()}
    stored = b"".join(content for name, content in contents.items() if name.startswith("conversations.db"))
    assert b"/fiche/sealed." in stored and b"/fiche/[fiche]" in contents["log.txt"]
    assert [name for name, content in contents.items() if token.encode() in content] == []


def test_a_conversation_erased_at_the_desk_takes_its_sheets_along(
    assistant: Assistant, open_desk: OpenDesk, mediator: Client, bridge: Bridge
) -> None:
    conversation, by_bot = sheet_given(assistant)
    page = take(open_desk, mediator, conversation)
    made = follow(mediator, f"{page}/a-emporter", page, reason="loss", refused_on="2026-10-03")
    by_desk = re.search(r'<p class="address">(\S+)</p>', made.text)
    elsewhere = follow(mediator, "/fiche/a-emporter", "/fiche", reason="loss", refused_on="2026-10-03")
    other = re.search(r'<p class="address">(\S+)</p>', elsewhere.text)
    pasted = follow(mediator, "/fiche/a-emporter", "/fiche", reason="theft", refused_on="2026-10-03")
    told = re.search(r'<p class="address">(\S+)</p>', pasted.text)
    assert by_desk and other and told
    reply(mediator, page, f"Voici votre fiche : {told[1]} (gardez cette adresse)")
    assert told[1] in bridge.conversation(conversation)["messages"][-1]["text"]

    # The desk of this test gives addresses of the default port.
    def status(address: str) -> int:
        token = TOKEN_IN_ADDRESS.findall(address)[0]
        return requests.get(f"{assistant.address}/fiche/{token}", timeout=60).status_code

    everything = [by_bot, by_desk[1], told[1], other[1]]
    assert [status(address) for address in everything] == [200, 200, 200, 200]
    window = Window(assistant, conversation)
    assert mediator.post(f"{page}/effacer", page).status_code == 303
    assert '"erased"' in window.hear()
    assert [status(address) for address in everything] == [404, 404, 404, 200]
    with pytest.raises(Gone):
        bridge.conversation(conversation)
    assert mediator.get(page).status_code == 409
    assert open_desk.journal()[-1][1] == "conversation_erased"
