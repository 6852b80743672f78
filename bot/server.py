"""The assistant's web server: Rasa's agent behind our channels, and nothing else.

Rasa's own server adds an HTTP API that, without a token, lets anyone read conversations and replace the
model; none of it is mounted here.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Any

# isort: split
import yaml
from rasa.core.channels.channel import InputChannel, register
from rasa.core.utils import AvailableEndpoints
from rasa.shared.utils.common import class_from_module_path
from sanic import Sanic
from sanic.exceptions import MethodNotAllowed, SanicException
from sanic.models.handler_types import RouteHandler
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.router import Router
from sanic_routing.route import Route

from bot import listening, settings
from bot.channels import registry
from bot.channels.desk_api import routes
from bot.channels.site import error_pages
from bot.channels.turns import message_handler, rate_limits
from bot.engine import assistant
from bot.operations import lifecycle, logs
from bot.privacy import redaction, schedule

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


class Routes(Router):
    """Routes that answer HEAD wherever they answer GET: monitors and previews of links ask so."""

    def _get(self, path: str, method: str, host: str | None) -> tuple[Route, RouteHandler, dict[str, Any]]:
        try:
            return super()._get(path, method, host)
        except MethodNotAllowed:
            if method != "HEAD":
                raise
        # Sanic leaves the body out.
        return super()._get(path, "GET", host)


def create_app(model: Path) -> Sanic:
    """The server, which loads the model in ``model`` (a file, or a folder's newest) when it starts."""
    app = Sanic("assistant", router=Routes(), configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.KEEP_ALIVE_TIMEOUT = float(settings.get("ASSISTANT_KEEP_ALIVE_SECONDS"))
    channels = _channels(settings.ROOT / "credentials.yml")
    messaging = registry.served(os.environ)
    register([*channels, *messaging], app, route="/webhooks/")
    endpoints = AvailableEndpoints.read_endpoints(str(settings.ROOT / "endpoints.yml"))

    async def load_agent(app: Sanic) -> None:
        app.ctx.agent = await assistant.load(model, endpoints)

    app.register_listener(load_agent, "before_server_start")
    registry.attach(app, messaging, message_handler.handle_message)
    routes.attach(app)
    app.register_middleware(_add_security_headers, "response")
    rate_limits.attach(app)
    schedule.attach(app)
    lifecycle.attach(app)
    app.error_handler.add(Exception, _say_nothing_of_errors)
    return app


def _channels(credentials: Path) -> list[InputChannel]:
    """The channels that the file names; raises as the import system does where one is missing."""
    named = yaml.safe_load(credentials.read_text(encoding="utf-8"))
    return [class_from_module_path(name).from_credentials(values) for name, values in named.items()]


async def _add_security_headers(_: Request, answer: HTTPResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)


def _say_nothing_of_errors(request: Request, error: Exception) -> HTTPResponse:
    if not isinstance(error, SanicException):
        logger.error("request failed: %s", type(error).__name__)
    status = getattr(error, "status_code", 500)
    return error_pages.answer(request, status, dict(getattr(error, "headers", None) or {}))


def main(arguments: list[str] | None = None) -> None:
    """Serves until stopped; ``--model`` names the model file or the folder that holds it."""
    parser = argparse.ArgumentParser(prog="python -m bot.server", description="Run the assistant's server.")
    parser.add_argument("--model", type=Path, default=settings.MODELS)
    options: Any = parser.parse_args(arguments)
    settings.start("CONVERSATIONS_DB", "FEEDBACK_DATABASE_URL")
    if registry.served(os.environ):
        settings.start("CHANNELS_DB")
    logs.configure(logging.getLevelName(settings.get("LOG_LEVEL")))
    redaction.install()
    app = create_app(options.model)
    lifecycle.attach_process(app, options.model)
    try:
        sock = listening.listener(settings.get("ASSISTANT_HOST"), settings.port("ASSISTANT_PORT"))
    except OSError as error:
        sys.exit(f"✗ Port {settings.port('ASSISTANT_PORT')} cannot be used ({error.strerror or error}).")
    # Our supervisor starts several and keeps them; Sanic's own would do the same once more.
    app.run(sock=sock, access_log=False, motd=False, single_process=True)


if __name__ == "__main__":
    main()
