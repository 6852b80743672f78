"""Stand-ins of the messaging platforms, on this machine: they call the webhooks and receive the answers.

Each follows the platform's public documentation: the shape of its webhooks, how it signs them, and the
schema, limits and authentication of its API.
"""

from bot.evaluation.messaging.platforms.base import Platform
from bot.evaluation.messaging.platforms.callback import Callback, Mail
from bot.evaluation.messaging.platforms.mattermost import Mattermost
from bot.evaluation.messaging.platforms.meta import Messenger, WhatsApp
from bot.evaluation.messaging.platforms.slack import Slack
from bot.evaluation.messaging.platforms.telegram import Telegram
from bot.evaluation.messaging.platforms.twilio import Sms, TwilioWhatsApp

PLATFORMS: tuple[type[Platform], ...] = (
    Telegram,
    Messenger,
    WhatsApp,
    TwilioWhatsApp,
    Sms,
    Slack,
    Mattermost,
    Callback,
    Mail,
)
