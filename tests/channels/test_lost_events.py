"""An event that comes at the worst moment is answered all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.channels.world import SECONDS, ScriptedAgent, server, stand_ins
from tests.support.platforms import Telegram

RELEASE_SECONDS = 0.5


class SlowRelease:
    """Locks that take their time to be given back, as over a network."""

    @asynccontextmanager
    async def lock(self, _: str) -> AsyncIterator[None]:
        """Held at once."""
        yield
        await asyncio.sleep(RELEASE_SECONDS)


def test_a_message_that_comes_while_the_lock_is_given_back_is_answered(tmp_path: Path) -> None:
    platform, agent = Telegram(), ScriptedAgent()
    agent.lock_store = SlowRelease()  # type: ignore[assignment]

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
