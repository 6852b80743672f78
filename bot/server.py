"""The assistant's web server: Rasa's agent behind our channels, and nothing else.

Rasa's own server adds an HTTP API that, without a token, lets anyone read conversations and replace the
model; none of it is mounted here.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import rasa.core.run
from rasa.core.channels.channel import register
from rasa.core.utils import AvailableEndpoints
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import assistant, settings
from bot.channels import registry, turn
from bot.law import parameters

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(model: Path) -> Sanic:
    """The server, which loads the model in ``model`` (a file, or a folder's newest) when it starts."""
    app = Sanic("assistant", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    channels = rasa.core.run.create_http_input_channels(None, str(settings.ROOT / "credentials.yml"))
    messaging = registry.enabled(os.environ)
    register([*channels, *messaging], app, route="/webhooks/")
    endpoints = AvailableEndpoints.read_endpoints(str(settings.ROOT / "endpoints.yml"))

    async def load_agent(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.agent = await assistant.load(model, endpoints)

    app.register_listener(load_agent, "before_server_start")
    registry.attach(app, messaging, turn.take)
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    app.register_middleware(_add_security_headers, "response")
    app.add_route(_health, "/health")
    app.error_handler.add(Exception, _say_nothing_of_errors)
    return app


async def _health(request: Request) -> HTTPResponse:
    """200 when the assistant can answer, 503 with what is missing otherwise."""
    missing = []
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        missing.append("model")
    try:
        parameters.validate()
    except parameters.ParameterError as error:
        logger.error("the parameters cannot be read: %s", error)
        missing.append("parameters")
    return response.json({"missing": missing}, status=503 if missing else 200)


async def _add_security_headers(_: Request, answer: HTTPResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)


def _say_nothing_of_errors(request: Request, error: Exception) -> HTTPResponse:
    status = getattr(error, "status_code", 500)
    if status >= 500:
        logger.error("request failed: %s", type(error).__name__)
    return response.json({"status": status}, status=status)


def main(arguments: list[str] | None = None) -> None:
    """Serves until stopped; ``--model`` names the model file or the folder that holds it."""
    parser = argparse.ArgumentParser(prog="python -m bot.server", description="Run the assistant's server.")
    parser.add_argument("--model", type=Path, default=settings.MODELS)
    options: Any = parser.parse_args(arguments)
    settings.apply()
    configure_structlog(logging.WARNING)
    configure_logging_and_warnings(logging.WARNING, warn_only_once=True, filter_repeated_logs=True)
    create_app(options.model).run(
        host=settings.get("ASSISTANT_HOST"), port=settings.port("ASSISTANT_PORT"), access_log=False
    )


if __name__ == "__main__":
    main()
