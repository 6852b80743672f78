"""Every answer on every channel: within the platform's limits and whole; some as they were last time.

Those are kept in ``golden/`` as the requests that leave; after a change that is meant, write them again:
``python -m tests.channels.golden``.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from tests.channels import golden
from tests.channels.catalogue import letters, messages
from tests.support.platforms import PLATFORMS, Platform
from tests.support.platforms.base import Shown
from tests.system.channels import PAYLOAD

everywhere = pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.channel)


@everywhere
def test_every_answer_is_within_the_limits_and_whole(kind: type[Platform]) -> None:
    asyncio.run(_check(kind))


async def _check(kind: type[Platform]) -> None:
    platform, channel = kind(), golden.channel_of(kind)
    for name, message in messages(kind.channel):
        seen: list[Shown] = []
        for call in golden.calls(channel, message):
            received = await platform.receive(golden.request(channel, call))  # type: ignore[arg-type]
            assert received is not None
            seen.append(received[1])
        joined = "\n".join(shown.text for shown in seen)
        assert not PAYLOAD.search(joined), name
        assert platform.channel == "mattermost" or "**" not in joined, name
        if platform.channel != "sms":
            assert letters(message["text"]) in letters(joined), name
        assert ("\nSource" in message["text"]) <= ("Source" in joined), name
        _check_choices(name, message["buttons"], seen, joined)


def _check_choices(name: str, buttons: list[dict[str, Any]], seen: list[Shown], joined: str) -> None:
    """Each choice is a button, or written out; none is in both forms, none is lost."""
    native = [button.title for shown in seen for button in shown.buttons]
    assert native in ([], [button["title"] for button in buttons]), name
    if not native:
        for button in buttons:
            assert re.search(rf"(?m)^(?:\d+\.|-) {re.escape(_as_shown(button['title'], joined))}$", joined), (
                name
            )


def _as_shown(title: str, joined: str) -> str:
    from bot.channels.platforms.sms_text import to_gsm

    return title if f" {title}" in joined else to_gsm(title)


@everywhere
def test_the_examples_are_rendered_as_they_were(kind: type[Platform]) -> None:
    kept = golden.example_file(kind).read_text(encoding="utf-8")
    assert golden.examples(kind) == kept
