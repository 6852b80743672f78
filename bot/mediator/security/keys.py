"""Everything derived from the desk's secret: hashes that a stolen database cannot be searched with."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


class Keys:
    """Keyed hashes, each for one purpose, so that a value made for one is of no use for another."""

    def __init__(self, secret: str) -> None:
        """Derives everything from ``secret``; raises ValueError for one too short to be drawn at random."""
        if len(secret) < 32:
            raise ValueError("DESK_SECRET must have at least 32 characters")
        self._secret = secret.encode()

    def digest(self, purpose: str, *parts: str) -> str:
        """The keyed hash of the parts, in hexadecimal."""
        message = "\0".join((purpose, *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def matches(self, given: str, purpose: str, *parts: str) -> bool:
        """Whether ``given`` is that hash, in a time that tells nothing."""
        expected = self.digest(purpose, *parts)
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def new_token() -> str:
    """An unguessable text for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)
