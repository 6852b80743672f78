"""Sentences ready to be sent: the desk's, which editors keep for everybody, and each mediator's own."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security.accounts import Account
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import REPLIES
from bot.privacy.masking import mask

LONGEST_TITLE = 80
LONGEST_TEXT = 2000
MOST = 100


class Refused(ValueError):
    """A reply cannot be kept; the message is a code that a page explains."""


def usable(connection: Connection, account: Account) -> Sequence[Row]:
    """The desk's and the account's own, the desk's first, by title."""
    mine = sa.or_(REPLIES.c.account_id.is_(None), REPLIES.c.account_id == account.id)
    query = sa.select(REPLIES).where(mine)
    return connection.execute(query.order_by(REPLIES.c.account_id.is_not(None), REPLIES.c.title)).all()


def find(connection: Connection, account: Account, number: int) -> Row | None:
    """One that the account may use."""
    return next((row for row in usable(connection, account) if row.id == number), None)


def may_change(account: Account, row: Row) -> bool:
    """Whether the account may change it: its own, or the desk's for editors."""
    return row.account_id == account.id or (row.account_id is None and may_share(account))


def may_share(account: Account) -> bool:
    """Whether the account keeps the desk's."""
    return account.role.may_act_as(Role.EDITOR)


def add(connection: Connection, account: Account, title: str, text: str, shared: bool) -> int:
    """The number of a new one; raises Refused with why not."""
    if len(usable(connection, account)) >= MOST:
        raise Refused("many")
    owner = None if shared and may_share(account) else account.id
    values = {"account_id": owner, **_checked(title, text, owner is None)}
    return int(connection.execute(REPLIES.insert().values(**values)).inserted_primary_key[0])


def change(connection: Connection, row: Row, title: str, text: str) -> None:
    """Keeps the new words; raises Refused with why not."""
    values = _checked(title, text, row.account_id is None)
    connection.execute(REPLIES.update().where(REPLIES.c.id == row.id).values(**values))


def remove(connection: Connection, row: Row) -> None:
    """Removes it."""
    connection.execute(REPLIES.delete().where(REPLIES.c.id == row.id))


def published(connection: Connection) -> list[str]:
    """The lines of the desk's replies: what an editor made public, such as the desk's own number."""
    texts = connection.scalars(sa.select(REPLIES.c.text).where(REPLIES.c.account_id.is_(None)))
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def _checked(title: str, text: str, is_shared: bool) -> dict[str, str]:
    title, text = title.strip(), text.strip().replace("\r\n", "\n")
    if not title or not text:
        raise Refused("empty")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise Refused("long")
    # What one person keeps for themselves is nobody's to publish.
    return {"title": title, "text": text} if is_shared else {"title": mask(title), "text": mask(text)}
