"""What the bot can tell of open conversations at a glance: asked once for all pages, every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from bot.mediator.bridge import BotAway, Bridge

FRESH_SECONDS = 3.0
# A bot that does not answer is not asked again for each page.
AWAY_SECONDS = 15.0


class Glance:
    """The last answer of the bot, as long as it is fresh."""

    def __init__(self, bridge: Bridge) -> None:
        """Asks through ``bridge``."""
        self._bridge = bridge
        self._lock = threading.Lock()
        self._told: dict[str, dict[str, Any]] = {}
        self._until = 0.0

    def at(self, conversations: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What is known of each; those of which nothing is known are left out."""
        wanted = set(conversations)
        with self._lock:
            is_fresh = time.monotonic() < self._until
            if wanted and not (is_fresh and (wanted <= self._told.keys() or not self._told)):
                self._ask(wanted | (self._told.keys() if is_fresh else set()))
            return {name: told for name, told in self._told.items() if name in wanted}

    def _ask(self, wanted: set[str]) -> None:
        try:
            self._told = self._bridge.presence(sorted(wanted))
            self._until = time.monotonic() + FRESH_SECONDS
        except BotAway:
            self._told = {}
            self._until = time.monotonic() + AWAY_SECONDS
