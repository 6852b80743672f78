"""The work behind a webhook, which itself answers at once: turns in order, calls sent once, failures kept.

A conversation is worked on by one server at a time, the one that holds its lease in the queue. What is left
of one answer is sent before the next event is taken, so a person's messages are answered in their order while
other conversations go on. What a server that died left behind is found by the others, or by itself when it is
back.

A call is made again only where the platform certainly did not take it: no connection, a refusal for its
rate limit, an error of its server. Where nobody can tell (silence after the request was sent), it is not
repeated but stored as uncertain: a message missing from time to time is reported, one sent twice is not seen.

What somebody types in several short messages is one message: the next is waited for a moment.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
from sanic import Sanic

from bot.channels.delivery import button_resolution, proxies, refusals
from bot.channels.delivery.message_queue import DAY, LEASE_SECONDS, MessageQueue, Queued, Undelivered, Waiting
from bot.channels.delivery.rendering import render
from bot.channels.delivery.types import Call, Channel, DeliveryResult, Incoming, Rate, Report
from bot.channels.turns.system_messages import notice
from bot.privacy.masking import mask

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

Messages = Sequence[Mapping[str, Any]]
# The app, the text, the conversation, the channel's name → the messages, as ``handle_message`` gives them.
TakeTurn = Callable[[Sanic[Any, Any], str, str, str], Awaitable[Messages]]

MOST_WAITING = 20
MAX_REPLY_BYTES = 64 * 1024
CONNECT_SECONDS = 5.0
REPLY_SECONDS = 20.0
STOP_SECONDS = 5.0
RENEW_SECONDS = LEASE_SECONDS / 3
# How often a conversation on which another server works is looked at by one that was told of more to do...
LOOK_AGAIN_SECONDS = 0.25
# ... and how often each looks for what nobody works on.
SWEEP_SECONDS = 5.0
IDLE_BUCKETS = 5000
# However fast somebody goes on writing, the first message waits no longer than so many pauses...
MOST_PAUSES = 4
# ... and no longer text is made of several: the assistant reads one of 4,000 characters.
MOST_CHARACTERS = 2000


@dataclass(frozen=True)
class RetryPolicy:
    """How long a call is tried: first pause, longest pause and when to give up, in seconds."""

    first: float = 1.0
    longest: float = 120.0
    give_up: float = 1800.0

    def pause(self, attempts: int, asked: float | None) -> float:
        """The pause after that many attempts, longer where the platform asked for more."""
        # The share left to chance keeps the lanes from coming back all at once.
        backoff = min(self.longest, self.first * 2.0 ** min(attempts, 20)) * random.uniform(1.0, 1.25)
        return max(backoff, asked or 0.0)


OPEN = "open"


@dataclass(frozen=True)
class Reach:
    """Whether a message written now reaches the person: "open", or why not (a word of ``refusals``).

    ``until`` is when the service closes, or closed, for who does not write again; None where it never does.
    """

    channel: str
    state: str
    until: float | None = None


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
    """The work of one server on the conversations of its channels."""

    def __init__(
        self,
        app: Sanic[Any, Any],
        channels: Sequence[Channel],
        queue: MessageQueue,
        retries: RetryPolicy,
        take: TakeTurn,
        pause: float = 0.0,
    ) -> None:
        """Nothing runs before ``start``; ``take`` gives the messages that answer a text.

        ``pause``: the seconds without a message after which a person has said what they had to say.
        """
        self._queue = queue
        # One thread: the queue is asked in the order of the requests, and the others go on meanwhile.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="queue")
        self._owner = uuid.uuid4().hex
        self._app = app
        self._channels = {channel.name(): channel for channel in channels}
        self._retries = retries
        self._take = take
        self._pause = pause
        self.clock: Callable[[], float] = time.time
        # Calls with the words as a mediator typed them, by their row: the queue holds them masked.
        self._as_typed: dict[int, Call] = {}
        self._purged = 0.0
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Conversations in which something came since their task last looked.
        self._woken: set[str] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._buckets: dict[str, Bucket] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the connections and takes up what a former run left."""
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_create_end.append(_note_connection)
        self._session = aiohttp.ClientSession(
            # A kept connection that the platform closes meanwhile would leave the call's fate unknown.
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=REPLY_SECONDS),
            trace_configs=[tracing],
        )
        await self._take_up()
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self) -> None:
        """Lets the work end for some seconds; the queue keeps the rest for others or the next start."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for task in await self.settle(STOP_SECONDS):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        await self._ask(self._queue.close)
        self._thread.shutdown()

    async def _ask(self, question: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
        """What the queue answers, asked in its thread."""
        asked = partial(question, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)

    async def _take_up(self) -> None:
        for conversation in await self._ask(self._queue.waiting, self._channels, self._owner):
            self._wake(conversation)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._take_up()
            except Exception as error:
                _log("the queue of messages cannot be read", error)

    async def settle(self, seconds: float) -> set[asyncio.Task[None]]:
        """Waits until every conversation's work is done, at most that long; the tasks that have not ended."""
        running = list(self._tasks.values())
        return (await asyncio.wait(running, timeout=seconds))[1] if running else set()

    async def accept(self, channel: Channel, events: Iterable[Incoming]) -> None:
        """Keeps the events to be answered behind; copies and floods are dropped and counted."""
        now = self.clock()
        if now >= self._purged + DAY:
            self._purged = now
            await self._ask(self._queue.purge, now)
        for event in events:
            conversation = channel.conversation(event.user)
            # What the queue holds is masked as in the conversation.
            event = replace(event, text=event.text and mask(event.text))
            if not channel.needs_start and await self._ask(self._queue.is_stopped, conversation):
                # Who had blocked the service and writes again wants to hear.
                event = replace(event, consent="start")
            told = (channel.name(), conversation, event, now, MOST_WAITING)
            if await self._ask(self._queue.accept, *told) == "received":
                self._wake(conversation)

    async def count(self, channel: Channel, what: str) -> None:
        """Adds one to a count of the channel."""
        await self._ask(self._queue.count, channel.name(), what)

    async def report(self, channel: Channel, report: Report) -> None:
        """Stores a failure that the platform found out later."""
        logger.error("%s: the platform could not deliver a message: %s", channel.name(), report.reason)
        why = refusals.why(report.reason, channel.known_refusals)
        told = (channel.name(), report.reason, self.clock(), report.message, why)
        await self._ask(self._queue.report, *told)

    async def reach(self, conversation: str) -> Reach | None:
        """What a message to the conversation would meet; None where this server cannot send to it at all."""
        known = await self._ask(self._queue.address, conversation)
        channel = self._channels.get(known[0]) if known else None
        if channel is None:
            return None
        if await self._ask(self._queue.is_stopped, conversation):
            return Reach(channel.name(), refusals.STOPPED)
        heard = await self._ask(self._queue.heard, conversation)
        if channel.window is None or heard is None:
            return Reach(channel.name(), OPEN)
        until = heard + channel.window
        return Reach(channel.name(), OPEN if self.clock() < until else refusals.WINDOW, until)

    async def reaches(self, conversation: str) -> bool:
        """Whether what is said now to the conversation arrives, if need be in a template."""
        found = await self.reach(conversation)
        if found is None or found.state == OPEN:
            return found is not None
        return found.state == refusals.WINDOW and self._channels[found.channel].has_template

    async def undelivered(self, conversation: str) -> list[Undelivered]:
        """The answers that did not reach the person."""
        return await self._ask(self._queue.undelivered, conversation)

    async def push(self, conversation: str, messages: Messages, as_typed: Messages | None = None) -> bool:
        """Sends messages that answer nothing, such as a person's; False where that cannot be.

        ``as_typed`` is what the person reads, where the queue may keep another wording only. What a service
        would refuse for sure is not sent, and noted as not delivered.
        """
        known = await self._ask(self._queue.address, conversation)
        channel = self._channels.get(known[0]) if known else None
        if known is None or channel is None:
            return False
        name = str((messages[0].get("metadata") or {}).get("pushed") or "")
        found, now = await self.reach(conversation), self.clock()
        if found is None or not await self.reaches(conversation):
            state = found.state if found else refusals.REFUSED
            await self._ask(self._queue.miss, conversation, name, state, now)
            return False

        def calls(told: Messages) -> list[Call]:
            if found.state == refusals.WINDOW:
                return channel.template_calls(told, known[1])
            return channel.calls(render(told, channel.shape), told, known[1])

        kept, typed = calls(messages), calls(as_typed) if as_typed else []
        is_ours = bool(typed) and len(typed) == len(kept)
        told = (None, channel.name(), conversation, known[1], kept, now, name)
        owner = self._owner if is_ours else ""
        rows = await self._ask(self._queue.answer, *told, typed_at=owner)
        if is_ours:
            self._as_typed.update(zip(rows, typed, strict=True))
        self._wake(conversation)
        return True

    def _wake(self, conversation: str) -> None:
        self._woken.add(conversation)
        if conversation not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._work(conversation))
            self._tasks[conversation] = task

    async def _work(self, conversation: str) -> None:
        try:
            while await self._has_work(conversation):
                if not await self._work_alone(conversation):
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
        except Exception as error:
            # The next sweep takes it up again.
            _log("the work on a conversation stopped", error)
        finally:
            del self._tasks[conversation]

    async def _has_work(self, conversation: str) -> bool:
        """Whether there is something to do, or something came while the queue was asked."""
        self._woken.discard(conversation)
        found = await self._ask(self._queue.has_work, conversation)
        return found or conversation in self._woken

    async def _work_alone(self, conversation: str) -> bool:
        """Does all there is to do; False where another server has the conversation."""
        if not await self._ask(self._queue.claim, conversation, self._owner):
            return False
        renewal = asyncio.get_running_loop().create_task(self._renew(conversation))
        try:
            await self._ask(self._queue.close_interrupted, conversation, self.clock(), refusals.UNCERTAIN)
            return await self._work_off(conversation)
        finally:
            renewal.cancel()
            # Not given back, it lapses by itself.
            await self._ask(self._queue.release, conversation, self._owner)

    async def _renew(self, conversation: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._ask(self._queue.claim, conversation, self._owner)
            except Exception as error:
                _log("a lease cannot be renewed", error)

    def _is_left_to_another(self, queued: Queued) -> bool:
        """Whether another server holds the words as typed: for a while, it is waited for."""
        is_young = self.clock() - queued.at < LEASE_SECONDS
        return queued.typed_at not in ("", self._owner) and is_young

    async def _work_off(self, conversation: str) -> bool:
        while True:
            queued = await self._ask(self._queue.next_call, conversation)
            if queued is not None:
                if self._is_left_to_another(queued):
                    return False
                await self._send(queued)
                continue
            said = await self._said(conversation)
            if not said:
                return True
            await self._answer(conversation, said)

    async def _said(self, conversation: str) -> list[Waiting]:
        """The next events that are one message, once the person has paused; [] where none waits."""
        while True:
            waiting = await self._ask(self._queue.events, conversation)
            if not waiting or self._pause <= 0 or not self._channels[waiting[0].channel].joins:
                return waiting[:1]
            said, is_over = await self._begun(conversation, waiting)
            rest = pause_left(said, self._pause, self.clock())
            if is_over or rest <= 0:
                return said
            await asyncio.sleep(rest)

    async def _begun(self, conversation: str, waiting: Sequence[Waiting]) -> tuple[list[Waiting], bool]:
        """The first events that are one message, and whether what follows is another, or nothing can."""
        said = together(waiting)
        for rank, each in enumerate(said):
            if await self._is_choice(conversation, each.event):
                return said[: max(rank, 1)], True
        return said, len(said) < len(waiting)

    async def _is_choice(self, conversation: str, event: Incoming) -> bool:
        agent, text = getattr(self._app.ctx, "agent", None), event.text or ""
        try:
            return await button_resolution.resolve(agent, conversation, text) != text
        except Exception as error:
            # A store out of reach: the turn itself will say so to the person.
            _log("the buttons of a conversation cannot be read", error)
            return False

    async def _answer(self, conversation: str, said: Sequence[Waiting]) -> None:
        channel, event = self._channels[said[0].channel], joined(said)
        rows = [each.row for each in said]
        try:
            messages = await self._turn(channel, conversation, event)
        except Exception as error:
            _log("a turn failed", error)
            messages = [notice("utter_notice_failure")]
        await self._put(rows[0], channel, conversation, event.address, messages, joined=rows[1:])

    async def _turn(self, channel: Channel, conversation: str, event: Incoming) -> Messages:
        if event.text is None:
            return [notice("utter_notice_attachment" if event.attached else "utter_notice_bad_request")]
        agent = getattr(self._app.ctx, "agent", None)
        text = await button_resolution.resolve(agent, conversation, event.text, event.payload)
        answer = await self._take(self._app, text, conversation, channel.name())
        # A conversation that a person has taken over gets no word from here.
        return [notice("utter_notice_attachment_beside"), *answer] if event.attached and answer else answer

    async def _put(
        self,
        row: int,
        channel: Channel,
        conversation: str,
        address: Mapping[str, Any],
        messages: Messages,
        joined: Sequence[int] = (),
    ) -> None:
        calls = channel.calls(render(messages, channel.shape), messages, address)
        if await self._ask(self._queue.is_stopped, conversation):
            calls = []
        else:
            calls = [*channel.receipts(address), *calls]
        told = (row, channel.name(), conversation, address, calls, self.clock())
        await self._ask(self._queue.answer, *told, joined=joined)

    async def _send(self, queued: Queued) -> None:
        channel = self._channels[queued.channel]
        await asyncio.sleep(max(0.0, queued.due - self.clock(), self._wait(channel, queued.conversation)))
        if not await self._ask(self._queue.sending, queued):
            # The person asked to hear no more, or erased everything, while the call waited.
            self._as_typed.pop(queued.id, None)
            return
        verdict = await self._post(channel, queued)
        now = self.clock()
        if verdict.outcome == "sent":
            self._as_typed.pop(queued.id, None)
            await self._ask(self._queue.sent, queued, now, verdict.message)
            return
        pause = self._retries.pause(queued.attempts, verdict.seconds)
        in_time = now + pause - queued.at <= self._retries.give_up
        if verdict.outcome == "retry" and in_time and not queued.call.optional:
            await self._ask(self._queue.retry, queued, now + pause)
            return
        self._as_typed.pop(queued.id, None)
        reason = verdict.reason if verdict.outcome != "uncertain" else f"uncertain: {verdict.reason}"
        if not queued.call.optional:
            logger.error("%s: a message was given up: %s", queued.channel, reason)
        late = verdict.outcome == "retry"
        why = refusals.LATE if late else refusals.why(reason, channel.known_refusals)
        await self._ask(self._queue.fail, queued, reason, now, why)

    def _wait(self, channel: Channel, conversation: str) -> float:
        """The seconds to wait for the platform's rate limits, for all and for one person."""
        now = time.monotonic()
        if len(self._buckets) > IDLE_BUCKETS:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if name in self._tasks}
        waits = [
            self._buckets.setdefault(name, Bucket(rate, now)).take(now)
            for name, rate in ((channel.name(), channel.rate), (conversation, channel.rate_of_one))
        ]
        return max(waits)

    async def _post(self, channel: Channel, queued: Queued) -> DeliveryResult:
        assert self._session is not None
        progress = SimpleNamespace(connected=False)
        call = self._as_typed.get(queued.id, queued.call)
        body, headers = channel.encode(call, f"{queued.id}-{queued.at:.6f}")
        address = channel.address_of(call)
        try:
            async with self._session.post(
                address,
                data=body,
                headers=headers,
                allow_redirects=False,
                trace_request_ctx=progress,
                proxy=proxies.of(address),
            ) as reply:
                content = await reply.content.read(MAX_REPLY_BYTES)
                verdict = channel.verdict(reply.status, reply.headers, content)
                if verdict.outcome == "sent":
                    verdict = replace(verdict, message=_name_of(channel, content))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            verdict = DeliveryResult("uncertain" if progress.connected else "retry", type(error).__name__)
        if verdict.outcome == "uncertain" and queued.call.repeatable:
            return DeliveryResult("retry", verdict.reason)
        return verdict


