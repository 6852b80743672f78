"""The same conversations through every channel, against stand-ins of the platforms; prints one table.

Every webhook is posted twice, as the platforms do after a time-out; the platform's API fails now and then;
forged requests are tried. The answers are compared with those of the REST channel.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import socket
import sys
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from bot import settings
from bot.channels.platforms.sms_text import segments
from bot.takeaway.addresses import TOKEN_IN_ADDRESS
from tests.support.platforms import PLATFORMS
from tests.support.platforms.base import Button, Platform, Shown, Webhook, application

CONVERSATIONS = Path(__file__).with_suffix(".yml")
ORDINALS = ("le premier", "le deuxième", "le troisième", "le quatrième", "le cinquième")
SETTLE_SECONDS = 60.0
OVERSIZED = 300 * 1024
PAYLOAD = re.compile(r"(?:^|\s)/[a-z_]+(?:[/{]|\s|$)")

Step = str | Mapping[str, Any]
Message = Mapping[str, Any]


@dataclass
class Row:
    """What one channel did."""

    channel: str
    conversations: int = 0
    turns: int = 0
    messages: int = 0
    longest: int = 0
    most_buttons: int = 0
    duplicates: int = 0
    attacks: int = 0
    attacks_refused: int = 0
    segments: int = 0
    violations: list[str] = field(default_factory=list)

    def saw(self, turn: Sequence[Shown]) -> None:
        """Adds the messages of a turn."""
        texts = [message.text for message in turn]
        self.turns += 1
        self.messages += len(turn)
        self.duplicates += len(texts) - len(set(texts))
        self.longest = max([self.longest, *(len(text) for text in texts)])
        self.most_buttons = max([self.most_buttons, *(len(message.buttons) for message in turn)])
        self.segments += sum(segments(text).count for text in texts)


@dataclass(frozen=True)
class Turn:
    """What the REST channel answered to a step: what every other channel must show too."""

    said: str
    messages: tuple[Message, ...]

    @property
    def buttons(self) -> list[Message]:
        """The buttons of the turn, in order."""
        return [button for message in self.messages for button in message.get("buttons") or ()]


class Assistant:
    """The running server: its address, its conversations and its delivery."""

    def __init__(self, app: Any, address: str, client: aiohttp.ClientSession) -> None:
        """Takes the Sanic application that listens at the address."""
        self.app = app
        self.address = address
        self.client = client

    async def post(self, channel: str, webhook: Webhook) -> int:
        """The status of the webhook's reply."""
        address = f"{self.address}/webhooks/{channel}/webhook"
        async with self.client.post(address, data=webhook.body, headers=dict(webhook.headers)) as reply:
            await reply.read()
            return reply.status

    async def rest(self, sender: str, text: str) -> list[Message]:
        """The REST channel's answer."""
        body = {"sender": sender, "message": text}
        async with self.client.post(f"{self.address}/webhooks/rest/webhook", json=body) as reply:
            messages: list[Message] = await reply.json()
            return messages

    async def settle(self) -> bool:
        """Waits until everything is sent; False where it is not in time."""
        return not await self.app.ctx.delivery.settle(SETTLE_SECONDS)


async def baseline(assistant: Assistant, conversation: Sequence[Step], sender: str) -> list[Turn]:
    """The conversation on the REST channel, buttons by their payload."""
    turns: list[Turn] = []
    for step in conversation:
        if not isinstance(step, str) and "send" in step:
            turns.append(Turn("", ()))
            continue
        button = _button(step, _offered(turns))
        text = step if isinstance(step, str) else button["payload"] if button else "aide"
        turns.append(Turn(text, tuple(await assistant.rest(sender, text))))
    return turns


async def converse(
    assistant: Assistant,
    platform: Platform,
    user: str,
    conversation: Sequence[Step],
    turns: Sequence[Turn],
    row: Row,
) -> list[Webhook]:
    """The same conversation on a platform; the webhooks that it sent."""
    posted: list[Webhook] = []
    row.conversations += 1
    last: list[Shown] = []
    for rank, (step, turn) in enumerate(zip(conversation, turns, strict=True)):
        webhook = _webhook(platform, user, step, _offered(turns[:rank]), last, row)
        before = len(platform.shown[user])
        if rank == 1:
            # One kind of trouble in each conversation: an outage, the rate limit, or none.
            platform.fail_next(*((503, 502), (429,), ())[row.conversations % 3])
        # The copy comes while the first is being answered, as after a time-out.
        statuses = await asyncio.gather(*(assistant.post(platform.channel, webhook) for _ in range(2)))
        posted.append(webhook)
        if statuses != [200, 200] or not await assistant.settle():
            row.violations.append(f"statuses {statuses}, or no answer in time")
        seen = platform.shown[user][before:]
        row.saw(seen)
        row.violations += [
            f"{platform.channel} {turn.said!r}: {what}" for what in _faults(platform, turn, seen)
        ]
        if turn.messages:
            last = seen
    return posted


