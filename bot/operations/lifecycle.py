"""The life of one server: health and readiness, an unhurried stop, another model without a pause.

SIGTERM: the turns under way are answered, new requests get 503 with Retry-After (a proxy asks another one),
then the server ends. SIGHUP: the model of today's data is loaded beside the one in use, which answers until
the other is whole; a model that cannot be loaded changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from pathlib import Path
from typing import Any

from sanic import Sanic, response
from sanic.exceptions import ServiceUnavailable
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings, training
from bot.operations import metrics
from bot.operations.events import EventStream
from bot.operations.readiness import readiness

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.05
RETRY_AFTER_SECONDS = "1"
# Asked by machines that must learn of a stop, not be refused because of it.
OPEN_WHILE_STOPPING = frozenset({"/health", "/ready"})


def attach(app: Sanic[Any, Any]) -> None:
    """Gives the server its routes and its stop; register what must outlive the last turn before this."""
    app.ctx.is_draining = False
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
    app.register_middleware(_refuse_while_stopping, "request")
    app.register_listener(_drain, "before_server_stop")
    app.register_listener(_close_broker, "after_server_stop")
    app.add_route(_health, "/health")
    app.add_route(_ready, "/ready")


def attach_process(app: Sanic[Any, Any], model: Path) -> None:
    """Gives the process its signal and its metrics; only where the server has the process to itself."""

    async def listen(app: Sanic[Any, Any]) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(_replace_model(app, model)))
        _tell_model(app)
        stream = app.ctx.agent.tracker_store.event_broker
        if isinstance(stream, EventStream):
            metrics.EVENTS_WAITING.set_function(lambda: stream.waiting)
        if os.environ.get("METRICS_PORT"):
            metrics.serve(settings.get("METRICS_HOST"), settings.port("METRICS_PORT"))

    app.register_listener(listen, "after_server_start")


async def _health(_: Request) -> HTTPResponse:
    """200 as long as the process serves; what it can do is for /ready to say."""
    return response.json({"alive": True})


async def _ready(request: Request) -> HTTPResponse:
    """200 when people may be sent here, 503 otherwise; both with the parts that fail."""
    state = await readiness(getattr(request.app.ctx, "agent", None), request.app.ctx.is_draining)
    body = {"missing": state.missing, "degraded": state.degraded, "model": state.model}
    return response.json(body, status=200 if state.is_ready else 503)


async def _refuse_while_stopping(request: Request) -> None:
    if request.app.ctx.is_draining and request.path not in OPEN_WHILE_STOPPING:
        headers = {"Retry-After": RETRY_AFTER_SECONDS, "Connection": "close"}
        raise ServiceUnavailable(headers=headers)


async def _drain(app: Sanic[Any, Any]) -> None:
    app.ctx.is_draining = True
    limit = time.monotonic() + float(settings.get("ASSISTANT_DRAIN_SECONDS"))
    while metrics.turns_under_way() and time.monotonic() < limit:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _close_broker(app: Sanic[Any, Any]) -> None:
    agent = getattr(app.ctx, "agent", None)
    broker = agent.tracker_store.event_broker if agent else None
    if broker:
        await broker.close()


async def _replace_model(app: Sanic[Any, Any], model: Path) -> None:
    wanted = model if model.is_dir() else await asyncio.to_thread(training.current_model)
    try:
        await app.ctx.agent.replace_model(wanted)
    except Exception as error:
        # The type alone: whatever is wrong with the model, the one in use goes on.
        logger.error("the model %s cannot be loaded: %s", wanted.name, type(error).__name__)
        return
    _tell_model(app)
    logger.warning("answering with the model %s", app.ctx.agent.fingerprint)


def _tell_model(app: Sanic[Any, Any]) -> None:
    metrics.MODEL.info({"fingerprint": str(app.ctx.agent.fingerprint)})
