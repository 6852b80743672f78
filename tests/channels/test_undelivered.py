"""What a platform refuses is known at the desk, before a reply is sent where it can be, and after."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.delivery import refusals
from bot.channels.delivery.message_queue import DAY
from bot.channels.desk_api import handover
from bot.channels.desk_api.handover import NotReached
from bot.operations.locks import ConversationLocks
from tests.channels.world import ScriptedAgent, World, run, server, stand_ins, world
from tests.support.platforms import Platform, Sms, Telegram, WhatsApp

HOUR = 3600.0
TYPED = "Appelez l’accueil au 02 99 00 00 00."


class Agent:
    """The conversation as the database holds it: the desk reads it and writes into it."""

    def __init__(self, conversation: str, channel: str) -> None:
        self.domain = Domain.empty()
        self.lock_store = ConversationLocks()
        self.tracker_store = self
        self.tracker = DialogueStateTracker(conversation, ())
        self.tracker.update(UserUttered("bonjour", input_channel=channel))

    async def retrieve(self, _: str) -> DialogueStateTracker:
        return self.tracker

    retrieve_full_tracker = retrieve

    async def save(self, _: DialogueStateTracker) -> None:
        pass


class Desk:
    """A conversation of one person on a service, as a mediator has it before them."""

    def __init__(self, here: World, user: str) -> None:
        self.here, self.user = here, user
        self.app = here.assistant.app
        self.app.ctx.input_channels = ()
        self.delivery = self.app.ctx.delivery
        self.conversation = next(iter(here.agent.events))
        self.agent = Agent(self.conversation, here.platform.channel)

    async def say(self, text: str, name: str = "1") -> None:
        await handover.say(self.app, self.agent, self.conversation, text, name)
        await self.here.post()

    async def opened(self) -> dict[str, Any]:
        return await handover.opened(self.agent, self.conversation, self.app)

    async def fate(self, name: str = "1") -> str | None:
        said = [each for each in (await self.opened())["messages"] if each["by"] == "mediator"]
        return next(each.get("not_delivered") for each in said if each["metadata"]["pushed"] == name)

    def pass_time(self, seconds: float) -> None:
        before = self.delivery.clock()
        self.delivery.clock = lambda: before + seconds


def at_the_desk(
    kind: type[Platform], folder: Path, test: Callable[[Desk, Any], Any], **variables: str
) -> None:
    async def steps() -> None:
        platform = kind()
        async with stand_ins([platform]) as own:
            async with server(platform, folder, ScriptedAgent(), {**own, **variables}) as here:
                user = platform.person(1)
                await here.say(user, "bonjour")
                await test(Desk(here, user), platform)

    run(steps)


def answering(platform: Any, status: int, error: dict[str, Any]) -> None:
    """The platform refuses the next call with its own words."""
    platform.fail_next(status)
    platform.refused = lambda *_: web.json_response(error, status=status)


REFUSALS = [
    (WhatsApp, 400, {"error": {"code": 131047, "message": "Re-engagement message"}}, refusals.WINDOW),
    (WhatsApp, 400, {"error": {"code": 131026, "message": "undeliverable"}}, refusals.UNREACHABLE),
    (WhatsApp, 400, {"error": {"code": 100, "message": "Invalid parameter"}}, refusals.REFUSED),
    (Sms, 400, {"code": 21610, "message": "unsubscribed"}, refusals.STOPPED),
    (Sms, 400, {"code": 21211, "message": "invalid"}, refusals.UNREACHABLE),
    (
        Telegram,
        403,
        {"ok": False, "description": "Forbidden: bot was blocked by the user"},
        refusals.STOPPED,
    ),
]


@pytest.mark.parametrize(
    ("kind", "status", "error", "why"), REFUSALS, ids=[f"{one[0].channel}-{one[3]}" for one in REFUSALS]
)
def test_a_reply_that_is_refused_is_marked_at_the_desk(
    kind: type[Platform], status: int, error: dict[str, Any], why: str, tmp_path: Path
) -> None:
    async def test(desk: Desk, platform: Platform) -> None:
        await desk.say("Je suis là.", "first")
        answering(platform, status, error)
        await desk.say("Et maintenant ?", "second")
        assert await desk.fate("first") is None
        assert await desk.fate("second") == why

    at_the_desk(kind, tmp_path, test)


def test_a_number_that_the_platform_knows_to_have_said_stop_is_written_to_no_more(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: Platform) -> None:
        answering(platform, 400, {"code": 21610, "message": "unsubscribed"})
        await desk.say("Je suis là.")
        assert (await desk.opened())["reach"]["state"] == "stopped"
        with pytest.raises(NotReached):
            await desk.say("Encore moi", "2")

    at_the_desk(Sms, tmp_path, test)


def test_who_had_blocked_the_bot_and_writes_again_is_answered(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: Telegram) -> None:
        platform.fail_next(403)
        refused = platform.refused
        platform.refused = lambda *_: web.json_response(  # type: ignore[method-assign]
            {"ok": False, "description": "Forbidden: bot was blocked by the user"}, status=403
        )
        await desk.say("Je suis là.")
        platform.refused = refused  # type: ignore[method-assign]
        assert (await desk.opened())["reach"]["state"] == "stopped"
        assert await desk.here.say(desk.user, "aide")
        assert (await desk.opened())["reach"]["state"] == "open"

    at_the_desk(Telegram, tmp_path, test)


def test_a_status_that_comes_later_marks_the_right_reply(tmp_path: Path) -> None:
    async def whatsapp(desk: Desk, platform: WhatsApp) -> None:
        names = iter(("wamid.A", "wamid.B"))
        platform.accepted = lambda _: web.json_response(  # type: ignore[method-assign]
            {"messages": [{"id": next(names)}]}
        )
        await desk.say("Un", "first")
        await desk.say("Deux", "second")
        await desk.here.post(platform.statuses(desk.user, "delivered", message="wamid.A"))
        await desk.here.post(platform.statuses(desk.user, "failed", 131026, "wamid.B"))
        assert await desk.fate("first") is None
        assert await desk.fate("second") == refusals.UNREACHABLE

    at_the_desk(WhatsApp, tmp_path, whatsapp)


def test_twilio_tells_later_what_it_could_not_deliver(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: Sms) -> None:
        platform.accepted = lambda _: web.json_response({"sid": "SM9"}, status=201)  # type: ignore[method-assign]
        await desk.say("Un")
        await desk.here.post(platform.statuses("SM9", "sent"))
        assert await desk.fate() is None
        await desk.here.post(platform.statuses("SM9", "undelivered", 30005))
        assert await desk.fate() == refusals.UNREACHABLE
        # A status is nobody's message.
        assert desk.here.agent.texts() == ["bonjour"]

    at_the_desk(Sms, tmp_path, test)


def test_an_answer_of_the_bot_that_was_refused_is_marked_too(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: Telegram) -> None:
        platform.fail_next(400)
        await desk.here.say(desk.user, "aide")
        missed = (await desk.delivery.undelivered(desk.conversation))[0]
        said = BotUttered("Voici mon aide", data={}, timestamp=missed.answered - 0.01)
        earlier = BotUttered("Bonjour", data={}, timestamp=missed.answered - 60)
        for event in (earlier, said):
            desk.agent.tracker.update(event)
        told = [each for each in (await desk.opened())["messages"] if each["by"] == "bot"]
        assert [each.get("not_delivered") for each in told] == [None, refusals.REFUSED]

    at_the_desk(Telegram, tmp_path, test)


def test_after_a_day_whatsapp_is_closed_and_the_desk_knows_before_it_sends(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: WhatsApp) -> None:
        desk.pass_time(23 * HOUR)
        assert (await desk.opened())["reach"]["state"] == "open"
        desk.pass_time(2 * HOUR)
        reach = (await desk.opened())["reach"]
        assert (reach["channel"], reach["state"], reach["template"]) == ("whatsapp", "window", False)
        before = len(platform.shown[desk.user])
        with pytest.raises(NotReached):
            await desk.say("Je suis là.")
        assert len(platform.shown[desk.user]) == before
        # The person writes again: it is open for another day.
        await desk.here.say(desk.user, "aide")
        assert (await desk.opened())["reach"]["state"] == "open"

    at_the_desk(WhatsApp, tmp_path, test)


def test_a_template_carries_the_reply_after_a_day(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: WhatsApp) -> None:
        desk.pass_time(DAY + 1)
        assert (await desk.opened())["reach"]["template"] is True
        await desk.say("Votre carte\nest partie.")
        shown = platform.shown[desk.user][-1]
        assert shown.call["template"]["name"] == "reponse_du_guichet"
        assert shown.call["template"]["language"] == {"code": "fr"}
        assert shown.text == "Votre carte est partie."
        assert platform.violations == []

    at_the_desk(WhatsApp, tmp_path, test, WHATSAPP_TEMPLATE="reponse_du_guichet/fr")


def test_a_service_without_a_window_stays_open(tmp_path: Path) -> None:
    async def test(desk: Desk, _: Platform) -> None:
        desk.pass_time(20 * DAY)
        assert (await desk.opened())["reach"] == {
            "channel": "telegram",
            "state": "open",
            "until": None,
            "template": False,
        }

    at_the_desk(Telegram, tmp_path, test)


def test_a_public_number_reaches_the_person_and_the_mailbox_holds_it_masked(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: Telegram) -> None:
        desk.delivery._wake = lambda _: None
        await desk.say(TYPED)
        kept = desk.delivery._queue.next_call(desk.conversation)
        assert "[téléphone]" in kept.call.body["text"]
        del desk.delivery._wake
        desk.delivery._wake(desk.conversation)
        await desk.here.post()
        assert "02 99 00 00 00" in platform.shown[desk.user][-1].text
        assert not desk.delivery._as_typed
        for file in tmp_path.glob("channels.db*"):
            assert b"02 99" not in file.read_bytes()

    at_the_desk(Telegram, tmp_path, test)


def test_in_a_window_there_is_no_service_to_tell_of() -> None:
    agent = Agent("tab", "socket")
    app: Any = SimpleNamespace(ctx=SimpleNamespace(input_channels=()))
    told = asyncio.run(handover.opened(agent, "tab", app))
    assert told["reach"] is None


def test_another_server_cannot_write_to_the_person() -> None:
    agent = Agent("telegram-1", "telegram")
    app: Any = SimpleNamespace(ctx=SimpleNamespace(input_channels=()))
    told = asyncio.run(handover.opened(agent, "telegram-1", app))
    assert told["reach"]["state"] == "elsewhere"


def test_nothing_of_it_holds_a_word_or_a_number(tmp_path: Path) -> None:
    async def steps() -> None:
        async with world(Sms, tmp_path) as here:
            here.platform.fail_next(400)
            await here.say(here.platform.person(1), "bonjour")
            box = here.assistant.app.ctx.delivery._queue
            held = [
                row
                for table in ("people", "sent", "undelivered", "failures")
                for row in box._read(sa.text(f"SELECT * FROM {table}"))
            ]
            assert held
            assert "3363998" not in json.dumps(held, default=str)

    run(steps)


def test_a_reply_that_names_no_message_is_a_message_sent(tmp_path: Path) -> None:
    async def test(desk: Desk, platform: WhatsApp) -> None:
        for reply in (web.Response(text="ok"), web.json_response({"messages": [{}]})):
            platform.accepted = lambda _, reply=reply: reply  # type: ignore[method-assign, misc]
            before = len(platform.shown[desk.user])
            await desk.here.say(desk.user, "aide")
            assert len(platform.shown[desk.user]) > before
        assert desk.here.failures() == []
        assert desk.here.count("uncertain") == 0

    at_the_desk(WhatsApp, tmp_path, test)
