"""What comes in and is no plain message: odd events in a batch, edits, threads, topics, hidden numbers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.channels.world import World, run, texts, world
from tests.support.platforms import (
    PLATFORMS,
    Callback,
    Mail,
    Messenger,
    Platform,
    Slack,
    Sms,
    Telegram,
    WhatsApp,
)
from tests.support.platforms.base import as_json

HIDDEN = "FR.13491208655302741918"
SECRET_WORDS = "mon secret"


def on(kind: type[Platform], folder: Path, test: Callable[[World, Any], Any]) -> None:
    async def steps() -> None:
        async with world(kind, folder) as here:
            await test(here, here.platform)
            assert here.platform.violations == []

    run(steps)


# What a platform may send one day; each holds words that no log may show.
ODD: tuple[Any, ...] = (
    {},
    [],
    SECRET_WORDS,
    7,
    None,
    {"type": "text", "text": {"body": SECRET_WORDS}},
    {"from": {"name": SECRET_WORDS}, "id": "wamid.odd", "type": "text", "text": {"body": SECRET_WORDS}},
    {"from": "33600000000", "id": None, "type": "text", "text": {"body": SECRET_WORDS}},
    {"from": "33600000000", "id": "w1", "type": "interactive", "interactive": SECRET_WORDS},
    {"optin": {"user_ref": SECRET_WORDS}, "recipient": {"id": "1"}},
    {"sender": SECRET_WORDS, "message": {"mid": "m1", "text": SECRET_WORDS}},
    {"sender": {"id": "1"}, "message": {"text": SECRET_WORDS}},
    {"sender": {"id": "1"}, "postback": SECRET_WORDS},
    {"sender": {"id": "1"}, "message": {"mid": "m2", "text": "x", "attachments": [SECRET_WORDS]}},
)


@pytest.mark.parametrize(
    ("kind", "where"),
    [(WhatsApp, ("changes", 0, "value", "messages")), (Messenger, ("messaging",))],
    ids=["whatsapp", "messenger"],
)
def test_no_odd_event_takes_its_batch_with_it(
    kind: type[Platform], where: tuple[Any, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(here: World, platform: Any) -> None:
        for rank, odd in enumerate(ODD):
            user = platform.person(rank)
            body = json.loads(platform.says(user, "bonjour").body)
            batch = body["entry"][0]
            for step in where:
                batch = batch[step]
            batch[:] = [odd, *batch, odd]
            assert await here.post(platform.signed(as_json(body))) == [200]
            assert len(platform.shown[user]) == 1, odd
        # Odd entries and changes are passed over as well.
        user = platform.person(len(ODD))
        body = json.loads(platform.says(user, "bonjour").body)
        body["entry"] = [None, {"changes": [None, {"value": 1}], "messaging": 3}, *body["entry"]]
        assert await here.post(platform.signed(as_json(body))) == [200]
        assert len(platform.shown[user]) == 1
        assert here.count("unreadable") > 10

    with caplog.at_level(logging.INFO):
        on(kind, tmp_path, test)
    assert "an event was left out" in caplog.text
    assert SECRET_WORDS not in caplog.text


ALONE = {
    "telegram": ({"update_id": 1, "message": {"text": SECRET_WORDS}}, {"callback_query": {"data": "x"}}),
    "messenger": ({"object": "instagram", "entry": [{"messaging": [{"message": SECRET_WORDS}]}]},),
    "whatsapp": ({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": None}]}]},),
    "slack": (
        {"type": "event_callback"},
        {"type": "event_callback", "event": [SECRET_WORDS]},
        {"type": "event_callback", "event": {"type": "message", "channel_type": "im", "user": "U1"}},
    ),
}


@pytest.mark.parametrize("kind", [kind for kind in PLATFORMS if kind.channel in ALONE])
def test_a_platform_is_never_refused_what_it_signed(kind: type[Platform], tmp_path: Path) -> None:
    async def test(here: World, platform: Platform) -> None:
        for body in ALONE[platform.channel]:
            assert await here.post(platform.signed(as_json(body))) == [200], body
        assert here.agent.texts() == []

    on(kind, tmp_path, test)


def test_a_programmer_is_told_that_a_request_lacks_its_sender(tmp_path: Path) -> None:
    async def test(here: World, callback: Callback) -> None:
        assert await here.post(callback.signed(as_json({"id": "1", "message": "bonjour"}))) == [400]

    on(Callback, tmp_path, test)


def test_half_an_emoji_costs_nobody_their_words(tmp_path: Path) -> None:
    async def test(here: World, whatsapp: WhatsApp) -> None:
        body = whatsapp.says("33639980001", "bonjour X").body.replace(b" X", b" \\ud83d")
        assert await here.post(whatsapp.signed(body)) == [200]
        assert here.agent.texts() == ["bonjour \ufffd"]

    on(WhatsApp, tmp_path, test)


def test_who_hides_the_number_on_whatsapp_is_answered_by_an_identifier(tmp_path: Path) -> None:
    async def test(here: World, whatsapp: WhatsApp) -> None:
        body = json.loads(whatsapp.says(HIDDEN, "bonjour").body)
        body["entry"] += json.loads(whatsapp.says("33639980001", "aide").body)["entry"]
        assert await here.post(whatsapp.signed(as_json(body))) == [200]
        (hidden,) = whatsapp.shown[HIDDEN]
        assert hidden.call["recipient"] == HIDDEN
        assert "to" not in hidden.call
        assert len(whatsapp.shown["33639980001"]) == 1
        await here.post(whatsapp.taps(HIDDEN, hidden.buttons[0], hidden))
        assert len(here.agent.events) == 2

    on(WhatsApp, tmp_path, test)


def test_changed_words_are_answered_and_words_taken_back_are_not(tmp_path: Path) -> None:
    async def test(here: World, whatsapp: WhatsApp) -> None:
        user = whatsapp.person(1)
        await here.post(whatsapp.edits(user, "documents"), whatsapp.revokes(user))
        await here.post(whatsapp.sends_content(user, {"type": "reaction", "reaction": {"emoji": "👍"}}))
        assert here.agent.texts() == ["documents"]
        assert "je ne peux ouvrir" not in texts(whatsapp.shown[user])

    on(WhatsApp, tmp_path, test)


def test_messengers_edits_stickers_and_deleted_messages(tmp_path: Path) -> None:
    async def test(here: World, messenger: Messenger) -> None:
        thumb = {"type": "image", "payload": {"url": "https://x.example", "sticker_id": 369239263222822}}
        await here.post(
            messenger.event("1", {"message_edit": {"mid": "m_1", "text": "documents", "num_edit": 1}}),
            messenger.event("2", {"message": {"mid": "m_2", "attachments": [thumb]}}),
            messenger.event("3", {"message": {"mid": "m_3", "is_deleted": True}}),
            messenger.event("4", {"message": {"mid": "m_4", "is_unsupported": True}}),
        )
        assert here.agent.texts() == ["documents"]
        assert "que du texte" in texts(messenger.shown["2"])
        assert messenger.shown["3"] == []
        assert "que du texte" in texts(messenger.shown["4"])

    on(Messenger, tmp_path, test)


def test_a_thread_of_a_private_chat_in_slack_is_answered_there(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        message = {**slack.message(slack.person(1)), "thread_ts": "1763700000.000001", "text": "bonjour"}
        await here.post(slack.event(message))
        (shown,) = slack.shown[slack.person(1)]
        assert shown.call["thread_ts"] == "1763700000.000001"
        await here.post(slack.taps(slack.person(1), shown.buttons[0], shown))
        assert all(each.call.get("thread_ts") for each in slack.shown[slack.person(1)])
        # The press belongs to the same conversation: its payload was offered there.
        assert len(here.agent.events) == 1
        assert here.agent.texts()[-1].startswith("/")

    on(Slack, tmp_path, test)


def test_a_message_of_a_thread_shown_in_the_channel_too_is_a_persons(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        message = {**slack.message(slack.person(1)), "text": "bonjour", "subtype": "thread_broadcast"}
        await here.post(slack.event({**message, "thread_ts": "1763700000.000001"}))
        assert here.agent.texts() == ["bonjour"]

    on(Slack, tmp_path, test)


def test_slacks_check_and_its_commands_get_a_polite_200(tmp_path: Path) -> None:
    async def test(here: World, slack: Slack) -> None:
        check = slack.signed(b"ssl_check=1&token=x", "application/x-www-form-urlencoded")
        assert await here.post(check) == [200]
        command = slack.commands("combien ?")
        address = f"{here.assistant.address}/webhooks/slack/webhook"
        async with here.assistant.client.post(address, data=command.body, headers=command.headers) as reply:
            told = await reply.json()
        assert told["response_type"] == "ephemeral"
        assert "message privé" in told["text"]
        assert here.agent.texts() == []

    on(Slack, tmp_path, test)


def test_each_topic_of_telegram_is_answered_in_itself_and_is_a_conversation(tmp_path: Path) -> None:
    async def test(here: World, telegram: Telegram) -> None:
        group = {"id": -100, "title": "Garage", "type": "supergroup", "is_forum": True}
        for topic in (3, 4):
            message = {**telegram.message("7"), "chat": group, "text": "bonjour"}
            message |= {"is_topic_message": True, "message_thread_id": topic}
            await here.post(telegram.update({"message": message}))
        assert [shown.call["message_thread_id"] for shown in telegram.shown["-100"]] == [3, 4]
        assert len(here.agent.events) == 2
        shown = telegram.shown["-100"][0]
        tapped = json.loads(telegram.taps("7", shown.buttons[0], shown).body)["callback_query"]
        tapped["message"] |= {"chat": group, "is_topic_message": True, "message_thread_id": 3}
        await here.post(telegram.update({"callback_query": tapped}))
        assert telegram.shown["-100"][-1].call["message_thread_id"] == 3
        assert len(here.agent.events) == 2

    on(Telegram, tmp_path, test)


def test_the_thread_of_an_ordinary_reply_is_not_given_back_to_telegram(tmp_path: Path) -> None:
    async def test(here: World, telegram: Telegram) -> None:
        message = {**telegram.message("7"), "text": "bonjour", "message_thread_id": 12}
        await here.post(telegram.update({"message": message}))
        assert "message_thread_id" not in telegram.shown["7"][0].call

    on(Telegram, tmp_path, test)


@pytest.mark.parametrize(
    "sign",
    [
        {"Auto-Submitted": "auto-replied"},
        {"headers": {"auto-submitted": "auto-generated; owner"}},
        {"headers": [["Precedence", "bulk"]]},
        {"x_auto_response_suppress": "DR, OOF, AutoReply"},
        {"headers": {"Return-Path": "<>"}},
        {"return_path": ""},
        {"automatic": True},
        {"from": "MAILER-DAEMON@mx.example.fr"},
        {"from": "Courrier <postmaster@example.fr>"},
        {"from": "ne-pas-repondre@example.fr"},
        {"subject": "Réponse automatique : Re: Carte grise perdue"},
        {"subject": "Absence du bureau"},
        {"subject": "RE: Automatic reply: carte grise"},
        {"subject": "Non remis : Re: Carte grise perdue"},
        {"subject": "Undelivered Mail Returned to Sender"},
    ],
    ids=str,
)
def test_a_letter_that_a_machine_wrote_is_not_answered(sign: dict[str, Any], tmp_path: Path) -> None:
    async def test(here: World, mail: Mail) -> None:
        body = json.loads(mail.letter(mail.person(1), "Je suis absent.").body)
        assert await here.post(mail.signed(as_json({**body, **sign}))) == [200]
        assert here.agent.texts() == []
        assert not any(mail.shown.values())

    on(Mail, tmp_path, test)


@pytest.mark.parametrize(
    "sign",
    [
        {"Auto-Submitted": "no"},
        {"headers": {"Return-Path": "<personne1@example.fr>", "Auto-Submitted": None}},
        {"subject": "Avis d’absence du facteur"},
        {"subject": "Échec de la livraison de ma carte grise"},
        {"subject": "Accusé de réception non reçu"},
        {"subject": "Auto : carte grise perdue"},
        {"from": "noreplyrenault@example.fr"},
    ],
    ids=str,
)
def test_a_persons_letter_is_answered_and_says_that_a_machine_answers(
    sign: dict[str, Any], tmp_path: Path
) -> None:
    async def test(here: World, mail: Mail) -> None:
        body = json.loads(mail.letter(mail.person(1), "documents").body)
        assert await here.post(mail.signed(as_json({**body, **sign}))) == [200]
        assert here.agent.texts() == ["documents"]
        ((shown,),) = mail.shown.values()
        assert shown.call["headers"]["Auto-Submitted"] == "auto-replied"

    on(Mail, tmp_path, test)


def test_a_mediators_letter_does_not_say_that_a_machine_wrote_it(tmp_path: Path) -> None:
    async def test(here: World, mail: Mail) -> None:
        await here.say(mail.person(1), "bonjour")
        (conversation,) = here.agent.events
        said = [{"text": "Bonjour", "metadata": {"speaker": "mediator", "pushed": "1"}}]
        assert await here.assistant.app.ctx.delivery.push(conversation, said)
        await here.post()
        assert mail.shown[mail.person(1)][-1].call["headers"] == {}

    on(Mail, tmp_path, test)


QUOTED = (
    "Merci.\n\nLe lun. 3 nov. 2026 à 10:12, Assistant carte grise <assistant@ville.example>\na écrit :\n> …",
    "Merci.\n\nLe dim. 30 nov. 2026, 21:14, Assistant\n<bot@ville.example>\na écrit :\n\n> x\n> y",
    "Merci.\n\nLe 3 nov. 2026 à 10:12, Assistant <bot@ville.example> a écrit\u00a0:\n\nsans chevron",
    "Merci.\n\nDe : Assistant carte grise\nEnvoyé : lundi 3 novembre\nÀ : moi\nObjet : Re: carte\n\nancien",
    "Merci.\n\n*De :* Assistant\n\n*Envoyé :* lundi\n\n*Objet :* Re\n\nancien",
    "Merci.\n________________________________\nFrom: Assistant\nSent: Monday\n\nold",
    "Merci.\n-----Message d'origine-----\nDe : Assistant\n\nancien",
    "Merci.\n\nOn Mon, Nov 3, 2026 at 10:12 AM Assistant <bot@ville.example>\nwrote:\n> old",
    "Merci.\n\nEnvoyé de mon iPhone",
    "Merci.\n\nEnvoyé à partir d’Outlook pour Android",
    "Merci.\n\nEnvoyé depuis mon mobile Orange\n\nLe 3/11/2026 à 10:12, Assistant a écrit :\nancien",
    "> ancien\nMerci.\n-- \nDominique",
)


@pytest.mark.parametrize("letter", QUOTED)
def test_only_the_new_words_of_a_letter_are_read(letter: str) -> None:
    from bot.channels.platforms import mail_text

    assert mail_text.new_words(letter) == "Merci."


@pytest.mark.parametrize(
    "letter",
    [
        "Le 12 novembre à 10h30, l’ANTS m’a écrit :\nvotre demande est refusée",
        "Envoyé par la Poste le 3 novembre, rien reçu",
        "Envoyé depuis le 3 novembre",
        "De : Rennes, je demande un duplicata",
        "Le garage a écrit : carte perdue",
    ],
)
def test_what_a_person_tells_is_not_taken_for_a_quoted_letter(letter: str) -> None:
    from bot.channels.platforms import mail_text

    assert mail_text.new_words(letter) == letter


@pytest.mark.parametrize("words", ["STOP", "Arrêt.", " arret ", "Stop SMS"])
def test_stop_gets_no_answer_and_start_opens_again(words: str, tmp_path: Path) -> None:
    async def test(here: World, sms: Sms) -> None:
        user = sms.person(1)
        before = len(await here.say(user, "bonjour"))
        (conversation,) = here.agent.events
        delivery = here.assistant.app.ctx.delivery
        assert (await delivery.reach(conversation)).state == "open"
        await here.post(sms.says(user, words))
        assert (await delivery.reach(conversation)).state == "stopped"
        assert not await delivery.reaches(conversation)
        # Words after it are read, for a mediator to see, but nothing is sent.
        await here.say(user, "documents")
        assert not await delivery.push(conversation, [{"text": "Bonjour", "metadata": {"pushed": "p1"}}])
        await here.post()
        assert len(sms.shown[user]) == before
        assert [each.why for each in await delivery.undelivered(conversation)] == ["stopped"]
        await here.post(sms.says(user, "START"))
        assert (await delivery.reach(conversation)).state == "open"
        assert len(sms.shown[user]) > before
        assert here.agent.texts() == ["bonjour", "documents", "bonjour"]

    on(Sms, tmp_path, test)


def test_twilio_says_itself_what_a_person_wants(tmp_path: Path) -> None:
    async def test(here: World, sms: Sms) -> None:
        user = sms.person(1)
        await here.say(user, "bonjour")
        (conversation,) = here.agent.events
        await here.post(sms.says(user, "Ne m’écrivez plus", OptOutType="STOP"))
        assert (await here.assistant.app.ctx.delivery.reach(conversation)).state == "stopped"
        await here.post(sms.says(user, "ok je veux bien", OptOutType="START"))
        assert (await here.assistant.app.ctx.delivery.reach(conversation)).state == "open"
        assert here.agent.texts() == ["bonjour", "bonjour"]

    on(Sms, tmp_path, test)


def test_a_sentence_with_stop_in_it_is_a_question_like_another(tmp_path: Path) -> None:
    async def test(here: World, sms: Sms) -> None:
        await here.say(sms.person(1), "comment faire stop à ma demande")
        assert here.agent.texts() == ["comment faire stop à ma demande"]

    on(Sms, tmp_path, test)
