"""Accounts, invitations and desks with their hours, for administrators."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot.law import public_holidays
from bot.mediator.security.accounts import INVITATION_DAYS, Refused
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import DESKS
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import hours

DAYS = range(7)


def show(visit: Visit) -> Response:
    """Everybody's account, the forms to invite and to change."""
    return _page(visit)


def invite(visit: Visit) -> Response:
    """The address of a new invitation, shown once."""
    try:
        role = Role(visit.form.get("role", ""))
        with visit.desk.database.transaction() as connection:
            desk_id = _desk(connection, visit.form.get("desk", ""))
            token = visit.desk.accounts.invite(connection, role, visit.me.login, visit.now, desk_id)
            visit.desk.journal.note(connection, visit.now, visit.me.login, "invited", role.value)
    except ValueError:
        return _page(visit, 400, fault="invitation")
    return _page(visit, invitation=f"{visit.request.base_url}invitation/{token}")


def change(visit: Visit) -> Response:
    """Another role, desk or state for an account."""
    try:
        role, active = Role(visit.form.get("role", "")), visit.form.get("active") == "yes"
        with visit.desk.database.transaction() as connection:
            desk_id = _desk(connection, visit.form.get("desk", ""))
            login = visit.desk.accounts.change(connection, visit.number("account"), role, desk_id, active)
            state = role.value if active else "closed"
            visit.desk.journal.note(
                connection, visit.now, visit.me.login, "account_changed", f"{login}: {state}"
            )
    except ValueError as refusal:
        return _page(visit, 400, fault=str(refusal) if isinstance(refusal, Refused) else "choice")
    return visit.go("/comptes")


def keep_desk(visit: Visit) -> Response:
    """A desk made, or its name, place and hours changed."""
    name, subdivision = visit.form.get("name", "").strip()[:80], visit.form.get("subdivision", "")
    try:
        opened = {str(day): hours.read_spans(visit.form.get(f"day_{day}", "")) for day in DAYS}
    except ValueError:
        return _page(visit, 400, fault="hours")
    if not name or subdivision not in ("", *public_holidays.places()):
        return _page(visit, 400, fault="desk")
    values = {"name": name, "subdivision": subdivision, "hours": opened}
    try:
        with visit.desk.database.transaction() as connection:
            known = _desk(connection, visit.form.get("desk", ""))
            connection.execute(
                DESKS.insert().values(**values)
                if known is None
                else DESKS.update().where(DESKS.c.id == known).values(**values)
            )
            visit.desk.journal.note(connection, visit.now, visit.me.login, "desk_changed", name)
    except (ValueError, sa.exc.IntegrityError):
        return _page(visit, 400, fault="desk")
    return visit.go("/comptes#guichets")


def _page(visit: Visit, status: int = 200, fault: str | None = None, invitation: str = "") -> Response:
    with visit.desk.database.transaction() as connection:
        accounts = visit.desk.accounts.all(connection)
        desks = connection.execute(sa.select(DESKS).order_by(DESKS.c.name)).all()
    return visit.page(
        "accounts.html",
        status,
        accounts=accounts,
        desks=desks,
        roles=[role.value for role in Role],
        subdivisions=public_holidays.places(),
        days=DAYS,
        written=hours.written_spans,
        fault=fault,
        invitation=invitation,
        invitation_days=INVITATION_DAYS,
    )


def _desk(connection: Connection, text: str) -> int | None:
    """The desk that a form names, None for none; raises ValueError for one that does not exist."""
    if not text:
        return None
    known = {str(row.id): row.id for row in connection.execute(sa.select(DESKS.c.id))}
    if text not in known:
        raise ValueError("desk")
    return known[text]


PAGES = (
    Page("GET", "/comptes", show, Role.ADMINISTRATOR),
    Page("POST", "/comptes/invitations", invite, Role.ADMINISTRATOR),
    Page("POST", "/comptes/guichets", keep_desk, Role.ADMINISTRATOR),
    Page("POST", "/comptes/{account:row}", change, Role.ADMINISTRATOR),
)
