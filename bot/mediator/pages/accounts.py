"""Accounts, invitations, forgotten passwords and who needs a second factor, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot import desk_link
from bot.mediator import clock
from bot.mediator.security import failures, policies, throttle
from bot.mediator.security.accounts import INVITATION_DAYS, Refused
from bot.mediator.security.resets import RESET_HOURS
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import DESKS
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import desks, places
from bot.mediator.work.spans import written_spans

DAYS = range(7)
FAILURES_SHOWN = 200


def show(visit: Visit) -> Response:
    """Everybody's account, the forms to invite and to change."""
    return page(visit, done=visit.query.get("fait", ""))


def invite(visit: Visit) -> Response:
    """The address of a new invitation, shown once."""
    try:
        role, label = Role(visit.form.get("role", "")), visit.form.get("label", "")
        with visit.desk.database.transaction() as connection:
            desk_id = _desk(connection, visit.form.get("desk", ""))
            token = visit.desk.accounts.invite(connection, role, visit.me.login, visit.now, desk_id, label)
            visit.desk.journal.note(connection, visit.now, visit.me.login, "invited", role.value)
    except ValueError:
        return page(visit, 400, fault="choice")
    return page(visit, invitation=f"{desk_link.public_address()}/invitation/{token}")


def revoke_invitation(visit: Visit) -> Response:
    """Takes back an invitation."""
    with visit.desk.database.transaction() as connection:
        row = visit.desk.accounts.revoke(connection, visit.form.get("invitation", ""))
        if row is not None:
            visit.desk.journal.note(connection, visit.now, visit.me.login, "invitation_revoked", row.role)
    return visit.go("/comptes?fait=retrait#invitations")


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
        return page(visit, 400, fault=str(refusal) if isinstance(refusal, Refused) else "choice")
    return visit.go("/comptes?fait=compte#accounts")


def reset(visit: Visit) -> Response:
    """The address by which somebody chooses another password, shown once."""
    try:
        with visit.desk.database.transaction() as connection:
            token, login = visit.desk.resets.make(
                connection, visit.number("account"), visit.me.login, visit.now
            )
            visit.desk.journal.note(connection, visit.now, visit.me.login, "reset_made", login)
    except Refused as refusal:
        return page(visit, 400, fault=str(refusal))
    return page(visit, reset=f"{desk_link.public_address()}/nouveau-mot-de-passe/{token}", reset_of=login)


def revoke_reset(visit: Visit) -> Response:
    """Takes back such an address."""
    with visit.desk.database.transaction() as connection:
        if visit.desk.resets.revoke(connection, visit.number("account")):
            visit.desk.journal.note(
                connection, visit.now, visit.me.login, "reset_revoked", _login(visit, connection)
            )
    return visit.go("/comptes?fait=retrait#invitations")


def take_off_second_factor(visit: Visit) -> Response:
    """No second factor any more for somebody who lost telephone and recovery codes."""
    with visit.desk.database.transaction() as connection:
        login = _login(visit, connection)
        if login:
            visit.desk.second_factor.remove(connection, visit.number("account"))
            visit.desk.journal.note(connection, visit.now, visit.me.login, "second_factor_removed", login)
    return visit.go("/comptes?fait=facteur#accounts")


def require_second_factor(visit: Visit) -> Response:
    """Asks a second factor of the roles that were ticked."""
    roles = [role for role in Role if visit.form.get(role.value) == "yes"]
    with visit.desk.database.transaction() as connection:
        policies.require_second_factor(connection, roles)
        said = ", ".join(role.value for role in roles)
        visit.desk.journal.note(connection, visit.now, visit.me.login, "second_factor_required", said)
    return visit.go("/comptes?fait=regle#securite")


def show_failures(visit: Visit) -> Response:
    """The sign-ins that failed lately."""
    with visit.desk.database.transaction() as connection:
        rows = failures.latest(connection, FAILURES_SHOWN)
    return visit.page("failed_sign_ins.html", rows=rows, kept_days=failures.KEPT_DAYS)


def page(
    visit: Visit,
    status: int = 200,
    fault: str | None = None,
    sent: Mapping[str, str] | None = None,
    **shown: Any,
) -> Response:
    """The page of accounts and desks; ``sent`` is a desk's form as it was refused, to be shown again."""
    desk = visit.desk
    with desk.database.transaction() as connection:
        accounts = desk.accounts.all(connection)
        shut = {
            row.id
            for row in accounts
            if desk.throttle.is_closed(connection, throttle.SIGN_IN_OF_LOGIN_ANYWHERE, row.login, visit.now)
        }
        values = {
            "accounts": accounts,
            "shut": shut,
            "invitations": desk.accounts.invitations(connection, visit.now),
            "resets": desk.resets.pending(connection, visit.now),
            "required": policies.needs_second_factor(connection),
            "desks": desks.every(connection),
            "special": desks.special_days(connection, clock.today()),
        }
    defaults: dict[str, Any] = {"done": "", "invitation": "", "reset": "", "reset_of": "", "fault_words": ""}
    return visit.page(
        "accounts.html",
        status,
        **values,
        roles=list(Role),
        places=places.places(),
        place_of=places.known,
        days=DAYS,
        written=written_spans,
        fault=fault,
        sent=sent,
        has_public_address=desk_link.has_public_address(),
        invitation_days=INVITATION_DAYS,
        reset_hours=RESET_HOURS,
        **{**defaults, **shown},
    )


def _login(visit: Visit, connection: Connection) -> str:
    """The login of the account that the address names, "" where there is none."""
    number = visit.number("account")
    return next((row.login for row in visit.desk.accounts.all(connection) if row.id == number), "")


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
    Page("GET", "/comptes/connexions-refusees", show_failures, Role.ADMINISTRATOR),
    Page("POST", "/comptes/invitations", invite, Role.ADMINISTRATOR),
    Page("POST", "/comptes/invitations/retirer", revoke_invitation, Role.ADMINISTRATOR),
    Page("POST", "/comptes/double-authentification", require_second_factor, Role.ADMINISTRATOR),
    Page("POST", "/comptes/{account:row}", change, Role.ADMINISTRATOR),
    Page("POST", "/comptes/{account:row}/mot-de-passe", reset, Role.ADMINISTRATOR),
    Page("POST", "/comptes/{account:row}/mot-de-passe/retirer", revoke_reset, Role.ADMINISTRATOR),
    Page(
        "POST",
        "/comptes/{account:row}/double-authentification/retirer",
        take_off_second_factor,
        Role.ADMINISTRATOR,
    ),
)
