"""Everything derived from the desk's secret: hashes that no stolen database can be searched with, and seals.

A seal is what the bot puts on the addresses of sheets (``bot/engine/sealing.py``): AES-GCM with a key derived
from the same secret, bound to whom it belongs to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN_BYTES = 32
NONCE_BYTES = 12


class Keys:
    """Keyed hashes and seals, each for one purpose, so that what is made for one is of no use for another."""

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

    def seal(self, purpose: str, text: str, owner: str) -> str:
        """The text, readable again only with the secret, for that purpose and that owner."""
        nonce = os.urandom(NONCE_BYTES)
        closed = self._cipher(purpose).encrypt(nonce, text.encode(), owner.encode())
        return base64.urlsafe_b64encode(nonce + closed).decode()

    def unseal(self, purpose: str, sealed: str, owner: str) -> str | None:
        """What was sealed; None where it was not for that purpose and owner, or by another secret."""
        try:
            read = base64.urlsafe_b64decode(sealed)
            opened = self._cipher(purpose).decrypt(read[:NONCE_BYTES], read[NONCE_BYTES:], owner.encode())
        except (InvalidTag, ValueError):
            return None
        return opened.decode()

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(hmac.digest(self._secret, f"seal\0{purpose}".encode(), "sha256"))


def new_token() -> str:
    """An unguessable text for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)
