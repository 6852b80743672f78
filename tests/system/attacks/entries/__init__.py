"""The ways into the assistant that ``fuzz`` tries, each with the shape of its right inputs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from hypothesis import strategies as st

from bot import neighbours
from bot.law import parameters
from bot.mediator.desk import Desk
from tests.support.platforms import PLATFORMS, Platform
from tests.support.servers import cluster
from tests.support.servers.cluster import Cluster
from tests.support.servers.parts import Part
from tests.system.attacks import desk
from tests.system.attacks.attack import Entry, Outcome
from tests.system.attacks.entries import files, inside, outside
from tests.system.attacks.frames import Frames
from tests.system.channels import stand_ins


def of_files(folder: Path) -> Iterator[Entry]:
    """The files that maintainers edit: parameters, and the messages of ``topics``."""
    yield Entry("parameter files", files.law_parameters(folder / "parameters"))
    parameters.validate()
    yield Entry("JSONL of topics", files.messages(folder / "topics.jsonl"))


async def of_servers(folder: Path, model: Path, secret: str, each: Callable[[Entry], None]) -> None:
    """Starts the servers and their platforms, and hands over every entry in turn."""
    platforms = [kind() for kind in PLATFORMS]
    async with stand_ins(platforms) as variables:
        # Another thread: the stand-ins answer in this one.
        await asyncio.to_thread(_of_servers, folder, model, secret, platforms, variables, each)


def _of_servers(
    folder: Path,
    model: Path,
    secret: str,
    platforms: list[Platform],
    variables: Mapping[str, str],
    each: Callable[[Entry], None],
) -> None:
    extra = {**variables, "DESK_SECRET": secret, "DESK_URL": desk.NO_BOT}
    with cluster.running(folder, model, workers=1, extra=extra) as started:
        for entry in _entries(started, folder, secret, platforms):
            each(entry)


def _entries(started: Cluster, folder: Path, secret: str, platforms: list[Platform]) -> Iterator[Entry]:
    bot, actions = started.parts["bot-1"], started.parts["actions"]
    port = int(bot.environment["ASSISTANT_PORT"])
    metrics = int(bot.environment["METRICS_PORT"])
    action_port = int(actions.environment["ACTION_SERVER_PORT"])
    logs = (folder / "bot-1.log",)

    def entry(name: str, shoot: Callable[[st.DataObject], Outcome], share: float = 1.0) -> Entry:
        return Entry(name, shoot, share, lambda: _lives(bot, f"{started.servers[0]}/health"), logs)

    yield entry("REST webhook", outside.rest(port))
    frames = Frames(started.servers[0])
    yield entry("socket.io", frames.shoot)
    frames.close()
    for platform in platforms:
        yield entry(f"webhook of {platform.channel}", outside.webhook(platform, port))
    yield entry("take-away", outside.takeaway(port, outside.token_of_a_sheet(started.address)))
    yield entry("site, opinions, export", outside.site(port))
    yield entry("health and readiness", outside.machines(port, ("/health", "/ready", "/webhooks/rest/")), 0.5)
    yield entry("metrics", outside.machines(metrics, ("/metrics", "/")))
    yield entry("desk’s way to the bot", inside.bridge(port, secret))
    with desk.served(Desk(f"sqlite:///{folder / 'desk.db'}", secret, started.servers[0])) as served:
        yield Entry("bot’s way to the desk", inside.internal(served, secret))
    whole = partial(inside.of_the_desk, address=started.servers[0], secret=secret)
    yield Entry("mediators’ desk", lambda _: Outcome(0), whole=whole)
    alive = f"http://127.0.0.1:{action_port}/health"
    shoot = inside.actions(action_port)
    # Its log tells the actions that ended in an apology, with their traceback: they are answered.
    yield Entry("action server", shoot, 1.0, lambda: _lives(actions, alive))


def _lives(part: Part, address: str) -> bool:
    if part.process is None or part.process.poll() is not None:
        return False
    with neighbours.open_url(address, 60) as answer:
        return bool(answer.status == 200)
