"""Serves the custom actions: ``python -m actions``. Rasa SDK's own command listens on every interface.

What is no call of the bot's is refused as such; Rasa SDK's own answers 500 to all of it, with the request and
the exception in the answer.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from rasa_sdk.endpoint import create_app
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

WEBHOOK = "/webhook"
# What the actions read of the tracker, and of what type.
TRACKER = {"sender_id": str, "slots": dict, "latest_message": dict, "events": list}


async def refuse_what_is_no_call(request: Request) -> HTTPResponse | None:
    """The refusal of a request to run an action, None where it is one."""
    if request.path != WEBHOOK or request.method != "POST":
        return None
    if request.headers.get("content-encoding"):
        # The bot sends its calls as they are.
        return response.json({"error": "no encoding is read"}, status=415)
    try:
        is_call = _is_call(request.json)
    except Exception:
        # Sanic's own error for what is no JSON, or the parser's for what is nested too deep.
        is_call = False
    return None if is_call else response.json({"error": "no call of an action"}, status=400)


def _is_call(body: Any) -> bool:
    tracker = body.get("tracker") if isinstance(body, dict) else None
    return (
        isinstance(tracker, dict)
        and isinstance(body.get("next_action"), str)
        and isinstance(body.get("version", ""), str)
        and all(isinstance(tracker.get(name), kind) for name, kind in TRACKER.items())
    )


def say_nothing_of_errors(_: Request, error: Exception) -> HTTPResponse:
    """The status alone; the log has the kind of error, and nothing of what was said."""
    status = getattr(error, "status_code", 500)
    if status >= 500:
        logger.error("an action's call failed: %s", type(error).__name__)
    return response.json({"status": status}, status=status)


def main() -> None:
    """Serves until stopped."""
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"))
    app = create_app("actions")
    app.register_middleware(refuse_what_is_no_call, "request")
    app.error_handler.add(Exception, say_nothing_of_errors)
    app.run(
        host=os.environ.get("ACTION_SERVER_HOST", "127.0.0.1"),
        port=int(os.environ.get("ACTION_SERVER_PORT", "5055")),
        access_log=False,
    )


if __name__ == "__main__":
    main()
