"""What the bot asks of the desk: is anybody there, a place in the queue, a code. The secret opens it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.work import reception

MAX_BODY_BYTES = 8 * 1024


def routes(desk: Desk) -> list[Route]:
    """The internal addresses."""

    def at(path: str, handler: Callable[..., dict[str, Any]]) -> Route:
        async def answer(request: Request) -> Response:
            if not _is_ours(request, desk.secret):
                return Response(status_code=404)
            asked = await _json(request)
            conversation = asked.get("conversation")
            if not isinstance(conversation, str) or not 0 < len(conversation) <= 128:
                return Response(status_code=400)
            told = await run_in_threadpool(handler, desk, asked, clock.now())
            return JSONResponse(told)

        return Route(f"/internal/{path}", answer, methods=["POST"])

    return [
        at("status", reception.status),
        at("requests", reception.request),
        at("messages", reception.leave_message),
        at("withdrawals", reception.withdraw),
        at("codes", reception.code),
    ]


def _is_ours(request: Request, secret: str) -> bool:
    given = request.headers.get("authorization", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {secret}".encode())


async def _json(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return {}
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}
