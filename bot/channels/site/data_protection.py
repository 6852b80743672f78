"""What the data-protection page says, read from the settings and from ``retention.yml``."""

from __future__ import annotations

import os
from typing import Any

from bot import settings
from bot.channels import registry
from bot.privacy import retention

_MESSAGING = "channel_"


def facts() -> dict[str, Any]:
    """The values of the page: what is kept how long, who runs the assistant, who else gets anything."""
    messaging = [channel.name() for channel in registry.enabled(os.environ)]
    shown = {
        name: kind for name, kind in retention.kinds().items() if not name.startswith(_MESSAGING) or messaging
    }
    return {
        "kept": [(kind.what, _how_long(kind)) for kind in shown.values()],
        "operator": os.environ.get("ASSISTANT_OPERATOR", ""),
        "contact": os.environ.get("ASSISTANT_PRIVACY_CONTACT", ""),
        "messaging": bool(messaging),
        "seals": bool(os.environ.get("DESK_SECRET")),
        "streams": bool(os.environ.get("EVENT_BROKER_URL")),
    }


def _how_long(kind: retention.Kind) -> str:
    if kind.term:
        return kind.term.format(days=settings.get(kind.days_setting) if kind.days_setting else "")
    days = f"{kind.keep_days} jour{'s' if kind.keep_days > 1 else ''}"
    return f"{days} après le dernier message" if kind.whole else days
