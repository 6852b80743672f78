"""The secret addresses of sheets inside stored events, sealed with a key that no database holds.

Who reads the database, a backup or the event broker finds no address that opens. The conversation itself
reads its own back: each is bound to the conversation in which it was given, so that nobody opens a sealed
address that was found elsewhere by telling it to the assistant.
"""

from __future__ import annotations

import base64
import hmac
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.takeaway.addresses import FOLDER, TOKEN_IN_ADDRESS

NONCE_BYTES = 12
_SEALED = re.compile(rf"(?<={FOLDER}/)sealed\.([A-Za-z0-9_-]+=*)")


class Seal:
    """Encrypts and decrypts sheet tokens in a text; without a secret, texts are left unchanged."""

    def __init__(self, secret: str) -> None:
        """Derives its key from ``secret``, which may be empty."""
        key = hmac.digest(secret.encode(), b"addresses of sheets in events", "sha256")
        self._cipher = AESGCM(key) if secret else None

    def close(self, text: str, conversation: str) -> str:
        """The text with the token of each address sealed for that conversation."""
        cipher = self._cipher
        if cipher is None:
            return text

        def sealed(match: re.Match[str]) -> str:
            nonce = os.urandom(NONCE_BYTES)
            closed = cipher.encrypt(nonce, match[0].encode(), _bound_to(conversation))
            return f"sealed.{base64.urlsafe_b64encode(nonce + closed).decode()}"

        return TOKEN_IN_ADDRESS.sub(sealed, text)

    def open(self, text: str, conversation: str) -> str:
        """Decrypts tokens sealed for that conversation with this key; others are left unchanged."""
        cipher = self._cipher
        if cipher is None:
            return text

        def token(match: re.Match[str]) -> str:
            try:
                sealed = base64.urlsafe_b64decode(match[1])
                nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
                return cipher.decrypt(nonce, closed, _bound_to(conversation)).decode()
            except (InvalidTag, ValueError):
                return match[0]

        return _SEALED.sub(token, text)


def _bound_to(conversation: str) -> bytes:
    return conversation.encode("utf-8", "surrogatepass")
