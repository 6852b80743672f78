"""The REST channel: POST /webhooks/rest/webhook, ``{"sender": …, "message": …}`` → list of messages.

A request may hold a ``message_id``: sent again with the same one, it gets the first answer again. One message
too many then gets 429 with Retry-After; without the id, by which nobody sends it again, 200 and a sentence.

Rasa's own shares one conversation between all who send no ``sender``, gives ``[]`` and a traceback for a
message that is no text, splits answers at blank lines and drops their metadata (sources and their dates).
"""

from __future__ import annotations

import uuid
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import limits, turn
from bot.channels.origins import open_to_sites

MAX_SENDER_CHARACTERS = 128
MAX_MESSAGE_ID_CHARACTERS = 64


class RestChannel(InputChannel):
    """Answers each message in the response to its request."""

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; ``on_new_message`` is not used, since a turn must answer whatever happens."""
        routes = Blueprint("rest_channel")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        @open_to_sites(routes, "/webhook", "POST")
        async def receive(request: Request) -> HTTPResponse:
            body = _body(request)
            messages = await turn.take(
                Sanic.get_app(),
                body.get("message"),
                _sender(body),
                self.name(),
                turn.client_metadata(body),
                _message_id(body),
            )
            refused = limits.http_of(messages) if _message_id(body) else {}
            return response.json(messages, ensure_ascii=False, **refused)

        return routes


def _body(request: Request) -> dict[str, Any]:
    try:
        body = request.json
    except Exception:
        return {}
    return body if isinstance(body, dict) else {}


def _sender(body: dict[str, Any]) -> str:
    """The conversation's id; a request without one starts a conversation of its own."""
    sender = body.get("sender")
    if isinstance(sender, (str, int)) and 0 < len(str(sender)) <= MAX_SENDER_CHARACTERS:
        return str(sender)
    return uuid.uuid4().hex


def _message_id(body: dict[str, Any]) -> str | None:
    message_id = body.get("message_id")
    if isinstance(message_id, str) and 0 < len(message_id) <= MAX_MESSAGE_ID_CHARACTERS:
        return message_id
    return None
