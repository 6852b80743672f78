"""The socket.io channel: an answer is the acknowledgement of its message, and a message is taken once.

Speaks the events of Rasa's own channel (``session_request``, ``user_uttered``, ``bot_uttered``), so that its
clients work: one that sends no ``message_id`` is answered in the shape of Rasa's own, which some of them
check to the key. Rasa's own never awaits ``enter_room``, which python-socketio made a coroutine in 5.10: with
``session_persistence`` nobody gets an answer. It also cannot say that a message arrived.

A client that sends a ``message_id`` gets ``{"message_id", "messages"}`` as acknowledgement, and may send the
message again until it does: the first answer is given again; one message too many is acknowledged with
``{"message_id", "retry_after"}``, the seconds after which it would be read. The other windows of the same
conversation get the event ``exchange``. ``erase`` erases the conversation.

``session_request`` is acknowledged with the ``session_id`` and who answers (``speaker``: "assistant" or
"mediator"); ``served_by`` tells every window when that changes. A client that says in it what it has
(``heard``, the last message that answered none, and ``answered``, the last of its own that was answered) is
sent what it missed. ``typing`` tells the desk that the person types, and tells the windows that the mediator
does: worth showing for some ten seconds.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Mapping
from typing import Any, Awaitable, Callable, Dict, List

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from socketio import AsyncServer

from bot.channels.site import cors
from bot.channels.site.open_windows import WINDOWS
from bot.channels.site.pages import DRAWN_ID
from bot.channels.turns import message_handler, rate_limits
from bot.channels.turns.conversations import erase
from bot.channels.turns.pushed import speaker_of
from bot.channels.web import missed
from bot.channels.web.socketio_server import Sockets
from bot.operations.rooms import rooms
from bot.privacy.masking import mask

logger = logging.getLogger(__name__)

ADDRESS = "/socket.io"
MAX_PACKET_BYTES = 64 * 1024
# What is said to a person who goes back from somebody to the assistant.
LEFT = "utter_handoff_left_person"
# No message has that id: no turn is told to a window that does not say which it has.
NO_TURN = " "


class SocketBlueprint(Blueprint):
    """A blueprint that attaches the socket server to the application it is registered in."""

    def __init__(self, sockets: AsyncServer) -> None:
        """Holds ``sockets`` until then."""
        super().__init__("socket_channel")
        self.ctx.sockets = sockets

    def register(self, app: Sanic[Any, Any], options: Dict[str, Any]) -> None:
        """Registers the routes and the socket server's own."""
        self.ctx.sockets.attach(app, ADDRESS)
        super().register(app, options)  # type: ignore[no-untyped-call]


class PushedMessages(OutputChannel):
    """Sends what nobody asked for (a person's reply) to every window of the conversation."""

    def __init__(self, sockets: AsyncServer) -> None:
        """Sends through ``sockets``."""
        self._sockets = sockets

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "socket"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Sends the message whole to our windows, and in the shape of Rasa's own to the others."""
        whole = message_handler.shown(recipient_id, message)
        await self._sockets.emit("bot_uttered", whole, room=_room(recipient_id, is_ours=True))
        for part in as_rasas_own(whole):
            await self._sockets.emit("bot_uttered", part, room=_room(recipient_id, is_ours=False))

    async def send_speaker(self, conversation: str, speaker: str) -> None:
        """Tells every window who answers from now on."""
        await self._sockets.emit("served_by", {"speaker": speaker}, room=conversation)

    async def send_typing(self, conversation: str) -> None:
        """Tells every window that the mediator writes."""
        await self._sockets.emit("typing", {"speaker": "mediator"}, room=conversation)

    async def send_erased(self, conversation: str) -> None:
        """Tells every window that the conversation is erased."""
        await self._sockets.emit("erased", room=conversation)


