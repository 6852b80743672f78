"""Which conversations have a window open on this server, since when not, and whether somebody types there.

Kept in memory only: it is lost with the server, and nothing can be read from it afterwards. Where several
servers share the conversations, a window may be another server's: then nothing is said of windows.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any

# A window says so anew every few seconds while somebody types.
TYPING_SECONDS = 8
# A closed window is remembered that long, and that many of them.
REMEMBERED_SECONDS = 6 * 60 * 60
MOST_REMEMBERED = 5000


class Windows:
    """The windows of one server, by connection."""

    def __init__(self) -> None:
        """None is open."""
        self._conversation_of: dict[str, str] = {}
        self._open: Counter[str] = Counter()
        self._closed_at: dict[str, float] = {}
        self._typed_at: dict[str, float] = {}

    def open(self, connection: str, conversation: str) -> None:
        """The connection shows the conversation from now on."""
        self.close(connection)
        self._conversation_of[connection] = conversation
        self._open[conversation] += 1
        self._closed_at.pop(conversation, None)

    def close(self, connection: str) -> None:
        """The connection is no more."""
        conversation = self._conversation_of.pop(connection, None)
        if conversation is None:
            return
        self._open[conversation] -= 1
        if self._open[conversation]:
            return
        del self._open[conversation]
        self._typed_at.pop(conversation, None)
        self._closed_at[conversation] = time.time()
        if len(self._closed_at) > MOST_REMEMBERED:
            self._forget()

    def types(self, connection: str) -> str | None:
        """Notes that somebody types there; the conversation."""
        conversation = self._conversation_of.get(connection)
        if conversation is not None:
            self._typed_at[conversation] = time.time()
        return conversation

    def of(self, conversation: str) -> dict[str, Any]:
        """``window``: "open", "closed" or None where nobody can tell; ``closed_at``; ``typing``."""
        if os.environ.get("REDIS_URL"):
            return {"window": None, "closed_at": None, "typing": False}
        typed_at, closed_at = self._typed_at.get(conversation, 0.0), self._closed_at.get(conversation)
        if conversation in self._open:
            is_typing = time.time() - typed_at < TYPING_SECONDS
            return {"window": "open", "closed_at": None, "typing": is_typing}
        return {"window": "closed" if closed_at else None, "closed_at": closed_at, "typing": False}

    def _forget(self) -> None:
        limit = time.time() - REMEMBERED_SECONDS
        latest = sorted(self._closed_at.items(), key=lambda item: item[1])[-MOST_REMEMBERED // 2 :]
        self._closed_at = {name: at for name, at in latest if at > limit}


WINDOWS = Windows()
