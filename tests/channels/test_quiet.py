"""Short messages in a row are one message: joined, bounded, and a choice stays a choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.delivery.message_queue import MessageQueue, Waiting
from bot.channels.delivery.types import Incoming
from bot.channels.delivery.workers import MOST_CHARACTERS, MOST_PAUSES, joined, pause_left, together
from tests.channels.world import ScriptedAgent, run, server, stand_ins
from tests.support.platforms import Callback, Platform, Telegram, WhatsApp

PAUSE = 2.0


def typed(*moments: float, text: str = "mot") -> list[Waiting]:
    return [Waiting(row, Incoming(str(row), "me", text), at) for row, at in enumerate(moments, start=1)]


def test_the_pause_begins_again_with_each_message() -> None:
    assert pause_left(typed(0.0), PAUSE, now=0.5) == 1.5
    assert pause_left(typed(0.0, 1.5), PAUSE, now=2.0) == 1.5
    assert pause_left(typed(0.0, 1.5), PAUSE, now=3.5) == 0.0


def test_who_never_pauses_is_answered_all_the_same() -> None:
    moments = [0.5 * rank for rank in range(100)]
    assert pause_left(typed(*moments), PAUSE, now=MOST_PAUSES * PAUSE) == 0.0


def test_a_tapped_button_waits_for_nothing_and_joins_nothing() -> None:
    tap = Waiting(2, Incoming("2", "me", "Perdue", payload="/inform"), 0.0)
    assert pause_left([tap], PAUSE, now=0.0) == 0.0
    assert together([*typed(0.0), tap]) == typed(0.0)
    assert together([tap, *typed(0.0)]) == [tap]


def test_no_message_grows_longer_than_the_assistant_reads() -> None:
    said = together(typed(*[0.0] * 10, text="x" * (MOST_CHARACTERS // 4)))
    assert len(said) == 4
    alone = typed(0.0, text="x" * (2 * MOST_CHARACTERS))
    assert together(alone) == alone


def test_words_and_pictures_become_one_message_answered_where_the_last_was_written() -> None:
    said = [
        Waiting(1, Incoming("1", "me", "bonjour", address={"reply_to": 1}), 0.0),
        Waiting(2, Incoming("2", "me", None, address={"reply_to": 2}, attached=True), 0.0),
        Waiting(3, Incoming("3", "me", "ma carte", address={"reply_to": 3}), 0.0),
    ]
    whole = joined(said)
    assert (whole.text, whole.attached, whole.address) == ("bonjour\nma carte", True, {"reply_to": 3})
    assert joined(said[1:2]).text is None


@pytest.mark.parametrize(
    ("kind", "texts", "taken"),
    [
        (WhatsApp, ("bonjour", "j'ai perdu", "ma carte grise"), ["bonjour\nj'ai perdu\nma carte grise"]),
        # A program gets an answer to each of its requests.
        (Callback, ("bonjour", "aide"), ["bonjour", "aide"]),
    ],
)
def test_three_messages_in_a_row_get_one_answer(
    kind: type[Platform], texts: tuple[str, ...], taken: list[str], tmp_path: Path
) -> None:
    platform, agent = kind(), ScriptedAgent()
    user = platform.person(1)

    async def steps() -> None:
        async with stand_ins([platform]) as variables:
            # Kept by a server that stopped before it answered: by now the person has long paused.
            async with server(platform, tmp_path, agent, variables) as here:
                channel = next(iter(here.assistant.app.ctx.delivery._channels.values()))
            box = MessageQueue(tmp_path / "channels.db")
            for rank, text in enumerate(texts):
                address = {"to": user} if kind is WhatsApp else {"in_reply_to": str(rank), "sender": user}
                event = Incoming(str(rank), user, text, address=address)
                box.accept(platform.channel, channel.conversation(user), event, float(rank), 9)
            box.close()
            async with server(platform, tmp_path, agent, variables, quiet=PAUSE) as here:
                await here.post()
                assert here.failures() == []

    run(steps)
    assert agent.texts() == taken
    assert len(platform.shown[user]) >= len(taken)


def test_a_typed_choice_is_answered_by_itself(tmp_path: Path) -> None:
    platform, agent = Telegram(), ScriptedAgent()

    async def steps() -> None:
        async with stand_ins([platform]) as variables:
            async with server(platform, tmp_path, agent, variables) as here:
                await here.say("7", "perdue")
                channel = next(iter(here.assistant.app.ctx.delivery._channels.values()))
            box = MessageQueue(tmp_path / "channels.db")
            for rank, text in enumerate(("1", "documents", "et vite")):
                event = Incoming(f"x{rank}", "7", text, address={"chat_id": 7})
                box.accept("telegram", channel.conversation("7"), event, float(rank), 9)
            box.close()
            async with server(platform, tmp_path, agent, variables, quiet=PAUSE) as here:
                await here.post()

    run(steps)
    first, second, third = agent.texts()
    assert second.startswith("/")
    assert (first, third) == ("perdue", "documents\net vite")


def test_a_store_out_of_reach_costs_nobody_the_answer(tmp_path: Path) -> None:
    platform, agent = Telegram(), ScriptedAgent()

    async def fail(_: str) -> None:
        raise ConnectionError

    agent.retrieve = fail  # type: ignore[method-assign]

    async def steps() -> None:
        async with stand_ins([platform]) as variables:
            async with server(platform, tmp_path, agent, variables, quiet=0.01) as here:
                assert "reformuler" in (await here.say("7", "bonjour"))[0].text

    run(steps)
