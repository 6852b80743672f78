"""Which messaging channels are on: those whose environment variables are all set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanic import Sanic

from bot import settings
from bot.channels.delivery.message_queue import MessageQueue
from bot.channels.delivery.workers import Delivery, RetryPolicy, TakeTurn
from bot.channels.platforms.callback import CallbackChannel, MailChannel
from bot.channels.platforms.mattermost import MattermostChannel
from bot.channels.platforms.messaging_channel import PUBLIC_URL, MessagingChannel
from bot.channels.platforms.messenger import MessengerChannel
from bot.channels.platforms.slack import SlackChannel
from bot.channels.platforms.telegram import TelegramChannel
from bot.channels.platforms.twilio import SmsChannel, TwilioWhatsAppChannel
from bot.channels.platforms.whatsapp import WhatsAppChannel

CHANNELS: tuple[type[MessagingChannel], ...] = (
    TelegramChannel,
    MessengerChannel,
    WhatsAppChannel,
    TwilioWhatsAppChannel,
    SmsChannel,
    SlackChannel,
    MattermostChannel,
    CallbackChannel,
    MailChannel,
)


@dataclass(frozen=True)
class State:
    """A channel's state: "on", "off" (nothing of its own is set) or "incomplete", with what is missing."""

    channel: str
    state: str
    missing: tuple[str, ...]
    webhook: str


def state(channel: type[MessagingChannel], environment: Mapping[str, str]) -> State:
    """Whether the channel is on under those variables; an empty variable counts as not set."""
    wanted = [variable for variable in channel.variables if variable.default is None]
    missing = tuple(variable.name for variable in wanted if not environment.get(variable.name))
    begun = any(environment.get(variable.name) for variable in wanted if not variable.shared)
    word = "off" if not begun else "incomplete" if missing else "on"
    base = (environment.get(PUBLIC_URL) or f"https://<{PUBLIC_URL}>").rstrip("/")
    return State(channel.name(), word, missing, f"{base}/webhooks/{channel.name()}/webhook")


def enabled(environment: Mapping[str, str]) -> list[MessagingChannel]:
    """The channels that are on, ready to be mounted."""
    return [
        channel(
            {
                variable.name: environment.get(variable.name) or variable.default or ""
                for variable in channel.variables
            }
        )
        for channel in CHANNELS
        if state(channel, environment).state == "on"
    ]


def served(environment: Mapping[str, str]) -> list[MessagingChannel]:
    """The channels that are on and that this server serves; with CHANNELS_SERVED=0, none."""
    return [] if environment.get("CHANNELS_SERVED") == "0" else enabled(environment)


def attach(app: Sanic[Any, Any], channels: Sequence[MessagingChannel], take: TakeTurn) -> None:
    """Gives the server the delivery that those channels need; without any, nothing is added."""
    if not channels:
        return
    retries = RetryPolicy(
        first=float(settings.get("CHANNELS_FIRST_RETRY_SECONDS")),
        give_up=float(settings.get("CHANNELS_GIVE_UP_SECONDS")),
    )

    async def start(app: Sanic[Any, Any]) -> None:
        queue = MessageQueue(settings.get("CHANNELS_DB"))
        pause = float(settings.get("CHANNELS_QUIET_SECONDS"))
        app.ctx.delivery = Delivery(app, channels, queue, retries, take, pause)
        await app.ctx.delivery.start()

    async def stop(app: Sanic[Any, Any]) -> None:
        await app.ctx.delivery.stop()

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "before_server_stop")
