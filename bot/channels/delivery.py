"""The work behind a webhook, which itself answers at once: turns in order, calls sent once, failures kept.

Each conversation has a lane. A lane sends what is left of one answer before it takes the next event, so a
person's messages are answered in their order while other lanes go on. Of several servers that share the
mailbox, the one that holds a lane's lock works in it.

A call is made again only where the platform certainly did not take it: no connection, a refusal for its
rate limit, an error of its server. Where nobody can tell (silence after the request was sent), it is not
repeated but stored as uncertain: a message missing from time to time is reported, one sent twice is not seen.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
from rasa.core.lock_store import LockError
from sanic import Sanic

from bot.channels import choices
from bot.channels.mailbox import DAY, Incoming, Mailbox, Queued
from bot.channels.notices import notice
from bot.channels.rendering import render
from bot.privacy.masking import mask

if TYPE_CHECKING:
    from bot.channels.messaging import MessagingChannel

logger = logging.getLogger(__name__)

Messages = Sequence[Mapping[str, Any]]
# The app, the text, the conversation, the channel's name → the messages, as ``turn.take`` gives them.
TakeTurn = Callable[[Sanic, str, str, str], Awaitable[Messages]]

MOST_WAITING = 20
MAX_REPLY_BYTES = 64 * 1024
CONNECT_SECONDS = 5.0
REPLY_SECONDS = 20.0
STOP_SECONDS = 5.0
IDLE_BUCKETS = 5000


@dataclass(frozen=True)
class Patience:
    """How long a call is tried: first pause, longest pause and when to give up, in seconds."""

    first: float = 1.0
    longest: float = 120.0
    give_up: float = 1800.0

    def pause(self, attempts: int, asked: float | None) -> float:
        """The pause after that many attempts, longer where the platform asked for more."""
        # The share left to chance keeps the lanes from coming back all at once.
        backoff = min(self.longest, self.first * 2.0 ** min(attempts, 20)) * random.uniform(1.0, 1.25)
        return max(backoff, asked or 0.0)


@dataclass(frozen=True)
class Rate:
    """What a platform allows: calls a second, and how many at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class Verdict:
    """What became of a call: "sent", "refused", "uncertain", or "retry" (``seconds`` where given)."""

    outcome: str
    reason: str = ""
    seconds: float | None = None


class Bucket:
    """When the next call may go, under a rate."""

    def __init__(self, rate: Rate, now: float) -> None:
        """Full at first."""
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> float:
        """Takes one call; the seconds to wait before making it."""
        self._tokens = min(self._rate.burst, self._tokens + (now - self._at) * self._rate.per_second) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate.per_second)