async def attack(assistant: Assistant, platform: Platform, webhooks: Iterable[Webhook], row: Row) -> None:
    """Forged and oversized requests, which must be refused."""
    for webhook in webhooks:
        for forged in platform.attacks(webhook):
            row.attacks += 1
            row.attacks_refused += await assistant.post(platform.channel, forged) == 403
    row.attacks += 1
    oversized = Webhook(b"x" * OVERSIZED, {"Content-Type": "application/json"})
    row.attacks_refused += await assistant.post(platform.channel, oversized) == 413


async def measure(
    assistant: Assistant, platforms: Sequence[Platform], conversations: Sequence[Sequence[Step]]
) -> list[Row]:
    """The rows of the table: REST first, then each platform."""
    rest = Row("rest")
    rows = [rest]
    references = []
    for rank, conversation in enumerate(conversations):
        turns = await baseline(assistant, conversation, f"reference-{rank}")
        references.append(turns)
        rest.conversations += 1
        for turn in turns:
            if turn.messages:
                rest.saw([_shown(message) for message in turn.messages])
    for platform in platforms:
        row = Row(platform.channel)
        rows.append(row)
        started = time.monotonic()
        posted: list[Webhook] = []
        for rank, conversation in enumerate(conversations):
            user = platform.person(rank)
            posted += await converse(assistant, platform, user, conversation, references[rank], row)
        total = sum(len(shown) for shown in platform.shown.values())
        await attack(assistant, platform, _fresh(platform), row)
        # A request that was captured and comes back later is signed rightly, and still must do nothing.
        for webhook in posted:
            await assistant.post(platform.channel, webhook)
        await assistant.settle()
        row.duplicates += sum(len(shown) for shown in platform.shown.values()) - total
        row.violations += platform.violations
        print(f"{platform.channel}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows


def table(rows: Sequence[Row]) -> str:
    """The table as text."""
    head = (
        "channel",
        "talks",
        "turns",
        "messages",
        "longest",
        "buttons",
        "violations",
        "attacks refused",
        "duplicates",
    )
    lines: list[tuple[str, ...]] = [head]
    for row in rows:
        attacks = f"{row.attacks_refused}/{row.attacks}" if row.attacks else "–"
        numbers = (
            row.conversations,
            row.turns,
            row.messages,
            row.longest,
            row.most_buttons,
            len(row.violations),
        )
        lines.append((row.channel, *(str(number) for number in numbers), attacks, str(row.duplicates)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    for row in rows:
        if row.channel == "sms" and row.messages:
            text.append(f"sms: {row.segments} segments, {row.segments / row.turns:.1f} a turn")
        text += [f"violation: {what}" for what in row.violations[:10]]
    return "\n".join(line.rstrip() for line in text)


def passed(rows: Sequence[Row]) -> bool:
    """True where nothing is wrong on any channel."""
    return not any(row.violations or row.duplicates or row.attacks != row.attacks_refused for row in rows)


@asynccontextmanager
async def stand_ins(platforms: Sequence[Platform]) -> AsyncIterator[dict[str, str]]:
    """The stand-ins, listening; the variables that turn every channel on."""
    runners: list[web.AppRunner] = []
    variables: dict[str, str] = {}
    try:
        for hosted in _by_host(platforms):
            runner = web.AppRunner(application(hosted), access_log=None)
            await runner.setup()
            runners.append(runner)
            listener = _listener()
            await web.SockSite(runner, listener).start()
            for platform in hosted:
                variables |= platform.environment(f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield variables
    finally:
        for runner in runners:
            await runner.cleanup()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[Assistant]:
    """The Sanic application, listening."""
    listener = _listener()
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.after_start()
    async with aiohttp.ClientSession() as client:
        yield Assistant(app, f"http://127.0.0.1:{listener.getsockname()[1]}", client)
    await server.before_stop()
    await server.close()
    await server.after_stop()


def main(arguments: list[str]) -> None:
    """Prints the table; the exit status is 1 where a cell is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.system channels", description=__doc__)
    parser.add_argument("--model", type=Path, default=settings.MODELS)
    parser.add_argument("--only", nargs="*", help="the channels to run, all without it")
    options = parser.parse_args(arguments)
    logging.disable(logging.ERROR)
    conversations = yaml.safe_load(CONVERSATIONS.read_text(encoding="utf-8"))
    platforms = [kind() for kind in PLATFORMS if not options.only or kind.channel in options.only]
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_run(options.model, Path(folder), platforms, conversations))
    print(table(rows))
    sys.exit(0 if passed(rows) else 1)


async def _run(
    model: Path, folder: Path, platforms: Sequence[Platform], conversations: Sequence[Sequence[Step]]
) -> list[Row]:
    async with stand_ins(platforms) as variables:
        os.environ.update(variables)
        os.environ.update(
            ACTION_SERVER_URL="",
            CONVERSATIONS_DB=str(folder / "conversations.db"),
            CHANNELS_DB=str(folder / "channels.db"),
            FEEDBACK_DATABASE_URL=f"sqlite:///{folder / 'feedback.db'}",
            CHANNELS_FIRST_RETRY_SECONDS="0.05",
            CHANNELS_QUIET_SECONDS="0",
            **settings.WITHOUT_LIMITS,
        )
        settings.apply()
        # Imported after the settings: Rasa reads some of them as it is imported.
        from rasa.utils.log_utils import configure_structlog

        from bot.server import create_app

        configure_structlog(logging.CRITICAL)

        async with serving(create_app(model)) as assistant:
            agent = assistant.app.ctx.agent
            if not agent.is_ready():
                sys.exit(f"no model can be loaded from {model}")
            return await measure(assistant, platforms, conversations)


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def _by_host(platforms: Sequence[Platform]) -> list[list[Platform]]:
    groups: dict[str, list[Platform]] = {}
    for platform in platforms:
        groups.setdefault(platform.host or platform.channel, []).append(platform)
    return list(groups.values())


def _offered(turns: Sequence[Turn]) -> list[Message]:
    """The buttons of the last turn that was answered; an attachment changes nothing."""
    return next((turn.buttons for turn in reversed(turns) if turn.messages), [])


def _button(step: Step, offered: Sequence[Message]) -> Message | None:
    if isinstance(step, str) or not offered:
        return None
    return offered[min(int(next(iter(step.values()))), len(offered)) - 1]


def _webhook(
    platform: Platform, user: str, step: Step, offered: Sequence[Message], last: Sequence[Shown], row: Row
) -> Webhook:
    if isinstance(step, str):
        return platform.says(user, step)
    if "send" in step:
        return platform.sends(user, platform.attachments[row.conversations % len(platform.attachments)])
    button = _button(step, offered)
    if button is None:
        return platform.says(user, "aide")
    title, kind = str(button["title"]), next(iter(step))
    rank = [other["payload"] for other in offered].index(button["payload"])
    if kind == "tap":
        for shown in last:
            for mine in shown.buttons:
                if mine.title == title:
                    return platform.taps(user, mine, shown)
        kind = "number"
        if not any(
            f"{rank + 1}. " in shown.text or f"- {_plain(title)}" in _plain(shown.text) for shown in last
        ):
            row.violations.append(f"{platform.channel}: the choice {title!r} is not shown")
    from bot.channels.delivery.button_resolution import are_numbered

    if kind == "number" and are_numbered(offered):
        return platform.says(user, str(rank + 1))
    if kind == "ordinal" and len(offered) > 1 and rank < len(ORDINALS):
        return platform.says(user, ORDINALS[rank])
    return platform.says(user, _plain(title))


def _faults(platform: Platform, turn: Turn, seen: Sequence[Shown]) -> Iterator[str]:
    """What is wrong with the messages of a turn, beside what the platform itself refuses."""
    joined = "\n".join(shown.text for shown in seen)
    if not seen:
        yield "no answer"
    if PAYLOAD.search(joined):
        yield "a payload is shown as text"
    if "**" in joined and platform.channel != "mattermost":
        yield "bold marks are shown as text"
    if not turn.messages:
        return
    if platform.channel == "sms":
        if joined.count("Source") < sum("\nSource" in message["text"] for message in turn.messages):
            yield "a source line is missing"
        return
    letters = _letters(joined)
    for message in turn.messages:
        if _letters(message["text"]) not in letters:
            yield f"another answer than on REST ({(message.get('metadata') or {}).get('response')})"


def _fresh(platform: Platform) -> Iterator[Webhook]:
    """Requests that were never posted: a message, an attachment and, where there are buttons, a tap."""
    user = platform.person(900)
    yield platform.says(user, "bonjour")
    yield platform.sends(user, platform.attachments[0])
    for person, shown in list(platform.shown.items()):
        for message in shown:
            if message.buttons:
                yield platform.taps(person, message.buttons[0], message)
                return


def _shown(message: Message) -> Shown:
    buttons = tuple(Button(button["title"], button["payload"]) for button in message.get("buttons") or ())
    return Shown(message["text"], buttons, message)


def _letters(text: str) -> str:
    # The address of a sheet is another in each conversation.
    return re.sub(r"[\W_]+", "", TOKEN_IN_ADDRESS.sub("", text))


def _plain(text: str) -> str:
    """Small letters without accents, as people type."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
