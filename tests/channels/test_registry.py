"""A channel is on with all its variables, off without; nothing of it answers when it is off."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
import pytest
from sanic import Sanic

from bot.channels import registry
from bot.channels.__main__ import report
from tests.support.platforms import PLATFORMS, Platform
from tests.system.channels import serving

CHANNELS = {channel.name(): channel for channel in registry.CHANNELS}
everywhere = pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.channel)


def test_there_is_a_stand_in_for_every_channel() -> None:
    assert [kind.channel for kind in PLATFORMS] == list(CHANNELS)


@everywhere
def test_all_variables_turn_a_channel_on_and_each_missing_one_is_named(kind: type[Platform]) -> None:
    channel = CHANNELS[kind.channel]
    variables = kind().environment("http://127.0.0.1:1")
    assert registry.state(channel, variables).state == "on"
    for variable in channel.variables:
        if variable.default is None:
            without = {**variables, variable.name: ""}
            found = registry.state(channel, without)
            assert found.state != "on"
            assert found.missing == (variable.name,)
            assert kind.channel not in [made.name() for made in registry.enabled(without)]


def test_nothing_is_on_without_variables(tmp_path: Path) -> None:
    assert registry.enabled({}) == []
    assert {registry.state(channel, {}).state for channel in registry.CHANNELS} == {"off"}


def test_one_account_of_twilio_turns_on_only_the_number_that_is_set() -> None:
    variables = PLATFORMS[4]().environment("http://127.0.0.1:1")
    assert [channel.name() for channel in registry.enabled(variables)] == ["sms"]
    assert registry.state(CHANNELS["whatsapp_twilio"], variables).state == "off"


def test_the_report_shows_addresses_and_what_is_missing_but_no_secret(tmp_path: Path) -> None:
    variables = {**PLATFORMS[0]().environment("http://127.0.0.1:1"), "SLACK_BOT_TOKEN": "xoxb-secret"}
    text = report({**variables, "ASSISTANT_PUBLIC_URL": "https://a.fr/"}, str(tmp_path / "none.db"))
    assert "https://a.fr/webhooks/telegram/webhook" in text
    assert "slack            incomplete  missing: SLACK_SIGNING_SECRET" in text
    assert not any(value in text for value in variables.values())


def test_without_variables_no_channel_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for channel in registry.CHANNELS:
        for variable in channel.variables:
            monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("CONVERSATIONS_DB", str(tmp_path / "conversations.db"))
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'feedback.db'}")
    monkeypatch.setenv("CHANNELS_DB", str(tmp_path / "channels.db"))
    assert asyncio.run(_statuses(tmp_path)) == {404}
    assert not os.path.exists(tmp_path / "channels.db")


async def _statuses(folder: Path) -> set[int]:
    from bot import settings
    from bot.server import create_app

    settings.apply()
    Sanic.test_mode = True
    Sanic._app_registry.pop("assistant", None)
    statuses = set()
    names = [
        *CHANNELS,
        "facebook",
        "twilio",
        "rocketchat",
        "socketio",
        "hangouts",
        "webexteams",
        "botframework",
    ]
    async with serving(create_app(folder)) as assistant:
        async with aiohttp.ClientSession() as client:
            for name in names:
                for path in (
                    f"/webhooks/{name}/webhook",
                    f"/webhooks/{name}/",
                    f"/webhooks/{name}/set_webhook",
                ):
                    for method in ("GET", "POST"):
                        async with client.request(method, assistant.address + path, data=b"{}") as reply:
                            statuses.add(reply.status)
    return statuses