class Delivery:
    """The lanes of one server."""

    def __init__(
        self,
        app: Sanic,
        channels: Sequence[MessagingChannel],
        mailbox: Mailbox,
        patience: Patience,
        take: TakeTurn,
    ) -> None:
        """Nothing runs before ``start``; ``take`` gives the messages that answer a text."""
        self.mailbox = mailbox
        self._app = app
        self._channels = {channel.name(): channel for channel in channels}
        self._patience = patience
        self._take = take
        self._purged = 0.0
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._buckets: dict[str, Bucket] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the connections and takes up what a former run left."""
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_create_end.append(_note_connection)  # type: ignore[arg-type]
        self._session = aiohttp.ClientSession(
            # A kept connection that the platform closes meanwhile would leave the call's fate unknown.
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=REPLY_SECONDS),
            trace_configs=[tracing],
        )
        for lane in self.mailbox.waiting(self._channels):
            self._wake(lane)

    async def stop(self) -> None:
        """Lets the lanes finish for some seconds; the mailbox keeps the rest for the next start."""
        for task in await self.settle(STOP_SECONDS):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self.mailbox.close()

    async def settle(self, seconds: float) -> set[asyncio.Task[None]]:
        """Waits until every lane has done its work, at most that long; the lanes that have not."""
        running = list(self._lanes.values())
        return (await asyncio.wait(running, timeout=seconds))[1] if running else set()

    def accept(self, channel: MessagingChannel, events: Iterable[Incoming]) -> None:
        """Keeps the events to be answered behind; copies and floods are dropped and counted."""
        now = time.time()
        if now >= self._purged + DAY:
            self._purged = now
            self.mailbox.purge(now)
        for event in events:
            lane = channel.conversation(event.user)
            # The mailbox is a file: what it holds is masked as in the conversation.
            event = replace(event, text=event.text and mask(event.text))
            outcome = self.mailbox.accept(channel.name(), lane, event, now, MOST_WAITING)
            if outcome == "received":
                self._wake(lane)

    def report(self, channel: MessagingChannel, reason: str) -> None:
        """Stores a failure that the platform found out later."""
        logger.error("%s: the platform could not deliver a message: %s", channel.name(), reason)
        self.mailbox.report(channel.name(), reason, time.time())

    def reaches(self, conversation: str) -> bool:
        """Whether this server can send to the conversation: it serves its channel and knows its address."""
        known = self.mailbox.address(conversation)
        return known is not None and known[0] in self._channels

    def push(self, conversation: str, messages: Messages) -> bool:
        """Sends messages that answer nothing, such as a person's; False where the conversation is unknown."""
        known = self.mailbox.address(conversation)
        channel = self._channels.get(known[0]) if known else None
        if known is None or channel is None:
            return False
        self._put(None, channel, conversation, known[1], messages)
        self._wake(conversation)
        return True

    def _wake(self, lane: str) -> None:
        if lane not in self._lanes:
            self._lanes[lane] = asyncio.get_running_loop().create_task(self._work(lane))

    async def _work(self, lane: str) -> None:
        try:
            # Looked at again once the lock is given back: what came during that woke nobody.
            while self.mailbox.has_work(lane):
                async with self._app.ctx.agent.lock_store.lock(f"lane {lane}"):
                    self.mailbox.close_interrupted(lane, time.time())
                    await self._work_off(lane)
        except LockError:
            # Another server works in it and will find what is there.
            logger.info("a lane stays with another server")
        except Exception as error:
            _log("a lane stopped", error)
        finally:
            del self._lanes[lane]

    async def _work_off(self, lane: str) -> None:
        while True:
            queued = self.mailbox.next_call(lane)
            if queued is not None:
                await self._send(queued)
                continue
            waiting = self.mailbox.next_event(lane)
            if waiting is None:
                break
            await self._answer(lane, *waiting)

    async def _answer(self, lane: str, row: int, event: Incoming) -> None:
        channel = self._channels[lane.partition("-")[0]]
        try:
            self._put(row, channel, lane, event.address, await self._turn(channel, lane, event))
        except Exception as error:
            _log("a turn failed", error)
            self._put(row, channel, lane, event.address, [notice("utter_notice_failure")])

    async def _turn(self, channel: MessagingChannel, lane: str, event: Incoming) -> Messages:
        if event.text is None:
            return [notice("utter_notice_attachment")]
        agent = getattr(self._app.ctx, "agent", None)
        text = await choices.resolve(agent, lane, event.text, event.payload)
        return await self._take(self._app, text, lane, channel.name())

    def _put(
        self,
        row: int | None,
        channel: MessagingChannel,
        lane: str,
        address: Mapping[str, Any],
        messages: Messages,
    ) -> None:
        calls = [*channel.receipts(address)] if row is not None else []
        calls += channel.calls(render(messages, channel.shape), messages, address)
        self.mailbox.answer(row, channel.name(), lane, address, calls, time.time())

    async def _send(self, queued: Queued) -> None:
        channel = self._channels[queued.channel]
        await asyncio.sleep(max(0.0, queued.due - time.time(), self._wait(channel, queued.lane)))
        self.mailbox.sending(queued)
        verdict = await self._post(channel, queued)
        now = time.time()
        if verdict.outcome == "sent":
            self.mailbox.sent(queued)
            return
        pause = self._patience.pause(queued.attempts, verdict.seconds)
        in_time = now + pause - queued.at <= self._patience.give_up
        if verdict.outcome == "retry" and in_time and not queued.call.optional:
            self.mailbox.retry(queued, now + pause)
            return
        reason = verdict.reason if verdict.outcome != "uncertain" else f"uncertain: {verdict.reason}"
        if not queued.call.optional:
            logger.error("%s: a message was given up: %s", queued.channel, reason)
        self.mailbox.fail(queued, reason, now)

    def _wait(self, channel: MessagingChannel, lane: str) -> float:
        """The seconds to wait for the platform's rate limits, for all and for one person."""
        now = time.monotonic()
        if len(self._buckets) > IDLE_BUCKETS:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if name in self._lanes}
        waits = [
            self._buckets.setdefault(name, Bucket(rate, now)).take(now)
            for name, rate in ((channel.name(), channel.rate), (lane, channel.rate_of_one))
        ]
        return max(waits)

    async def _post(self, channel: MessagingChannel, queued: Queued) -> Verdict:
        assert self._session is not None
        progress = SimpleNamespace(connected=False)
        body, headers = channel.encode(queued.call, f"{queued.id}-{queued.at:.6f}")
        try:
            async with self._session.post(
                channel.address_of(queued.call),
                data=body,
                headers=headers,
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as reply:
                content = await reply.content.read(MAX_REPLY_BYTES)
                verdict = channel.verdict(reply.status, reply.headers, content)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            verdict = Verdict("uncertain" if progress.connected else "retry", type(error).__name__)
        if verdict.outcome == "uncertain" and queued.call.repeatable:
            return Verdict("retry", verdict.reason)
        return verdict


def _log(what: str, error: Exception) -> None:
    # The person's words may stand in the exception's frames: only its type is logged.
    logger.error("%s: %s", what, type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))


async def _note_connection(_: aiohttp.ClientSession, context: SimpleNamespace, __: Any) -> None:
    context.trace_request_ctx.connected = True