def _name_of(channel: Channel, content: bytes) -> str:
    try:
        return channel.name_of_sent(content)
    except Exception as error:
        # It was taken, whatever the reply says; what becomes of it later is told in the counts alone.
        _log("a reply does not name the message", error)
        return ""


def together(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The first of the events with those after it that go on with the same message.

    A tapped button and a wish to hear no more, or again, stand for themselves.
    """
    said: list[Waiting] = []
    characters = 0
    for each in waiting:
        characters += len(each.event.text or "")
        stands_alone = each.event.payload is not None or each.event.consent
        if said and (stands_alone or characters > MOST_CHARACTERS):
            break
        said.append(each)
        if stands_alone:
            break
    return said


def pause_left(said: Sequence[Waiting], pause: float, now: float) -> float:
    """The seconds to wait for more of a message: until the person pauses, but no longer than some pauses."""
    if not said or said[0].event.payload is not None or said[0].event.consent:
        return 0.0
    return min(said[-1].at + pause, said[0].at + MOST_PAUSES * pause) - now


def joined(said: Sequence[Waiting]) -> Incoming:
    """The events as one, answered where the last was written."""
    words = [each.event.text for each in said if each.event.text]
    return replace(
        said[-1].event,
        text="\n".join(words) if words or len(said) > 1 else said[-1].event.text,
        attached=any(each.event.attached for each in said),
    )


def _log(what: str, error: Exception) -> None:
    # The person's words may stand in the exception's frames: only its type is logged.
    logger.error("%s: %s", what, type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))


async def _note_connection(_: aiohttp.ClientSession, context: SimpleNamespace, __: Any) -> None:
    context.trace_request_ctx.connected = True
