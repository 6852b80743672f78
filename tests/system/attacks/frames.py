"""Hostile frames to the socket.io channel over a websocket, each followed by a right one to be answered."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import aiohttp
from hypothesis import strategies as st

from tests.support.clients import MESSAGE, PING, PONG
from tests.system.attacks import hostile
from tests.system.attacks.attack import ANSWER_SECONDS, Outcome

EVENTS = ("user_uttered", "user_uttered", "session_request", "erase")
# Of socket.io: a connection, an event, and the acknowledgement of one.
CONNECT, EVENT, ACK = "0", "2", "3"
FRAMES = (
    "",
    "4",
    "42",
    "42[]",
    '42["user_uttered"]',
    '42["user_uttered",1,2,3]',
    '42["no_such_event",{}]',
    '42{"a":1}',
    "42" + "[" * 20_000,
    "43[",
    "45",
    '451-["user_uttered",{"_placeholder":true,"num":0}]',
    '459999999-["x"]',
    "429999999999999999999999[]",
    "42/nowhere,[]",
    "40/nowhere,",
    "41",
    "0",
    "1",
    "2probe",
    "3",
    "5",
    "6",
    "b4AAAA",
    "bnot base 64",
    "9",
    "x" * 70_000,
)


class Frames:
    """A connection that is opened again when the server ends it."""

    def __init__(self, address: str) -> None:
        """Will connect to the server at ``address``."""
        self._address = f"{address}/socket.io/?EIO=4&transport=websocket"
        self._conversation = uuid.uuid4().hex
        self._loop = asyncio.new_event_loop()
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._number = 0

    def shoot(self, data: st.DataObject) -> Outcome:
        """What became of one drawn frame."""
        frame, number = self._draw(data)
        try:
            return self._loop.run_until_complete(self._exchange(frame, number))
        except TimeoutError:
            self._loop.run_until_complete(self._leave())
            return Outcome(0, "time-out", repr(frame[:160]))

    def close(self) -> None:
        """Ends the connection."""
        self._loop.run_until_complete(self._leave())
        if self._session is not None:
            self._loop.run_until_complete(self._session.close())
        self._loop.close()

    def _draw(self, data: st.DataObject) -> tuple[str | bytes, int | None]:
        """A frame, and the number of its acknowledgement where one is due."""
        how = data.draw(st.integers(0, 7))
        if how == 0:
            return data.draw(st.sampled_from(FRAMES) | hostile.texts), None
        if how == 1:
            return data.draw(st.binary(max_size=100)), None
        right = {
            "message": "combien coûte un duplicata",
            "session_id": self._conversation,
            "message_id": "1",
            "shown": "combien",
            "heard": "",
            "context_page": "mairie",
        }
        self._number += 1
        name = data.draw(st.sampled_from(EVENTS))
        body = hostile.as_json([name, hostile.mutated(data, right)]).decode()
        return f"{MESSAGE}{EVENT}{self._number}{body}", self._number

    async def _exchange(self, frame: str | bytes, number: int | None) -> Outcome:
        socket = self._socket
        if socket is None or socket.closed:
            socket = self._socket = await asyncio.wait_for(self._connect(), ANSWER_SECONDS)
        self._number += 1
        awaited = {self._number} | ({number} if number else set())
        try:
            await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
            request = json.dumps(["session_request", {"session_id": self._conversation}])
            await socket.send_str(f"{MESSAGE}{EVENT}{self._number}{request}")
            await asyncio.wait_for(self._acknowledged(socket, awaited), ANSWER_SECONDS)
        except ConnectionError:
            await self._leave()
            return Outcome(400)
        return Outcome(200)

    async def _acknowledged(self, socket: aiohttp.ClientWebSocketResponse, awaited: set[int]) -> None:
        while awaited:
            text = await self._text(socket)
            if text.startswith(MESSAGE + ACK):
                awaited.discard(int(text[2:].partition("[")[0] or 0))
            elif text == "41":
                raise ConnectionError("the namespace is left")

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        self._session = self._session or aiohttp.ClientSession()
        socket = await self._session.ws_connect(self._address, max_msg_size=0)
        await socket.send_str(MESSAGE + CONNECT)
        while not (await self._text(socket)).startswith(MESSAGE + CONNECT):
            pass
        return socket

    async def _text(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        while True:
            frame: Any = await socket.receive()
            if frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
                raise ConnectionError("the server ended it")
            if frame.type == aiohttp.WSMsgType.ERROR:
                raise ConnectionError("the connection broke")
            if frame.data == PING:
                await socket.send_str(PONG)
            elif isinstance(frame.data, str):
                return frame.data

    async def _leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
