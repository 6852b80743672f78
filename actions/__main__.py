"""Serves the custom actions to assistants elsewhere: ``python -m actions``.

On one machine the assistant's server runs them itself (``bot/engine/actions_here.py``). Rasa SDK's own
command listens on every interface, and answers 500 to what is no call, with the request and the exception.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import listening, repeats, settings

logger = logging.getLogger(__name__)

# What the actions read of the tracker, and of what type.
TRACKER = {"sender_id": str, "slots": dict, "latest_message": dict, "events": list}


def application() -> Starlette:
    """The server: ``/health``, the names of the ``/actions``, and ``/webhook`` to run one."""
    executor = ActionExecutor()
    executor.register_package("actions")

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def actions(_: Request) -> JSONResponse:
        return JSONResponse([{"name": name} for name in executor.actions])

    async def webhook(request: Request) -> JSONResponse:
        if request.headers.get("content-encoding"):
            # The bot sends its calls as they are.
            return JSONResponse({"error": "no encoding is read"}, 415)
        call = _call(await request.body())
        if call is None:
            return JSONResponse({"error": "no call of an action"}, 400)
        try:
            return JSONResponse(await executor.run(call))
        except ActionExecutionRejection as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 404)

    routes = [
        Route("/health", health),
        Route("/actions", actions),
        Route("/webhook", webhook, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={Exception: _say_nothing_of_errors})


def _call(body: bytes) -> Any:
    """The call in a request's body, None where it is none."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return call if _is_call(call) else None


def _is_call(body: Any) -> bool:
    tracker = body.get("tracker") if isinstance(body, dict) else None
    return (
        isinstance(tracker, dict)
        and isinstance(body.get("next_action"), str)
        and isinstance(body.get("version", ""), str)
        and all(isinstance(tracker.get(name), kind) for name, kind in TRACKER.items())
    )


def _say_nothing_of_errors(_: Request, error: Exception) -> JSONResponse:
    """The status alone; the log has the kind of error, and nothing of what was said."""
    logger.error("an action's call failed: %s", type(error).__name__)
    return JSONResponse({"status": 500}, 500)


def main() -> None:
    """Serves until stopped."""
    settings.start()
    level = settings.get("LOG_LEVEL")
    logging.basicConfig(level=level)
    repeats.hold_back()
    try:
        sock = listening.listener(settings.get("ACTION_SERVER_HOST"), settings.port("ACTION_SERVER_PORT"))
    except OSError as error:
        sys.exit(f"✗ Port {settings.port('ACTION_SERVER_PORT')} cannot be used ({error.strerror or error}).")
    config = uvicorn.Config(application(), log_level=level.lower(), access_log=False)
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
