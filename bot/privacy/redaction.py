"""Removes personal data from every log line of every logger and level: a second barrier behind masking.

Every record of the standard library's logging is redacted as it is made, its traceback included; structlog's
values are redacted before they are rendered, where accents are still letters. Tracebacks hold no variables.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, WrappedLogger

from bot.privacy.masking import SHEET_ADDRESS, mask

_DEEPEST = 8


def install() -> None:
    """Redacts everything this process logs; call it after logging is configured."""
    made = logging.getLogRecordFactory()
    if not getattr(made, "redacts", False):
        logging.setLogRecordFactory(_Redacting(made))
    processors = list(structlog.get_config()["processors"])
    if redact not in processors:
        processors = [_without_variables(processor) for processor in processors]
        structlog.configure(processors=[*processors[:-1], redact, processors[-1]])


class _Redacting:
    """A factory of log records whose message and traceback are redacted."""

    redacts = True

    def __init__(self, made: Callable[..., logging.LogRecord]) -> None:
        """Redacts what ``made`` makes."""
        self._made = made

    def __call__(self, *arguments: Any, **values: Any) -> logging.LogRecord:
        """The record, with its arguments already in its message."""
        record = self._made(*arguments, **values)
        if isinstance(record.msg, dict):
            # structlog's own, redacted by its processor.
            return record
        record.msg, record.args = _hidden(record.getMessage()), ()
        if record.exc_info and record.exc_info[0]:
            record.exc_text = _hidden("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
        return record


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: every text of the event, masked."""
    return {key: _redacted(value, _DEEPEST) for key, value in event.items()}


def _redacted(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return _hidden(value)
    if depth and isinstance(value, dict):
        return {key: _redacted(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        return [_redacted(item, depth - 1) for item in value]
    if isinstance(value, BaseException) or isinstance(value, type):
        return value
    return _hidden(str(value))


def _hidden(text: str) -> str:
    """The text masked, and without the secret of a sheet's address."""
    return SHEET_ADDRESS.sub("[fiche]", mask(text))


def _without_variables(processor: Any) -> Any:
    if processor is structlog.processors.dict_tracebacks:
        return structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    return processor
