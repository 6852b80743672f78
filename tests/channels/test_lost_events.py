"""An event that comes at the worst moment is answered all the same."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.channels.delivery.message_queue import MessageQueue
from tests.channels.world import SECONDS, ScriptedAgent, server, stand_ins
from tests.support.platforms import Telegram

RELEASE_SECONDS = 0.5


def test_a_message_that_comes_while_the_lease_is_given_back_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, agent = Telegram(), ScriptedAgent()
    release = MessageQueue.release

    def release_slowly(queue: MessageQueue, conversation: str, owner: str) -> None:
        release(queue, conversation, owner)
        time.sleep(RELEASE_SECONDS)

    monkeypatch.setattr(MessageQueue, "release", release_slowly)

    async def steps() -> None:
        async with stand_ins([platform]) as variables, server(platform, tmp_path, agent, variables) as here:
            user = platform.person(1)
            for rank, text in enumerate(("bonjour", "aide"), start=1):
                assert await here.assistant.post("telegram", platform.says(user, text)) == 200
                await asyncio.wait_for(shown(user, rank), SECONDS)

    async def shown(user: str, messages: int) -> None:
        while len(platform.shown[user]) < messages:
            await asyncio.sleep(0.01)

    asyncio.run(steps())
    assert agent.texts() == ["bonjour", "aide"]
