"""The second factor: a code of six digits that an application draws every 30 seconds (TOTP, RFC 6238).

The secret stands sealed in the store. A code is good once: neither it nor an older one is taken again. Who
loses the telephone has recovery codes, of which only hashes are kept.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hmac
import secrets

import pyotp
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.keys import Keys
from bot.mediator.store.tables import ACCOUNTS, RECOVERY_CODES

ISSUER = "Guichet carte grise"
# A telephone's clock may be one period off.
_PERIODS_OFF = (-1, 0, 1)
RECOVERY_CODE_COUNT = 10
# Two groups that can be read aloud and copied by hand: no letter is taken for another.
_ALPHABET = "ACDEFHJKMNPQRTUVWXY34679"
_GROUP = 5


class SecondFactor:
    """The second factors of the accounts."""

    def __init__(self, keys: Keys) -> None:
        """Seals and hashes with ``keys``."""
        self._keys = keys

    def begin(self, connection: Connection, account_id: int) -> str:
        """The secret that an application is to learn: the one begun before, or a new one.

        It counts from ``confirm`` on only.
        """
        begun = self._secret(connection, account_id, ACCOUNTS.c.totp_pending)
        secret = begun or pyotp.random_base32()
        if begun is None:
            self._store(connection, account_id, totp_pending=self._sealed(account_id, secret))
        return secret

    def confirm(
        self, connection: Connection, account_id: int, code: str, now: dt.datetime
    ) -> list[str] | None:
        """Makes the secret that was begun count, once a code proves that the application has it.

        The recovery codes, told this once; None where the code is not right.
        """
        secret = self._secret(connection, account_id, ACCOUNTS.c.totp_pending)
        step = _step(secret, code, now, after=-1) if secret else None
        if secret is None or step is None:
            return None
        sealed = self._sealed(account_id, secret)
        self._store(connection, account_id, totp_secret=sealed, totp_pending=None, totp_step=step)
        return self.new_recovery_codes(connection, account_id)

    def is_right(self, connection: Connection, account_id: int, code: str, now: dt.datetime) -> bool:
        """Whether the code is one of the application's, not used before, or a recovery code; uses it up."""
        return self._is_drawn(connection, account_id, code, now) or self._is_recovery(
            connection, account_id, code, now
        )

    def new_recovery_codes(self, connection: Connection, account_id: int) -> list[str]:
        """New recovery codes, told this once; the former ones stop working."""
        connection.execute(RECOVERY_CODES.delete().where(RECOVERY_CODES.c.account_id == account_id))
        codes = [_recovery_code() for _ in range(RECOVERY_CODE_COUNT)]
        rows = [{"code_hash": self._hash(account_id, code), "account_id": account_id} for code in codes]
        connection.execute(RECOVERY_CODES.insert(), rows)
        return codes

    def recovery_codes_left(self, connection: Connection, account_id: int) -> int:
        """How many recovery codes were not used yet."""
        unused = (RECOVERY_CODES.c.account_id == account_id, RECOVERY_CODES.c.used_at.is_(None))
        query = sa.select(sa.func.count()).select_from(RECOVERY_CODES).where(*unused)
        return int(connection.scalar(query) or 0)

    def remove(self, connection: Connection, account_id: int) -> None:
        """Takes the second factor away from an account."""
        connection.execute(RECOVERY_CODES.delete().where(RECOVERY_CODES.c.account_id == account_id))
        self._store(connection, account_id, totp_secret=None, totp_pending=None, totp_step=None)

    def _is_drawn(self, connection: Connection, account_id: int, code: str, now: dt.datetime) -> bool:
        secret = self._secret(connection, account_id, ACCOUNTS.c.totp_secret)
        last = connection.scalar(sa.select(ACCOUNTS.c.totp_step).where(ACCOUNTS.c.id == account_id))
        step = _step(secret, code, now, after=-1 if last is None else last) if secret else None
        if step is None:
            return False
        # Of two who send the same code at once, the second finds it used.
        unused = sa.or_(ACCOUNTS.c.totp_step.is_(None), ACCOUNTS.c.totp_step < step)
        changed = connection.execute(
            ACCOUNTS.update().where(ACCOUNTS.c.id == account_id, unused).values(totp_step=step)
        )
        return changed.rowcount == 1

    def _is_recovery(self, connection: Connection, account_id: int, code: str, now: dt.datetime) -> bool:
        this = RECOVERY_CODES.c.code_hash == self._hash(account_id, code)
        changed = connection.execute(
            RECOVERY_CODES.update().where(this, RECOVERY_CODES.c.used_at.is_(None)).values(used_at=now)
        )
        return changed.rowcount == 1

    def _secret(self, connection: Connection, account_id: int, column: sa.Column[str]) -> str | None:
        sealed = connection.scalar(sa.select(column).where(ACCOUNTS.c.id == account_id))
        return self._keys.unseal("second factor", sealed, str(account_id)) if sealed else None

    def _sealed(self, account_id: int, secret: str) -> str:
        return self._keys.seal("second factor", secret, str(account_id))

    def _store(self, connection: Connection, account_id: int, **values: object) -> None:
        connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.id == account_id).values(**values))

    def _hash(self, account_id: int, code: str) -> str:
        plain = "".join(letter for letter in code.upper() if letter in _ALPHABET)
        return self._keys.digest("recovery code", str(account_id), plain)


def address_for_application(secret: str, login: str) -> str:
    """The ``otpauth://`` address that an application reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def _step(secret: str, code: str, now: dt.datetime, after: int) -> int | None:
    """The period of which the code is, if it is later than ``after`` and no more than one period off."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    current = calendar.timegm(now.timetuple()) // totp.interval
    for step in (current + off for off in _PERIODS_OFF):
        expected = totp.generate_otp(step)
        if step > after and hmac.compare_digest(digits.encode("utf-8", "replace"), expected.encode()):
            return step
    return None


def _recovery_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(2))
    return "-".join(groups)
