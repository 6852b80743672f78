"""Two servers of one machine share the mailbox of the messaging channels: each message is answered once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

from bot.operations.locks import ConversationLocks
from tests.channels.catalogue import generator
from tests.channels.world import ScriptedAgent, server
from tests.support.platforms.telegram import Telegram
from tests.support.servers.cluster import Cluster
from tests.system.channels import stand_ins

SAID = ("bonjour", "perdue", "documents", "plaque", "aide", "prix")


def agent_of_a_server(redis: str, events: dict) -> ScriptedAgent:
    agent = ScriptedAgent()
    agent.lock_store = ConversationLocks(SimpleNamespace(url=redis))
    agent.events = events
    agent.pause = 0.05
    return agent


def test_a_person_whose_messages_reach_both_servers_is_answered_once_and_in_order(
    servers: Cluster, tmp_path: Path
) -> None:
    async def body() -> tuple[list[str], list[str], int]:
        platform = Telegram()
        person = platform.person(1)
        agents = [agent_of_a_server(servers.environment["REDIS_URL"], {}) for _ in range(2)]
        agents[1].events = agents[0].events
        async with stand_ins([platform]) as variables:
            async with (
                server(platform, tmp_path, agents[0], variables) as here,
                server(platform, tmp_path, agents[1], variables) as there,
            ):
                for rank, text in enumerate(SAID):
                    webhook = platform.says(person, text)
                    assert await (here, there)[rank % 2].assistant.post(platform.channel, webhook) == 200
                await asyncio.gather(here.post(), there.post())
                shown = [message.text for message in platform.shown[person]]
                return agents[0].texts(), shown, here.count("duplicates")

    # Read now: done within a turn, it would hold up both servers, which share this process.
    generator()
    taken, shown, duplicates = asyncio.run(body())
    assert taken == list(SAID)
    assert len(shown) == len(set(shown)) >= len(SAID)
    assert duplicates == 0
