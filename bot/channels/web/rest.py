"""The REST channel: POST /webhooks/rest/webhook, ``{"sender": …, "message": …}`` → list of messages.

A request may hold a ``message_id``: sent again with the same one, it gets the first answer again. One message
too many then gets 429 with Retry-After; without the id, by which nobody sends it again, 200 and a sentence.

What was said meanwhile that answers nothing (a person who has taken over) comes before the next answer, and
by POST /webhooks/rest/pushed, ``{"sender": …, "heard": …}``, without waiting for it. Such a message has an id
in ``metadata.pushed``; ``heard`` is the last one that the client has, also in a request with a message.

Rasa's own shares one conversation between all who send no ``sender``, gives ``[]`` and a traceback for a
message that is no text, splits answers at blank lines and drops their metadata (sources and their dates).
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.site.cors import open_to_sites
from bot.channels.turns import message_handler, rate_limits
from bot.channels.web import missed

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
            sender, message_id = _sender(body), _name(body, "message_id")
            messages = await message_handler.handle_message(
                Sanic.get_app(),
                body.get("message"),
                sender,
                self.name(),
                message_handler.client_metadata(body),
                message_id,
                partial(missed.pushed, conversation=sender, heard=_heard(body), message_id=message_id),
            )
            refused = rate_limits.http_of(messages) if message_id else {}
            return response.json(messages, ensure_ascii=False, **refused)

        @routes.post("/pushed")
        @open_to_sites(routes, "/pushed", "POST")
        async def give_pushed(request: Request) -> HTTPResponse:
            body = _body(request)
            agent = getattr(Sanic.get_app().ctx, "agent", None)
            messages = await missed.pushed(agent, _sender(body), _heard(body) or "", None) if agent else []
            return response.json(messages, ensure_ascii=False)

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


def _name(body: dict[str, Any], field: str) -> str | None:
    """The name of a message in that field of the request."""
    name = body.get(field)
    if isinstance(name, str) and 0 < len(name) <= MAX_MESSAGE_ID_CHARACTERS:
        return name
    return None


def _heard(body: dict[str, Any]) -> str | None:
    """The last pushed message that the client has, "" before any, None where it does not say."""
    return "" if body.get("heard") == "" else _name(body, "heard")
