"""A conversation may meet another server at each message: nothing of it is in a server's memory alone."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aio_pika
import aiohttp
import pytest
from socketio import packet
from socketio.packet import Packet

from bot.operations.events import QUEUE
from tests.support import citizens
from tests.support.citizens import RestCitizen, SocketCitizen
from tests.support.clients import MESSAGE
from tests.support.servers.cluster import Cluster

T = TypeVar("T")
LOST, OLD_PLATE = citizens.FACTS


def talk[T](body: Callable[[aiohttp.ClientSession], Awaitable[T]]) -> T:
    """Runs ``body`` with a session."""

    async def run() -> T:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            return await body(session)

    return asyncio.run(run())


def stored(servers: Cluster) -> list[str]:
    return citizens.stored_ids(servers.environment["CONVERSATIONS_DB"])


def test_facts_told_to_one_server_are_known_to_the_other(servers: Cluster) -> None:
    async def body(session: aiohttp.ClientSession) -> str:
        first, second = (RestCitizen(session, address) for address in servers.servers)
        second.conversation = first.conversation
        await first.send(LOST, uuid.uuid4().hex)
        await second.send(OLD_PLATE, uuid.uuid4().hex)
        return "\n".join(one["text"] for one in await first.send(citizens.SUMMARY, uuid.uuid4().hex))

    summary = talk(body)
    assert "Carte perdue" in summary and "ancien format" in summary


def test_a_message_sent_to_both_servers_is_taken_once(servers: Cluster) -> None:
    message_id = uuid.uuid4().hex

    async def body(session: aiohttp.ClientSession) -> list[Any]:
        first, second = (RestCitizen(session, address) for address in servers.servers)
        second.conversation = first.conversation
        # Together, as when a client loses patience while the first server is still at work.
        return await asyncio.gather(first.send(LOST, message_id), second.send(LOST, message_id))

    answers = talk(body)
    assert answers[0] == answers[1]
    assert stored(servers).count(message_id) == 1


def test_a_button_offered_by_one_server_counts_at_the_other(servers: Cluster) -> None:
    async def body(session: aiohttp.ClientSession) -> tuple[str, list[str]]:
        first, second = (RestCitizen(session, address) for address in servers.servers)
        second.conversation = first.conversation
        offered = [
            button["payload"]
            for message in await first.send("bonjour", uuid.uuid4().hex)
            for button in message.get("buttons") or ()
        ]
        pressed = next(payload for payload in offered if payload.startswith("/faq/"))
        answer = await second.send(pressed, uuid.uuid4().hex)
        return pressed, [message["metadata"]["response"] for message in answer]

    pressed, responses = talk(body)
    assert responses[0] == f"utter_{pressed.removeprefix('/')}"


class Window(SocketCitizen):
    """A window of a conversation that listens for what is said in the others."""

    async def join(self, conversation: str) -> None:
        """Opens the conversation in this window."""
        self._conversation = self.conversation = conversation
        socket = await self._connect()
        event = Packet(packet.EVENT, ["session_request", {"session_id": conversation}], id=0)
        await socket.send_str(MESSAGE + str(event.encode()))
        while (await self._receive(socket)).packet_type != packet.ACK:
            pass

    async def hear(self, name: str) -> Any:
        """The next event of that name."""
        assert self._socket is not None
        while True:
            received = await self._receive(self._socket)
            if received.packet_type == packet.EVENT and received.data[0] == name:
                return received.data[1]


def test_a_window_on_another_server_sees_what_is_said(servers: Cluster) -> None:
    async def body(session: aiohttp.ClientSession) -> Any:
        here, there = (Window(session, address) for address in servers.servers)
        conversation = uuid.uuid4().hex
        await here.join(conversation)
        await there.join(conversation)
        answer = await here.send("combien coûte un duplicata", "a" * 32)
        heard = await asyncio.wait_for(there.hear("exchange"), 30)
        await asyncio.gather(here.leave(), there.leave())
        return answer, heard

    answer, heard = talk(body)
    assert heard["message_id"] == "a" * 32
    assert heard["messages"] == answer


def test_a_session_without_websocket_stays_with_its_server_behind_the_proxy(servers: Cluster) -> None:
    async def body(session: aiohttp.ClientSession) -> Any:
        address = f"{servers.address}/socket.io/?EIO=4&transport=polling"
        async with session.get(address) as opening:
            sid = json.loads((await opening.text())[1:])["sid"]
        address += f"&sid={sid}"
        said = Packet(packet.EVENT, ["user_uttered", {"message": LOST, "message_id": "b" * 32}], id=1)
        for frame in (Packet(packet.CONNECT), said):
            async with session.post(address, data=MESSAGE + str(frame.encode())) as taken:
                assert taken.status == 200, await taken.text()
        while True:
            async with session.get(address) as polled:
                assert polled.status == 200
                for frame in (await polled.text()).split("\x1e"):
                    if frame.startswith("43"):
                        return json.loads(frame.lstrip("0123456789"))[0]

    assert talk(body)["messages"]


def test_every_stored_message_reaches_the_event_queue(servers: Cluster) -> None:
    message_id = uuid.uuid4().hex

    async def body(session: aiohttp.ClientSession) -> dict[str, Any]:
        connection = await aio_pika.connect(servers.environment["EVENT_BROKER_URL"])
        async with connection:
            queue = await (await connection.channel()).declare_queue(QUEUE, durable=True)
            await RestCitizen(session, servers.address).send(LOST, message_id)
            async with queue.iterator(timeout=30) as messages:
                async for message in messages:
                    await message.ack()
                    event: dict[str, Any] = json.loads(message.body)
                    if event.get("message_id") == message_id:
                        return event
        raise LookupError(message_id)

    assert talk(body)["event"] == "user"


def test_both_servers_say_that_they_are_ready_and_with_which_model(servers: Cluster) -> None:
    async def body(session: aiohttp.ClientSession) -> list[Any]:
        found = []
        for address in servers.servers:
            async with session.get(f"{address}/ready") as answer:
                found.append((answer.status, await answer.json()))
        return found

    for status, state in talk(body):
        assert (status, state["missing"], state["degraded"]) == (200, [], [])
        assert state["model"]


@pytest.mark.parametrize("path", ["/metrics", "/conversations", "/model", "/status"])
def test_the_public_port_shows_nothing_of_the_inside(servers: Cluster, path: str) -> None:
    async def body(session: aiohttp.ClientSession) -> int:
        async with session.get(f"{servers.address}{path}") as answer:
            return answer.status

    assert talk(body) in (404, 405)
