"""Counts and times for Prometheus. They hold no text, no address and no conversation.

They are served on a port of their own, on this machine unless METRICS_HOST says otherwise, and only where
METRICS_PORT is set: nothing that the assistant's public port forwards can reach them.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ParamSpec

from prometheus_client import Counter, Gauge, Histogram, Info, start_http_server

from bot import listening
from bot.operations import logs

Messages = Sequence[Mapping[str, Any]]
P = ParamSpec("P")

_under_way = 0

TURNS = Counter("assistant_turns", "Messages taken, by what became of them", ["channel", "outcome"])
SECONDS = Histogram(
    "assistant_turn_seconds",
    "From a message to its answer",
    ["channel"],
    buckets=(0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 2, 4, 8, 16, 32),
)
UNDER_WAY = Gauge("assistant_turns_under_way", "Messages being answered")
ACTION_FAILURES = Counter("assistant_action_failures", "Actions that their server did not answer", ["action"])
LOCK_FALLBACKS = Counter("assistant_lock_fallbacks", "Turns taken without the lock that servers share")
EVENTS_WAITING = Gauge("assistant_events_waiting", "Events not yet sent to the broker")
MODEL = Info("assistant_model", "The model that answers")

FAILURES = frozenset({"utter_notice_failure", "utter_notice_not_kept", "utter_notice_unavailable"})
NOTICE = "utter_notice_"
DEGRADED = "utter_actions_unavailable"
NOT_UNDERSTOOD = "utter_not_understood"


def outcome(messages: Messages) -> str:
    """What became of a message, by the names of the responses that answer it."""
    names = [str((message.get("metadata") or {}).get("response") or "") for message in messages]
    if not names:
        return "silent"
    if FAILURES & set(names):
        return "failed"
    if any(name.startswith(NOTICE) for name in names):
        return "refused"
    if any(name.startswith(DEGRADED) for name in names):
        return "degraded"
    if any(name.startswith(NOT_UNDERSTOOD) for name in names):
        return "not_understood"
    return "answered"


def turns_under_way() -> int:
    """How many messages are being answered now."""
    return _under_way


def measured[**P](take: Callable[P, Awaitable[Messages]]) -> Callable[P, Awaitable[Messages]]:
    """``take(app, text, sender_id, channel, …)`` counted and timed; its log lines name the conversation."""

    @functools.wraps(take)
    async def counted(*arguments: P.args, **named: P.kwargs) -> Messages:
        global _under_way
        in_order: tuple[object, ...] = arguments
        _, _, sender_id, channel, *_ = (*in_order, *named.values())
        begun = time.perf_counter()
        _under_way += 1
        try:
            with logs.conversation(str(sender_id)):
                messages = await take(*arguments, **named)
        finally:
            _under_way -= 1
        SECONDS.labels(str(channel)).observe(time.perf_counter() - begun)
        TURNS.labels(str(channel), outcome(messages)).inc()
        return messages

    return counted


def serve(host: str, port: int) -> None:
    """Answers Prometheus at ``/metrics`` of that address, in a thread; raises OSError where it is taken."""
    UNDER_WAY.set_function(turns_under_way)
    start_http_server(port, addr=listening.single(host))
