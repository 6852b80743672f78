"""What only one platform has: handshakes, groups, threads, batches, reports, letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.channels.world import World, run, texts, world
from tests.support.platforms import (
    Callback,
    Mail,
    Mattermost,
    Messenger,
    Platform,
    Slack,
    Sms,
    Telegram,
    WhatsApp,
)
from tests.support.platforms.base import Button, as_json
from tests.support.platforms.meta import VERIFY_TOKEN, Meta


def on(kind: type[Platform], folder: Path, test: Callable[[World, Any], Any]) -> None:
    async def steps() -> None:
        async with world(kind, folder) as here:
            await test(here, here.platform)

    run(steps)


async def handshake(here: World, **fields: str) -> tuple[int, str]:
    address = f"{here.assistant.address}/webhooks/{here.platform.channel}/webhook"
    params = {f"hub.{name}": value for name, value in fields.items()}
    async with here.assistant.client.get(address, params=params) as reply:
        return reply.status, await reply.text()


@pytest.mark.parametrize("kind", [Messenger, WhatsApp])
def test_meta_gets_its_challenge_back_with_the_right_word_only(kind: type[Meta], tmp_path: Path) -> None:
    async def test(here: World, _: Meta) -> None:
        right = {"mode": "subscribe", "challenge": "1158201444"}
        assert await handshake(here, **right, verify_token=VERIFY_TOKEN) == (200, "1158201444")
        for wrong in ({**right, "verify_token": "guess"}, right, {"verify_token": VERIFY_TOKEN}):
            status, text = await handshake(here, **wrong)
            assert status == 403
            assert "1158201444" not in text

    on(kind, tmp_path, test)


def test_slack_gets_its_challenge_back(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        webhook = slack.challenge()
        address = f"{here.assistant.address}/webhooks/slack/webhook"
        async with here.assistant.client.post(address, data=webhook.body, headers=webhook.headers) as reply:
            assert (reply.status, await reply.text()) == (200, "3eZbrw1aB")

    on(Slack, tmp_path, test)


def test_a_mention_in_slack_is_answered_once_in_its_thread(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        assert await here.post(*slack.mentions(slack.person(1), "C123", "combien &amp; quand ?")) == [
            200,
            200,
        ]
        (shown,) = slack.shown["C123"]
        assert shown.call["thread_ts"]
        assert here.agent.texts() == ["combien & quand ?"]

    on(Slack, tmp_path, test)


def test_what_a_bot_writes_in_slack_is_not_answered(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        message = slack.message(slack.person(1))
        await here.post(
            slack.event({**message, "text": "coucou", "bot_id": "B1"}),
            slack.event({**message, "subtype": "message_changed", "message": {"text": "coucou"}}),
            slack.event({**message, "subtype": "message_deleted"}),
        )
        assert here.agent.texts() == []

    on(Slack, tmp_path, test)


def test_only_new_messages_of_telegram_are_answered(tmp_path: Path) -> None:
    async def test(here: World, telegram: Telegram) -> None:
        message = {**telegram.message("7"), "text": "bonjour"}
        service = {**telegram.message("7"), "pinned_message": message}
        for content in ({"edited_message": message}, {"channel_post": message}, {"message": service}):
            assert await here.post(telegram.update(content)) == [200]
        assert here.agent.texts() == []

    on(Telegram, tmp_path, test)


def test_each_person_of_a_telegram_group_has_a_conversation(tmp_path: Path) -> None:
    async def test(here: World, telegram: Telegram) -> None:
        group = {"id": -100, "title": "Garage", "type": "supergroup"}
        for person in ("7", "8"):
            message = {**telegram.message(person), "chat": group, "text": "bonjour"}
            await here.post(telegram.update({"message": message}))
        assert len(here.agent.events) == 2
        assert all(shown.call["reply_parameters"] for shown in telegram.shown["-100"])

    on(Telegram, tmp_path, test)


def test_the_start_command_of_telegram_greets(tmp_path: Path) -> None:
    async def test(here: World, _: Telegram) -> None:
        await here.say("7", "/start ref")
        assert here.agent.texts() == ["bonjour"]

    on(Telegram, tmp_path, test)


def test_a_tapped_button_of_telegram_stops_spinning(tmp_path: Path) -> None:
    async def test(here: World, telegram: Telegram) -> None:
        (shown,) = await here.say("7", "bonjour")
        await here.post(telegram.taps("7", shown.buttons[0], shown))
        assert telegram.receipts == 1

    on(Telegram, tmp_path, test)


@pytest.mark.parametrize("kind", [Telegram, Messenger, WhatsApp, Slack, Callback])
def test_a_payload_that_was_never_offered_counts_as_its_title(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World, platform: Platform) -> None:
        user = platform.person(1)
        (shown,) = await here.say(user, "bonjour")
        offered = shown.buttons[0]
        webhook = platform.taps(user, offered, shown)
        forged = {wire: "/restart_case" for wire in (offered.wire,)}
        if isinstance(platform, Meta):
            forged_webhook = platform.taps(user, Button(offered.title, forged[offered.wire]), shown)
            await here.post(forged_webhook)
        else:
            here.agent.events[next(iter(here.agent.events))].pop()
            await here.post(webhook)
        assert here.agent.texts()[-1] == offered.title

    on(kind, tmp_path, test)


def test_every_message_of_a_batch_is_answered(tmp_path: Path) -> None:
    async def test(here: World, messenger: Messenger) -> None:
        events = [json.loads(messenger.says(user, "bonjour").body)["entry"][0] for user in ("1", "2")]
        both = json.loads(messenger.says("3", "bonjour").body)
        both["entry"] += events
        await here.post(messenger.signed(as_json(both)))
        assert [len(messenger.shown[user]) for user in ("1", "2", "3")] == [1, 1, 1]

    on(Messenger, tmp_path, test)


def test_echoes_receipts_and_the_first_button_of_messenger(tmp_path: Path) -> None:
    async def test(here: World, messenger: Messenger) -> None:
        await here.post(
            messenger.event(
                "1", {"message": {"mid": "m_1", "text": "bonjour", "is_echo": True, "app_id": 1}}
            ),
            messenger.event("1", {"delivery": {"mids": ["m_1"], "watermark": 1}}),
            messenger.event("1", {"read": {"watermark": 1}}),
            messenger.event("1", {"postback": {"title": "Démarrer", "payload": "GET_STARTED"}}),
        )
        assert here.agent.texts() == ["bonjour"]

    on(Messenger, tmp_path, test)


def test_what_whatsapp_could_not_deliver_is_reported(tmp_path: Path) -> None:
    async def test(here: World, whatsapp: WhatsApp) -> None:
        await here.post(whatsapp.statuses("33", "delivered"), whatsapp.statuses("33", "failed", 131026))
        assert [failure.reason for failure in here.failures()] == ["not delivered, error 131026"]

    on(WhatsApp, tmp_path, test)


def test_another_number_of_the_account_is_not_answered(tmp_path: Path) -> None:
    async def test(here: World, whatsapp: WhatsApp) -> None:
        body = json.loads(whatsapp.says("33", "bonjour").body)
        body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "999"
        await here.post(whatsapp.signed(as_json(body)))
        assert here.agent.texts() == []

    on(WhatsApp, tmp_path, test)


def test_a_slash_command_of_mattermost_is_answered(tmp_path: Path) -> None:
    async def test(here: World, mattermost: Mattermost) -> None:
        command = mattermost.commands("dm1", "bonjour")
        assert await here.post(command, command) == [200, 200]
        assert here.agent.texts() == ["bonjour"]
        forged = command.with_body(command.body.replace(b"gr1iyx8p97", b"gr1iyx8p98"))
        assert await here.post(forged) == [403]

    on(Mattermost, tmp_path, test)


def test_the_person_who_presses_anothers_button_asks_by_its_title(tmp_path: Path) -> None:
    async def test(here: World, mattermost: Mattermost) -> None:
        (shown,) = await here.say("c1", "bonjour")
        body = json.loads(mattermost.taps("c1", shown.buttons[0], shown).body)
        body["user_id"] = "someone else"
        await here.post(mattermost.signed(as_json(body)))
        assert here.agent.texts()[-1] == shown.buttons[0].title

    on(Mattermost, tmp_path, test)


def test_a_text_message_comes_in_the_short_wording_and_the_gsm_alphabet(tmp_path: Path) -> None:
    async def test(here: World, sms: Sms) -> None:
        short = texts(await here.say(sms.person(1), "documents"))
        assert "Source" in short
        assert "’" not in short

    on(Sms, tmp_path, test)


def test_a_letter_is_answered_under_its_subject_and_its_history_is_not_read(tmp_path: Path) -> None:
    async def test(here: World, mail: Mail) -> None:
        user = mail.person(1)
        await here.say(user, "bonjour")
        (shown,) = await here.say(user, "documents")
        assert here.agent.texts() == ["bonjour", "documents"]
        assert shown.call["subject"] == "Re: Carte grise perdue"
        assert shown.call["in_reply_to"].startswith("<")

    on(Mail, tmp_path, test)
