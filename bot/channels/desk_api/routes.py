"""The internal addresses that the mediators' desk calls: /desk/…, open to the shared secret alone.

Without DESK_SECRET in the environment none of them exists. A reverse proxy has no reason to pass /desk on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import logging
import os
from functools import wraps
from typing import Any, Awaitable, Callable, Dict, List

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.desk_api import figures, handover, reading

logger = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[HTTPResponse]]

MAX_TEXT = 4000
MAX_ID = 128
MAX_WORDS = 80
MOST_MESSAGES = 500
MOST_DAYS = 366
MOST_CONVERSATIONS = 200
# What a mediator publishes, such as the desk's own telephone number.
MOST_PUBLIC = 50
# What the desk does with a conversation, by the last part of its address.
STEPS = frozenset({"take", "give_back", "pass_on", "erase", "typing", "news"})


def attach(app: Sanic[Any, Any]) -> None:
    """Mounts the addresses where the desk's secret is known."""
    secret = os.environ.get("DESK_SECRET", "")
    if secret:
        app.blueprint(_routes(secret), url_prefix="/desk")


def _routes(secret: str) -> Blueprint:
    routes = Blueprint("desk_bridge")

    def guarded(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, **parts: Any) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(given, f"Bearer {secret}".encode()):
                return response.empty(status=404)
            agent = getattr(Sanic.get_app().ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.empty(status=503)
            return await handler(request, agent, **parts)

        return checked

    @routes.get("/conversations/<conversation:str>")
    @guarded
    async def show(request: Request, agent: Any, conversation: str) -> HTTPResponse:
        told = await handover.opened(agent, conversation, request.app)
        return response.json(told, ensure_ascii=False)

    @routes.post("/presence")
    @guarded
    async def presence(request: Request, agent: Any) -> HTTPResponse:
        names = [name for name in _texts(request, "conversations", MOST_CONVERSATIONS) if len(name) <= MAX_ID]
        return response.json({"conversations": await handover.presence(agent, names)})

    @routes.post("/conversations/<conversation:str>/<step:str>")
    @guarded
    async def go_on(request: Request, agent: Any, conversation: str, step: str) -> HTTPResponse:
        if step not in STEPS:
            return response.empty(status=404)
        return await _done(request, agent, conversation, step)

    @routes.post("/conversations/<conversation:str>/messages")
    @guarded
    async def say(request: Request, agent: Any, conversation: str) -> HTTPResponse:
        text, message_id = _text(request, "text", MAX_TEXT), _text(request, "message_id", MAX_ID)
        if not text or not message_id:
            return response.empty(status=400)
        try:
            author = _text(request, "author", MAX_ID)
            public = _texts(request, "public", MOST_PUBLIC)
            return _told(
                await handover.say(request.app, agent, conversation, text, message_id, author, public)
            )
        except handover.NotReached:
            logger.error("an adviser's message was not sent: from here the person cannot be written to")
            return response.empty(status=503)

    @routes.post("/conversations/<conversation:str>/facts")
    @guarded
    async def keep_facts(request: Request, agent: Any, conversation: str) -> HTTPResponse:
        return _told(await handover.keep_facts(agent, conversation, _facts(request)))

    @routes.post("/answers")
    @guarded
    async def answer(request: Request, agent: Any) -> HTTPResponse:
        text = _text(request, "text", MAX_TEXT)
        if not text:
            return response.empty(status=400)
        wording, conversation = _text(request, "wording", 16), _text(request, "conversation", MAX_ID)
        messages = await handover.answers(agent, text, _facts(request), wording, conversation)
        return response.json({"messages": messages}, ensure_ascii=False)

    @routes.post("/facts")
    @guarded
    async def read(request: Request, agent: Any) -> HTTPResponse:
        text = _text(request, "text", MAX_TEXT)
        if not text:
            return response.empty(status=400)
        return response.json(await reading.read(agent, text, _facts(request)), ensure_ascii=False)

    @routes.post("/days")
    @guarded
    async def read_day(request: Request, agent: Any) -> HTTPResponse:
        words = _text(request, "words", MAX_WORDS)
        if not words:
            return response.empty(status=400)
        return response.json(reading.day(words, dt.datetime.now(dt.UTC)), ensure_ascii=False)

    @routes.get("/misunderstood")
    @guarded
    async def misunderstood(request: Request, agent: Any) -> HTTPResponse:
        limit = _number(request, "limit", MOST_MESSAGES)
        found = await asyncio.to_thread(figures.misunderstood, agent.tracker_store, limit)
        return response.json({"messages": found}, ensure_ascii=False)

    @routes.get("/statistics")
    @guarded
    async def statistics(request: Request, agent: Any) -> HTTPResponse:
        days = _number(request, "days", MOST_DAYS)
        return response.json(await asyncio.to_thread(figures.statistics, agent.tracker_store, days))

    return routes


async def _done(request: Request, agent: Any, conversation: str, step: str) -> HTTPResponse:
    """The answer to one of the ``STEPS``."""
    app, body = request.app, _body(request)
    if step == "take":
        return _told(await handover.take(app, agent, conversation, at_desk=body.get("at_desk") is True))
    if step == "give_back":
        return _told(await handover.give_back(app, agent, conversation, by_time=body.get("by_time") is True))
    if step == "pass_on":
        return _told(await handover.pass_on(app, agent, conversation))
    if step == "erase":
        return _told(await handover.erase(app, agent, conversation))
    if step == "typing":
        await handover.show_typing(app, conversation)
        return _told(True)
    what, values = body.get("what"), body.get("values")
    if what not in handover.NEWS or not isinstance(values, dict):
        return response.empty(status=400)
    return _told(await handover.tell(app, agent, conversation, what, values))


def _told(is_done: bool) -> HTTPResponse:
    return response.json({"done": is_done}, status=200 if is_done else 404)


def _body(request: Request) -> Dict[str, Any]:
    try:
        body = request.json
    except Exception:
        return {}
    return body if isinstance(body, dict) else {}


def _text(request: Request, name: str, longest: int) -> str | None:
    value = _body(request).get(name)
    return value if isinstance(value, str) and 0 < len(value) <= longest else None


def _texts(request: Request, name: str, most: int) -> List[str]:
    value = _body(request).get(name)
    texts = value if isinstance(value, list) else []
    return [text for text in texts if isinstance(text, str) and 0 < len(text) <= MAX_TEXT][:most]


def _facts(request: Request) -> Dict[str, Any]:
    value = _body(request).get("facts")
    return value if isinstance(value, dict) else {}


def _number(request: Request, name: str, most: int) -> int:
    text = request.args.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else most
