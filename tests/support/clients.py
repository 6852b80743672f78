"""One person talking to an assistant, over REST or socket.io; both speak to ours and to stock Rasa alike."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import aiohttp
from socketio import packet
from socketio.packet import Packet

ANSWER_SECONDS = 120
# Kinds of engine.io frames.
PING, PONG, MESSAGE = "2", "3", "4"
Messages = list[dict[str, Any]]


class Person(Protocol):
    """One conversation."""

    async def say(self, text: str) -> Messages:
        """The messages that answer; raises as the transport does where none come."""

    async def leave(self) -> None:
        """Ends the connection."""


class RestPerson:
    """A conversation over REST, each message to the next of the workers."""

    def __init__(self, session: aiohttp.ClientSession, workers: Sequence[str]) -> None:
        """Talks to those addresses in turn, which works only if the workers share their conversations."""
        self._session = session
        self._workers = itertools.cycle(workers)
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> Messages:
        """The messages of the response; raises aiohttp.ClientError where its status is no success."""
        address = f"{next(self._workers)}/webhooks/rest/webhook"
        async with self._session.post(address, json={"sender": self._sender, "message": text}) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def leave(self) -> None:
        """Nothing to end: the connections are the session's."""


class SocketPerson:
    """A conversation over a websocket; the acknowledgement of a message says that its turn is over.

    Speaks engine.io 4 itself: the client of python-socketio needs a later aiohttp than Rasa allows.
    """

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        """Will connect to ``address`` at the first message."""
        self._session = session
        self._address = f"{address}/socket.io/?EIO=4&transport=websocket"
        self._conversation = uuid.uuid4().hex
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._said = 0

    async def say(self, text: str) -> Messages:
        """The acknowledged messages, or those sent until then; raises where none comes in time."""
        return await asyncio.wait_for(self._say(text), ANSWER_SECONDS)

    async def _say(self, text: str) -> Messages:
        socket = self._socket or await self._connect()
        self._said += 1
        body = ["user_uttered", {"message": text, "session_id": self._conversation}]
        await socket.send_str(MESSAGE + str(Packet(packet.EVENT, body, id=self._said).encode()))
        told: Messages = []
        while True:
            received = await self._receive(socket)
            if received.packet_type == packet.EVENT and received.data[0] == "bot_uttered":
                told.append(received.data[1])
            elif received.packet_type == packet.ACK and received.id == self._said:
                return received.data[0]["messages"] if received.data else told

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        self._socket = await self._session.ws_connect(self._address)
        await self._socket.send_str(MESSAGE + str(Packet(packet.CONNECT).encode()))
        while (await self._receive(self._socket)).packet_type != packet.CONNECT:
            pass
        return self._socket

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> Packet:
        """The next packet of socket.io; raises ConnectionError where the connection ends."""
        while True:
            frame = await socket.receive()
            if frame.type != aiohttp.WSMsgType.TEXT:
                raise ConnectionError(f"the websocket ended: {frame.type.name}")
            if frame.data == PING:
                await socket.send_str(PONG)
            elif frame.data.startswith(MESSAGE):
                return Packet(encoded_packet=frame.data[len(MESSAGE) :])

    async def leave(self) -> None:
        """Closes the websocket."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