class SocketChannel(InputChannel):
    """Conversations over socket.io."""

    def __init__(self) -> None:
        """The socket server, which checks the origin of whoever connects."""
        self._sockets = Sockets(
            async_mode="sanic",
            client_manager=rooms(os.environ.get("REDIS_URL", "")),
            cors_allowed_origins=cors.socket_may_call,
            cors_credentials=False,
            max_http_buffer_size=MAX_PACKET_BYTES,
        )

    @classmethod
    def name(cls) -> str:
        """The name that conditions and the tracker see."""
        return "socket"

    def get_output_channel(self) -> OutputChannel | None:
        """The channel for messages that answer no message."""
        return PushedMessages(self._sockets)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The events and a health route."""
        sockets = self._sockets
        routes = SocketBlueprint(sockets)

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @sockets.on("session_request")
        async def open_session(sid: str, data: Any = None) -> Dict[str, Any]:
            conversation = _text(data, "session_id", 128) or uuid.uuid4().hex
            await sockets.save_session(sid, {"conversation": conversation})
            await sockets.enter_room(sid, conversation)
            is_ours = isinstance(_field(data, "heard"), str)
            await sockets.enter_room(sid, _room(conversation, is_ours))
            await sockets.emit("session_confirm", conversation, to=sid)
            WINDOWS.open(sid, conversation)
            agent = getattr(Sanic.get_app().ctx, "agent", None)
            tracker = await agent.tracker_store.retrieve(conversation) if agent else None
            if is_ours and tracker is not None:
                await self._send_missed(sid, tracker, data["heard"], _field(data, "answered"))
            return {"session_id": conversation, "speaker": speaker_of(tracker)}

        @sockets.on("disconnect")
        async def close(sid: str, *_: Any) -> None:
            WINDOWS.close(sid)

        @sockets.on("typing")
        async def type_(sid: str, _: Any = None) -> None:
            WINDOWS.types(sid)

        @sockets.on("user_uttered")
        async def receive(sid: str, data: Any = None) -> Dict[str, Any]:
            conversation = await self._conversation(sid, data)
            message_id = _text(data, "message_id", 64)
            metadata = message_handler.client_metadata(data)
            messages = await message_handler.handle_message(
                Sanic.get_app(), _field(data, "message"), conversation, self.name(), metadata, message_id
            )
            if any(message["metadata"].get("response") == LEFT for message in messages):
                await sockets.emit("served_by", {"speaker": "assistant"}, room=conversation)
            if message_id is None:
                for part in (part for message in messages for part in as_rasas_own(message)):
                    await sockets.emit("bot_uttered", part, to=sid)
                return {"messages": messages}
            seconds = rate_limits.seconds_to_wait(messages)
            if seconds:
                # Not read: whoever gave it an id sends it again by itself.
                return {"message_id": message_id, "retry_after": seconds}
            exchange = {"message_id": message_id, "messages": messages}
            # The other windows may be another server's: what passes between servers is masked too.
            told = {**exchange, "shown": mask(_text(data, "shown", message_handler.MAX_CHARACTERS) or "")}
            await sockets.emit("exchange", told, room=conversation, skip_sid=sid)
            return exchange

        @sockets.on("erase")
        async def forget(sid: str, data: Any = None) -> Dict[str, Any]:
            conversation = await self._conversation(sid, data)
            try:
                await erase(Sanic.get_app().ctx.agent, conversation)
            except Exception as error:
                logger.error("a conversation could not be erased: %s", type(error).__name__)
                return {"erased": False}
            await sockets.emit("erased", room=conversation, skip_sid=sid)
            return {"erased": True}

        return routes

    async def _send_missed(self, sid: str, tracker: DialogueStateTracker, heard: str, answered: Any) -> None:
        """Sends what happened while this window was away; of turns, only to one that says which it has."""
        conversation = tracker.sender_id
        # A programme may name a conversation after its customer: what was said is for whoever drew the name.
        is_drawn = DRAWN_ID.fullmatch(conversation) is not None
        known = answered if is_drawn and isinstance(answered, str) else NO_TURN
        for event, told in missed.since(conversation, tracker.events, known, heard):
            await self._sockets.emit(event, told, to=sid)

    async def _conversation(self, sid: str, data: Any) -> str:
        """The id that the event names, or the one of the connection."""
        named = _text(data, "session_id", 128)
        if named:
            return named
        session = await self._sockets.get_session(sid)
        return str(session.setdefault("conversation", uuid.uuid4().hex))


def as_rasas_own(message: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """The message as Rasa's own channel sends it: a message a paragraph, the buttons below the last."""
    texts = [part for part in str(message.get("text") or "").strip().split("\n\n") if part]
    buttons = [
        {"content_type": "text", "title": button["title"], "payload": button["payload"]}
        for button in message.get("buttons") or ()
    ]
    parts: List[Dict[str, Any]] = [{"text": text} for text in texts or ([""] if buttons else [])]
    if buttons:
        parts = [{**part, "quick_replies": []} for part in parts]
        parts[-1]["quick_replies"] = buttons
    if message.get("image"):
        parts.append({"attachment": {"type": "image", "payload": {"src": message["image"]}}})
    return parts


def _room(conversation: str, is_ours: bool) -> str:
    """Where the windows that take messages whole are, and those that want Rasa's own shape."""
    return f"{'whole' if is_ours else 'plain'} {conversation}"


def _field(data: Any, name: str) -> Any:
    return data.get(name) if isinstance(data, dict) else None


def _text(data: Any, name: str, longest: int) -> str | None:
    value = _field(data, name)
    return value if isinstance(value, str) and 0 < len(value) <= longest else None
