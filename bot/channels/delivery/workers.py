"""The work behind a webhook, which itself answers at once: turns in order, calls sent once, failures kept.

Each conversation has a lane. A lane sends what is left of one answer before it takes the next event, so a
person's messages are answered in their order while other lanes go on. Of several servers that share the
mailbox, the one that holds a lane's lock works in it.

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
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import aiohttp
from rasa.core.lock_store import LockError
from sanic import Sanic

from bot.channels.delivery import button_resolution, proxies, refusals
from bot.channels.delivery.message_queue import DAY, Mailbox, Queued, Undelivered, Waiting
from bot.channels.delivery.rendering import render
from bot.channels.delivery.types import Call, Channel, DeliveryResult, Incoming, Rate, Report
from bot.channels.turns.system_messages import notice
from bot.privacy.masking import mask

logger = logging.getLogger(__name__)

Messages = Sequence[Mapping[str, Any]]
# The app, the text, the conversation, the channel's name → the messages, as ``handle_message`` gives them.
TakeTurn = Callable[[Sanic, str, str, str], Awaitable[Messages]]

MOST_WAITING = 20
MAX_REPLY_BYTES = 64 * 1024
CONNECT_SECONDS = 5.0
REPLY_SECONDS = 20.0
STOP_SECONDS = 5.0
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
    """The lanes of one server."""

    def __init__(
        self,
        app: Sanic,
        channels: Sequence[Channel],
        mailbox: Mailbox,
        patience: RetryPolicy,
        take: TakeTurn,
        pause: float = 0.0,
    ) -> None:
        """Nothing runs before ``start``; ``take`` gives the messages that answer a text.

        ``pause``: the seconds without a message after which a person has said what they had to say.
        """
        self.mailbox = mailbox
        self._app = app
        self._channels = {channel.name(): channel for channel in channels}
        self._patience = patience
        self._take = take
        self._pause = pause
        self.clock: Callable[[], float] = time.time
        # Calls with the words as a mediator typed them, by their row: the mailbox, a file, holds them masked.
        self._as_typed: dict[int, Call] = {}
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

    def accept(self, channel: Channel, events: Iterable[Incoming]) -> None:
        """Keeps the events to be answered behind; copies and floods are dropped and counted."""
        now = self.clock()
        if now >= self._purged + DAY:
            self._purged = now
            self.mailbox.purge(now)
        for event in events:
            lane = channel.conversation(event.user)
            # The mailbox is a file: what it holds is masked as in the conversation.
            event = replace(event, text=event.text and mask(event.text))
            if not channel.needs_start and self.mailbox.is_stopped(lane):
                # Who had blocked the service and writes again wants to hear.
                event = replace(event, consent="start")
            outcome = self.mailbox.accept(channel.name(), lane, event, now, MOST_WAITING)
            if outcome == "received":
                self._wake(lane)

    def report(self, channel: Channel, report: Report) -> None:
        """Stores a failure that the platform found out later."""
        logger.error("%s: the platform could not deliver a message: %s", channel.name(), report.reason)
        why = refusals.why(report.reason, channel.known_refusals)
        self.mailbox.report(channel.name(), report.reason, self.clock(), report.message, why)

    def reach(self, conversation: str) -> Reach | None:
        """What a message to the conversation would meet; None where this server cannot send to it at all."""
        known = self.mailbox.address(conversation)
        channel = self._channels.get(known[0]) if known else None
        if channel is None:
            return None
        if self.mailbox.is_stopped(conversation):
            return Reach(channel.name(), refusals.STOPPED)
        heard = self.mailbox.heard(conversation)
        if channel.window is None or heard is None:
            return Reach(channel.name(), OPEN)
        until = heard + channel.window
        return Reach(channel.name(), OPEN if self.clock() < until else refusals.WINDOW, until)

    def reaches(self, conversation: str) -> bool:
        """Whether what is said now to the conversation arrives, if need be in a template."""
        found = self.reach(conversation)
        if found is None or found.state == OPEN:
            return found is not None
        return found.state == refusals.WINDOW and self._channels[found.channel].has_template

    def undelivered(self, conversation: str) -> list[Undelivered]:
        """The answers that did not reach the person."""
        return self.mailbox.undelivered(conversation)

    def push(self, conversation: str, messages: Messages, as_typed: Messages | None = None) -> bool:
        """Sends messages that answer nothing, such as a person's; False where that cannot be.

        ``as_typed`` is what the person reads, where the mailbox may keep another wording only. What a service
        would refuse for sure is not sent, and noted as not delivered.
        """
        known = self.mailbox.address(conversation)
        channel = self._channels.get(known[0]) if known else None
        if known is None or channel is None:
            return False
        name = str((messages[0].get("metadata") or {}).get("pushed") or "")
        found, now = self.reach(conversation), self.clock()
        if found is None or not self.reaches(conversation):
            self.mailbox.miss(conversation, name, found.state if found else refusals.REFUSED, now)
            return False

        def calls(told: Messages) -> list[Call]:
            if found.state == refusals.WINDOW:
                return channel.template_calls(told, known[1])
            return channel.calls(render(told, channel.shape), told, known[1])

        kept = calls(messages)
        rows = self.mailbox.answer(None, channel.name(), conversation, known[1], kept, now, name)
        typed = calls(as_typed) if as_typed else []
        if len(typed) == len(rows):
            self._as_typed.update(zip(rows, typed, strict=True))
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
                    self.mailbox.close_interrupted(lane, self.clock(), refusals.UNCERTAIN)
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
            said = await self._said(lane)
            if not said:
                break
            await self._answer(lane, said)

    async def _said(self, lane: str) -> list[Waiting]:
        """The next events that are one message, once the person has paused; [] where none waits."""
        channel = self._channels[lane.partition("-")[0]]
        while True:
            waiting = self.mailbox.events(lane)
            if not waiting or self._pause <= 0 or not channel.joins:
                return waiting[:1]
            said, is_over = await self._begun(lane, waiting)
            rest = pause_left(said, self._pause, self.clock())
            if is_over or rest <= 0:
                return said
            await asyncio.sleep(rest)

    async def _begun(self, lane: str, waiting: Sequence[Waiting]) -> tuple[list[Waiting], bool]:
        """The first events that are one message, and whether what follows is another, or nothing can."""
        said = together(waiting)
        for rank, each in enumerate(said):
            if await self._is_choice(lane, each.event):
                return said[: max(rank, 1)], True
        return said, len(said) < len(waiting)

    async def _is_choice(self, lane: str, event: Incoming) -> bool:
        agent, text = getattr(self._app.ctx, "agent", None), event.text or ""
        try:
            return await button_resolution.resolve(agent, lane, text) != text
        except Exception as error:
            # A store out of reach: the turn itself will say so to the person.
            _log("the buttons of a conversation cannot be read", error)
            return False

    async def _answer(self, lane: str, said: Sequence[Waiting]) -> None:
        channel, event = self._channels[lane.partition("-")[0]], joined(said)
        rows = [each.row for each in said]
        try:
            messages = await self._turn(channel, lane, event)
        except Exception as error:
            _log("a turn failed", error)
            messages = [notice("utter_notice_failure")]
        self._put(rows[0], channel, lane, event.address, messages, joined=rows[1:])

    async def _turn(self, channel: Channel, lane: str, event: Incoming) -> Messages:
        if event.text is None:
            return [notice("utter_notice_attachment" if event.attached else "utter_notice_bad_request")]
        agent = getattr(self._app.ctx, "agent", None)
        text = await button_resolution.resolve(agent, lane, event.text, event.payload)
        answer = await self._take(self._app, text, lane, channel.name())
        # A conversation that a person has taken over gets no word from here.
        return [notice("utter_notice_attachment_beside"), *answer] if event.attached and answer else answer

    def _put(
        self,
        row: int,
        channel: Channel,
        lane: str,
        address: Mapping[str, Any],
        messages: Messages,
        joined: Sequence[int] = (),
    ) -> None:
        calls = channel.calls(render(messages, channel.shape), messages, address)
        calls = [] if self.mailbox.is_stopped(lane) else [*channel.receipts(address), *calls]
        self.mailbox.answer(row, channel.name(), lane, address, calls, self.clock(), joined=joined)

    async def _send(self, queued: Queued) -> None:
        channel = self._channels[queued.channel]
        await asyncio.sleep(max(0.0, queued.due - self.clock(), self._wait(channel, queued.lane)))
        if self.mailbox.is_gone(queued):
            # The person asked to hear no more, or erased everything, while the call waited.
            self._as_typed.pop(queued.id, None)
            return
        self.mailbox.sending(queued)
        verdict = await self._post(channel, queued)
        now = self.clock()
        if verdict.outcome == "sent":
            self._as_typed.pop(queued.id, None)
            self.mailbox.sent(queued, now, verdict.message)
            return
        pause = self._patience.pause(queued.attempts, verdict.seconds)
        in_time = now + pause - queued.at <= self._patience.give_up
        if verdict.outcome == "retry" and in_time and not queued.call.optional:
            self.mailbox.retry(queued, now + pause)
            return
        self._as_typed.pop(queued.id, None)
        reason = verdict.reason if verdict.outcome != "uncertain" else f"uncertain: {verdict.reason}"
        if not queued.call.optional:
            logger.error("%s: a message was given up: %s", queued.channel, reason)
        late = verdict.outcome == "retry"
        why = refusals.LATE if late else refusals.why(reason, channel.known_refusals)
        self.mailbox.fail(queued, reason, now, why)

    def _wait(self, channel: Channel, lane: str) -> float:
        """The seconds to wait for the platform's rate limits, for all and for one person."""
        now = time.monotonic()
        if len(self._buckets) > IDLE_BUCKETS:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if name in self._lanes}
        waits = [
            self._buckets.setdefault(name, Bucket(rate, now)).take(now)
            for name, rate in ((channel.name(), channel.rate), (lane, channel.rate_of_one))
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
