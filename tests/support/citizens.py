"""People who talk while something breaks: what got no answer they send again, as the widget does.

What they heard is checked afterwards against what the database holds.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from socketio import packet
from socketio.packet import Packet

from tests.support.clients import MESSAGE, Messages, SocketPerson

ANSWER_SECONDS = 15.0
GIVE_UP_SECONDS = 120.0
PAUSE_SECONDS = 0.4
# Told first; the summary at the end must still hold them, whatever happened between.
FACTS = ("je ne trouve plus ma carte grise", "ma plaque est au format 123 AB 75")
# Each says it all: what it asks must not hang on what was asked before, which differs from one to another.
QUESTIONS = (
    "combien coûte un duplicata de carte grise ?",
    "combien de temps faut-il pour recevoir le duplicata de la carte grise ?",
    "est-ce que je dois déclarer la perte à la police ?",
    "est-ce que je peux rouler sans carte grise en attendant le duplicata ?",
)
SUMMARY = "où en est-on ?"
FAILURES = frozenset({"utter_notice_failure", "utter_notice_not_kept", "utter_notice_unavailable"})
DEGRADED = ("utter_actions_unavailable", "utter_value_unavailable")


@dataclass(frozen=True)
class Said:
    """A message, when it was sent and answered (seconds of one clock), and by which responses."""

    conversation: str
    message_id: str
    text: str
    sent: float
    answered: float
    responses: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether the answer was that the message could not be taken."""
        return bool(FAILURES & set(self.responses))

    @property
    def degraded(self) -> bool:
        """Whether it was answered with less than usual."""
        return self.failed or any(name.startswith(DEGRADED) for name in self.responses)


@dataclass
class Record:
    """Everything that was said, by everybody."""

    said: list[Said] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    summaries: dict[str, str] = field(default_factory=dict)


class RestCitizen:
    """Speaks over REST."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        """A new conversation at that address."""
        self.conversation = uuid.uuid4().hex
        self._session = session
        self._address = f"{address}/webhooks/rest/webhook"

    async def send(self, text: str, message_id: str) -> Messages:
        """The answer; raises where there is none."""
        body = {"sender": self.conversation, "message": text, "message_id": message_id}
        async with self._session.post(self._address, json=body) as answer:
            answer.raise_for_status()
            messages: Messages = await answer.json()
            return messages

    async def leave(self) -> None:
        """Nothing to end."""


class SocketCitizen(SocketPerson):
    """Speaks over a websocket, which is opened again when it breaks."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        """A new conversation at that address."""
        super().__init__(session, address)
        self.conversation = self._conversation

    async def send(self, text: str, message_id: str) -> Messages:
        """The acknowledged answer; raises where there is none."""
        try:
            return await asyncio.wait_for(self._exchange(text, message_id), ANSWER_SECONDS)
        except Exception:
            await self.leave()
            raise

    async def _exchange(self, text: str, message_id: str) -> Messages:
        socket = self._socket or await self._connect()
        self._said += 1
        body = {"message": text, "session_id": self._conversation, "message_id": message_id}
        # As the widget does, for the other windows of the conversation.
        body["shown"] = text
        event = Packet(packet.EVENT, ["user_uttered", body], id=self._said)
        await socket.send_str(MESSAGE + str(event.encode()))
        while True:
            received = await self._receive(socket)
            if received.packet_type == packet.ACK and received.id == self._said:
                messages: Messages = received.data[0]["messages"]
                return messages


Citizen = RestCitizen | SocketCitizen


async def say(citizen: Citizen, text: str, record: Record) -> Said | None:
    """What came of the message, sent again until it is answered; None where it never is."""
    message_id, sent = uuid.uuid4().hex, time.monotonic()
    while time.monotonic() < sent + GIVE_UP_SECONDS:
        try:
            answer = await citizen.send(text, message_id)
        except (TimeoutError, aiohttp.ClientError, OSError, KeyError):
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        said = Said(
            citizen.conversation,
            message_id,
            text,
            sent,
            time.monotonic(),
            tuple(str((one.get("metadata") or {}).get("response")) for one in answer),
            tuple(str(one.get("text")) for one in answer),
        )
        record.said.append(said)
        return said
    record.unanswered.append(message_id)
    return None


async def converse(citizen: Citizen, record: Record, goes_on: Callable[[], bool]) -> None:
    """Tells the facts, asks while it goes on, and has the case summed up; repeats what could not be taken."""
    for fact in FACTS:
        await _insist(citizen, fact, record)
    rank = 0
    while goes_on():
        await say(citizen, QUESTIONS[rank % len(QUESTIONS)], record)
        rank += 1
        await asyncio.sleep(PAUSE_SECONDS)
    # The summary holds the last answers too: the same for everybody, however much was asked between.
    for question in reversed(QUESTIONS):
        await _insist(citizen, question, record)
    summary = await _insist(citizen, SUMMARY, record)
    record.summaries[citizen.conversation] = "\n".join(summary.texts) if summary else ""
    await citizen.leave()


async def _insist(citizen: Citizen, text: str, record: Record) -> Said | None:
    while True:
        said = await say(citizen, text, record)
        if said is None or not said.degraded:
            return said
        await asyncio.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class Findings:
    """What the comparison with the database found; each list holds ids."""

    messages: int
    degraded: int
    lost: list[str]
    doubled: list[str]
    changed: list[str]


def compare(record: Record, stored: Iterable[str], summary: str) -> Findings:
    """``stored``: the ids of the messages in the database, with repetitions; ``summary``: as undisturbed."""
    counts: dict[str, int] = {}
    for message_id in stored:
        counts[message_id] = counts.get(message_id, 0) + 1
    return Findings(
        len(record.said),
        sum(said.degraded for said in record.said),
        [
            *record.unanswered,
            *(one.message_id for one in record.said if not one.failed and not counts.get(one.message_id)),
            *(one.message_id for one in record.said if not one.responses),
        ],
        [one.message_id for one in record.said if counts.get(one.message_id, 0) > 1],
        [conversation for conversation, text in record.summaries.items() if text != summary],
    )


def seconds_to_recover(said: Sequence[Said], mended: float) -> float:
    """From the mending until the last answer that was not whole was asked for or given."""
    return max([0.0, *(one.answered - mended for one in said if one.degraded)])


def stored_ids(url: str) -> list[str]:
    """The ids of every message in the database of conversations."""
    import json

    import sqlalchemy as sa

    from bot.operations.databases import engine

    found: list[str] = []
    with engine(url).connect() as connection:
        rows: Any = connection.execute(sa.text("SELECT data FROM events WHERE type_name = 'user'"))
        found += [json.loads(data).get("message_id") for (data,) in rows]
    return found
