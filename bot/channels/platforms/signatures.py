"""Whether a webhook request comes from the platform: each one's signature, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterable

logger = logging.getLogger(__name__)

# The age that Slack's documentation sets for a signed request; older ones are replays.
MAX_AGE_SECONDS = 300
TOLD_SECONDS = 60.0

_told = {"at": float("-inf")}


def same(given: str | None, expected: str) -> bool:
    """True where both are the same secret; an empty secret is never right."""
    return bool(expected) and hmac.compare_digest((given or "").encode(), expected.encode())


def hmac_sha256(secret: str, content: bytes) -> str:
    """The hexadecimal HMAC-SHA256 of the content."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def meta(secret: str, body: bytes, header: str | None) -> bool:
    """True where ``X-Hub-Signature-256`` signs the body with the app secret (Messenger, WhatsApp)."""
    return same(header, f"sha256={hmac_sha256(secret, body)}")


def slack(secret: str, body: bytes, timestamp: str | None, header: str | None, now: float) -> bool:
    """True where ``X-Slack-Signature`` signs timestamp and body, and the timestamp is recent."""
    content = f"v0:{timestamp}:".encode() + body
    return _is_right_and_recent(same(header, f"v0={hmac_sha256(secret, content)}"), timestamp, now)


def ours(secret: str, body: bytes, timestamp: str | None, header: str | None, now: float) -> bool:
    """True where ``X-Assistant-Signature`` signs timestamp and body (callback, mail), and is recent."""
    return _is_right_and_recent(same(header, sign_ours(secret, body, timestamp or "")), timestamp, now)


def sign_ours(secret: str, body: bytes, timestamp: str) -> str:
    """The signature that both directions of the callback carry."""
    return f"sha256={hmac_sha256(secret, timestamp.encode() + b'.' + body)}"


def twilio(token: str, url: str, fields: Iterable[tuple[str, str]], header: str | None) -> bool:
    """True where ``X-Twilio-Signature`` signs the public address and the sorted form fields."""
    return same(header, sign_twilio(token, url, fields))


def sign_twilio(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Twilio's HMAC-SHA1, in base 64."""
    content = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), content.encode(), hashlib.sha1).digest()).decode()


def _is_right_and_recent(is_right: bool, timestamp: str | None, now: float) -> bool:
    text = timestamp or ""
    if not is_right or not text.isascii() or not text.isdigit():
        return False
    late = now - int(text)
    if abs(late) > MAX_AGE_SECONDS:
        _tell_of_clocks(late, now)
        return False
    return True


def _tell_of_clocks(late: float, now: float) -> None:
    """One line a minute: a clock that drifts makes every request wrong, and nothing else would say why."""
    if abs(now - _told["at"]) >= TOLD_SECONDS:
        _told["at"] = now
        logger.error(
            "a request was refused that is signed rightly, but %.0f seconds %s by this server's clock: look"
            " at the clocks of both (NTP); else somebody sends an old request again",
            abs(late),
            "old" if late > 0 else "ahead",
        )
