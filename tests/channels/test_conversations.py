"""Each channel against its platform's stand-in: order, copies, forgeries, outages, restarts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.delivery.button_resolution import are_numbered
from bot.channels.delivery.message_tables import OUTBOX
from tests.channels.world import ScriptedAgent, World, run, server, stand_ins, texts, world
from tests.support.platforms import PLATFORMS
from tests.support.platforms.base import DROP, Platform, Webhook
from tests.support.platforms.callback import Signed
from tests.system.channels import OVERSIZED

ATTACHMENT = "je ne peux ouvrir"
everywhere = pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.channel)


def in_world(kind: type[Platform], folder: Path, test: Callable[[World], Any], give_up: float = 30.0) -> None:
    async def steps() -> None:
        async with world(kind, folder, give_up) as running:
            await test(running)
            assert running.platform.violations == []
            assert running.platform.unauthorized == 0

    run(steps)


@everywhere
def test_ten_turns_with_buttons_are_answered_each_once(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        shown = await here.say(user, "bonjour")
        for _ in range(9):
            buttons = [button for message in shown for button in message.buttons]
            if buttons:
                before = len(here.platform.shown[user])
                await here.post(here.platform.taps(user, buttons[0], shown[-1]))
                shown = here.platform.shown[user][before:]
            else:
                shown = await here.say(user, "1")
            assert shown
        assert len(here.agent.texts()) == 10
        assert all(text.startswith("/") for text in here.agent.texts()[1:3])

    in_world(kind, tmp_path, test)


@everywhere
def test_a_number_an_ordinal_and_a_title_all_mean_the_button(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        for typed in ("2", "le deuxième", None):
            await here.say(user, "perdue")
            second = next(iter(here.agent.events.values()))[-1].data["buttons"]
            assert are_numbered(second)
            await here.say(user, typed or second[1]["title"].lower())
            assert here.agent.texts()[-1] == second[1]["payload"]

    in_world(kind, tmp_path, test)


@everywhere
def test_a_number_typed_after_an_attachment_still_means_the_button(
    kind: type[Platform], tmp_path: Path
) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        await here.say(user, "perdue")
        await here.post(here.platform.sends(user, here.platform.attachments[0]))
        await here.say(user, "1")
        assert here.agent.texts()[-1].startswith("/")

    in_world(kind, tmp_path, test)


@everywhere
def test_copies_of_a_request_get_one_answer(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        webhook = here.platform.says(user, "bonjour")
        assert await here.post(webhook, webhook, webhook) == [200, 200, 200]
        await here.post(webhook)
        assert here.agent.texts() == ["bonjour"]
        assert here.count("duplicates") == 3

    in_world(kind, tmp_path, test)


@everywhere
def test_messages_written_in_a_row_are_answered_in_their_order(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        here.agent.pause = 0.01
        user = here.platform.person(1)
        for webhook in [here.platform.says(user, f"question {rank}") for rank in range(5)]:
            assert await here.assistant.post(here.platform.channel, webhook) == 200
        await here.post()
        assert here.agent.texts() == [f"question {rank}" for rank in range(5)]

    in_world(kind, tmp_path, test)


@everywhere
def test_the_webhook_answers_before_the_assistant_does(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        here.agent.pause = 0.5
        user = here.platform.person(1)
        assert await here.assistant.post(here.platform.channel, here.platform.says(user, "bonjour")) == 200
        assert not here.platform.shown[user]
        await here.post()
        assert here.platform.shown[user]

    in_world(kind, tmp_path, test)


@everywhere
def test_forged_requests_are_refused_and_counted(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        shown = await here.say(user, "bonjour")
        webhooks = [here.platform.says(user, "aide"), here.platform.sends(user, here.platform.attachments[0])]
        if shown[-1].buttons:
            webhooks.append(here.platform.taps(user, shown[-1].buttons[0], shown[-1]))
        forged = [attack for webhook in webhooks for attack in here.platform.attacks(webhook)]
        assert set(await here.post(*forged)) == {403}
        assert here.count("refused") == len(forged) > 3
        assert here.agent.texts() == ["bonjour"]

    in_world(kind, tmp_path, test)


@everywhere
def test_an_oversized_body_is_refused(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        assert await here.post(Webhook(b"x" * OVERSIZED, {"Content-Type": "application/json"})) == [413]

    in_world(kind, tmp_path, test)


@everywhere
def test_what_is_no_text_gets_a_polite_answer_and_no_turn(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        for rank, attachment in enumerate(here.platform.attachments):
            user = here.platform.person(rank)
            await here.post(here.platform.sends(user, attachment))
            assert ATTACHMENT in texts(here.platform.shown[user])
        assert here.agent.texts() == []

    in_world(kind, tmp_path, test)


@everywhere
def test_what_nobody_can_read_is_not_taken_for_a_picture(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        for rank, thing in enumerate(here.platform.wordless):
            user = here.platform.person(rank)
            await here.post(here.platform.sends(user, thing))
            assert "que du texte" in texts(here.platform.shown[user])
            assert ATTACHMENT not in texts(here.platform.shown[user])
        assert here.agent.texts() == []

    in_world(kind, tmp_path, test)


@everywhere
def test_the_words_below_a_picture_are_answered_and_the_picture_is_mentioned(
    kind: type[Platform], tmp_path: Path
) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        webhook = here.platform.captions(user, "documents")
        if webhook is None:
            return
        await here.post(webhook)
        assert here.agent.texts() == ["documents"]
        first, *answer = here.platform.shown[user]
        assert "ce que vous avez joint" in first.text
        assert answer

    in_world(kind, tmp_path, test)


@everywhere
def test_an_outage_delays_the_answer_and_keeps_the_order(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        here.platform.fail_next(503, 500, 502)
        await here.post(here.platform.says(user, "bonjour"))
        await here.say(user, "perdue")
        assert here.count("retried") == 3
        assert here.failures() == []
        seen = [message.text for message in here.platform.shown[user]]
        assert len(seen) == len(set(seen)) >= 2

    in_world(kind, tmp_path, test)


@everywhere
def test_a_platform_that_asks_to_wait_is_asked_again(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        here.platform.fail_next(429)
        assert len(await here.say(user, "bonjour")) == 1
        assert here.count("retried") == 1

    in_world(kind, tmp_path, test)


@everywhere
def test_a_call_whose_fate_is_unknown_is_not_made_again(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        here.platform.fail_next(DROP)
        assert len(await here.say(user, "bonjour")) == 1
        # The callbacks carry a key by which the receiver drops a copy, so they may be repeated.
        repeatable = issubclass(kind, Signed)
        assert here.count("uncertain") == (0 if repeatable else 1)
        assert [failure.reason.partition(":")[0] for failure in here.failures()] == (
            [] if repeatable else ["uncertain"]
        )

    in_world(kind, tmp_path, test)


@everywhere
def test_a_refused_call_is_stored_and_the_next_answer_is_sent(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        here.platform.fail_next(400)
        assert await here.say(user, "bonjour") == []
        assert here.count("failed") == 1
        assert await here.say(user, "bonjour")

    in_world(kind, tmp_path, test)


@everywhere
def test_a_platform_out_of_reach_is_given_up_in_the_end(kind: type[Platform], tmp_path: Path) -> None:
    async def steps() -> None:
        platform = kind()
        variables = platform.environment("http://127.0.0.1:1")
        async with server(platform, tmp_path, ScriptedAgent(), variables, give_up=0.2) as here:
            await here.post(platform.says(platform.person(1), "bonjour"))
            assert here.count("retried") >= 1
            assert [failure.channel for failure in here.failures()] == [platform.channel]

    run(steps)


@everywhere
def test_a_restart_loses_nothing_and_repeats_nothing(kind: type[Platform], tmp_path: Path) -> None:
    async def steps() -> None:
        platform, agent = kind(), ScriptedAgent()
        user = platform.person(1)
        webhook = platform.says(user, "bonjour")
        async with server(platform, tmp_path, agent, platform.environment("http://127.0.0.1:1")) as here:
            assert await here.assistant.post(platform.channel, webhook) == 200
            mailbox = here.assistant.app.ctx.delivery._queue
            # Stopped between two tries: in the middle of one, nobody would know whether it arrived.
            while not here.count("retried") or mailbox._read(
                sa.select(OUTBOX.c.id).where(OUTBOX.c.sending == 1)
            ):
                await asyncio.sleep(0.001)
            for task in here.assistant.app.ctx.delivery._tasks.values():
                task.cancel()
        async with stand_ins([platform]) as variables:
            async with server(platform, tmp_path, agent, variables) as here:
                await here.post(webhook)
        assert len(platform.shown[user]) == 1
        assert agent.texts() == ["bonjour"]

    run(steps)


@everywhere
def test_a_turn_that_fails_is_answered_all_the_same(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        assert "reformuler" in texts(await here.say(user, "panne"))
        assert await here.say(user, "bonjour")

    in_world(kind, tmp_path, test)


@everywhere
def test_a_conversation_that_a_person_took_over_stays_silent(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        await here.say(user, "bonjour")
        here.agent.silent = True
        assert await here.say(user, "aide") == []

    in_world(kind, tmp_path, test)


@everywhere
def test_a_person_can_write_into_a_conversation(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        await here.say(user, "bonjour")
        conversation = next(iter(here.agent.events))
        delivery = here.assistant.app.ctx.delivery
        assert await delivery.push(conversation, [{"text": "Bonjour, ici une conseillère."}])
        assert not await delivery.push("telegram-unknown", [{"text": "Bonjour"}])
        await here.post()
        assert "conseillère" in texts(here.platform.shown[user][-1:]).replace("ere", "ère")

    in_world(kind, tmp_path, test)


@everywhere
def test_a_conversation_is_not_named_after_its_person(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        user = here.platform.person(1)
        await here.say(user, "bonjour")
        (conversation,) = here.agent.events
        assert re.fullmatch(f"{kind.channel}-[0-9a-f]{{32}}", conversation)

    in_world(kind, tmp_path, test)


@everywhere
def test_a_flood_is_dropped_and_counted(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World) -> None:
        here.agent.pause = 0.3
        user = here.platform.person(1)
        webhooks = [here.platform.says(user, f"question {rank}") for rank in range(30)]
        for webhook in webhooks:
            await here.assistant.post(here.platform.channel, webhook)
        assert here.count("flooded") >= 5
        here.agent.pause, here.agent.silent = 0.0, True

    in_world(kind, tmp_path, test)


@everywhere
def test_a_signed_request_of_another_shape_is_refused_without_a_trace(
    kind: type[Platform], tmp_path: Path
) -> None:
    async def test(here: World) -> None:
        platform = here.platform
        for value in (b"[]", b"{", b"{}", b'"text"', b"null"):
            status = (await here.post(platform.signed(value)))[0]
            assert status in (200, 400, 403)
        assert here.agent.texts() == []

    in_world(kind, tmp_path, test)
