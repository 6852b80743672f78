"""Log lines: plain text, or with LOG_FORMAT=json one object a line that names the conversation by a hash.

The hash is keyed, so that no one can find a conversation's lines from its id alone, nor the id from a line.
Lines hold no tracebacks: the frames of an exception hold what the person wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextvars import ContextVar

import structlog
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot import repeats, settings

_conversation: ContextVar[str] = ContextVar("conversation", default="")
_key = secrets.token_bytes(32)


@contextlib.contextmanager
def conversation(sender_id: str) -> Iterator[None]:
    """What is logged within belongs to that conversation."""
    token = _conversation.set(sender_id)
    try:
        yield
    finally:
        _conversation.reset(token)


def name_of(sender_id: str) -> str:
    """The name of a conversation in the logs."""
    key = os.environ.get("LOG_KEY", "").encode() or _key
    return hmac.new(key, sender_id.encode(), hashlib.sha256).hexdigest()[:16]


def configure(level: int = logging.WARNING) -> None:
    """Sets up the logging of this process; call before anything is logged."""
    configure_structlog(level)
    # Rasa's own filter drops a line that repeats itself for ever.
    configure_logging_and_warnings(level, warn_only_once=True, filter_repeated_logs=False)
    # At DEBUG each frame of a websocket is logged as it arrives (through Sanic's logger), cut in the middle:
    # redaction no longer recognises what it held.
    for name in ("websockets", "sanic.error"):
        logging.getLogger(name).setLevel(max(level, logging.INFO))
    if settings.get("LOG_FORMAT") == "json":
        _write_json(level)
    repeats.hold_back()


def _write_json(level: int) -> None:
    added: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_conversation,
        _name_the_exception,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=added,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *added,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _add_conversation(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    sender_id = _conversation.get()
    return {**event, "conversation": name_of(sender_id)} if sender_id else event


def _name_the_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    kind = error[0] if isinstance(error, tuple) else type(error)
    return {**event, "exception": kind.__name__} if error and kind else event
