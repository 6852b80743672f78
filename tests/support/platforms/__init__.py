"""Stand-ins of the messaging platforms, on this machine: they call the webhooks and receive the answers.

Each follows the platform's public documentation: the shape of its webhooks, how it signs them, and the
schema, limits and authentication of its API.
"""

from tests.support.platforms.base import Platform
from tests.support.platforms.callback import Callback, Mail
from tests.support.platforms.mattermost import Mattermost
from tests.support.platforms.meta import Messenger, WhatsApp
from tests.support.platforms.slack import Slack
from tests.support.platforms.telegram import Telegram
from tests.support.platforms.twilio import Sms, TwilioWhatsApp

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
