"""The internal addresses that the mediators' desk calls: /desk/…, open to the shared secret alone.

Without DESK_SECRET in the environment none of them exists. A reverse proxy has no reason to pass /desk on.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from functools import wraps
from typing import Any, Awaitable, Callable, Dict

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import desk_conversation, desk_figures

logger = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[HTTPResponse]]

MAX_TEXT = 4000
MAX_ID = 128
MOST_MESSAGES = 500
MOST_DAYS = 366
# What a mediator does with a conversation, by the last part of its address.
STEPS = {
    "take": desk_conversation.take,
    "give_back": desk_conversation.give_back,
    "nobody_came": desk_conversation.say_nobody_came,
    "erase": desk_conversation.erase,
}


def attach(app: Sanic) -> None:
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
        told = await desk_conversation.opened(agent, conversation, request.app)
        return response.json(told, ensure_ascii=False)

    @routes.post("/conversations/<conversation:str>/<step:str>")
    @guarded
    async def go_on(request: Request, agent: Any, conversation: str, step: str) -> HTTPResponse:
        if step not in STEPS:
            return response.empty(status=404)
        return _told(await STEPS[step](request.app, agent, conversation))

    @routes.post("/conversations/<conversation:str>/messages")
    @guarded
    async def say(request: Request, agent: Any, conversation: str) -> HTTPResponse:
        text, message_id = _text(request, "text", MAX_TEXT), _text(request, "message_id", MAX_ID)
        if not text or not message_id:
            return response.empty(status=400)
        try:
            return _told(await desk_conversation.say(request.app, agent, conversation, text, message_id))
        except desk_conversation.NotReached:
            logger.error("an adviser's message was not sent: from here the person cannot be written to")
            return response.empty(status=503)

    @routes.post("/conversations/<conversation:str>/facts")
    @guarded
    async def keep_facts(request: Request, agent: Any, conversation: str) -> HTTPResponse:
        return _told(await desk_conversation.keep_facts(agent, conversation, _facts(request)))

    @routes.post("/answers")
    @guarded
    async def answer(request: Request, agent: Any) -> HTTPResponse:
        text = _text(request, "text", MAX_TEXT)
        if not text:
            return response.empty(status=400)
        wording, conversation = _text(request, "wording", 16), _text(request, "conversation", MAX_ID)
        messages = await desk_conversation.answers(agent, text, _facts(request), wording, conversation)
        return response.json({"messages": messages}, ensure_ascii=False)

    @routes.get("/misunderstood")
    @guarded
    async def misunderstood(request: Request, agent: Any) -> HTTPResponse:
        limit = _number(request, "limit", MOST_MESSAGES)
        found = await asyncio.to_thread(desk_figures.misunderstood, agent.tracker_store, limit)
        return response.json({"messages": found}, ensure_ascii=False)

    @routes.get("/statistics")
    @guarded
    async def statistics(request: Request, agent: Any) -> HTTPResponse:
        days = _number(request, "days", MOST_DAYS)
        return response.json(await asyncio.to_thread(desk_figures.statistics, agent.tracker_store, days))

    return routes


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


def _facts(request: Request) -> Dict[str, Any]:
    value = _body(request).get("facts")
    return value if isinstance(value, dict) else {}


def _number(request: Request, name: str, most: int) -> int:
    text = request.args.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else most
