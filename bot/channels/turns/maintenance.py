"""Two switches for an emergency: the assistant paused everywhere, and an announcement on the site's pages.

Each is an environment variable, or a file that needs no restart: ``var/paused`` and ``var/announcement.txt``
(ASSISTANT_SWITCHES names another folder). A paused assistant reads and keeps no message.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

from bot import settings
from bot.channels.turns.system_messages import notice

PAUSE_FILE = "paused"
ANNOUNCEMENT_FILE = "announcement.txt"
MAX_CHARACTERS = 500


def closed() -> Dict[str, Any] | None:
    """The maintenance notice while the assistant is paused; None otherwise."""
    paused = os.environ.get("ASSISTANT_PAUSED", "0") == "1" or (_folder() / PAUSE_FILE).exists()
    return notice("utter_notice_paused") if paused else None


def announcement() -> str:
    """What the site's pages announce above everything else; "" without any."""
    try:
        text = (_folder() / ANNOUNCEMENT_FILE).read_text(encoding="utf-8")
    except OSError:
        text = os.environ.get("ASSISTANT_NOTICE", "")
    return text.strip()[:MAX_CHARACTERS]


def _folder() -> Path:
    return Path(settings.get("ASSISTANT_SWITCHES"))
