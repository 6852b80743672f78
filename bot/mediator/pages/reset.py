"""Choosing another password by the one-time link that an administrator handed out."""

from __future__ import annotations

from starlette.responses import Response

from bot.mediator.security import throttle
from bot.mediator.security.accounts import Account, Refused
from bot.mediator.web.routes import EVERYBODY, Page
from bot.mediator.web.visit import Visit


def show(visit: Visit) -> Response:
    """The form; a link that is unknown, used or over has none."""
    account = _account(visit)
    return account if isinstance(account, Response) else _form(visit, account)


def change(visit: Visit) -> Response:
    """The new password, with which one then signs in; the form again where it is refused."""
    account, desk = _account(visit), visit.desk
    if isinstance(account, Response):
        return account
    password = visit.form.get("password", "")
    try:
        if password != visit.form.get("password_again"):
            raise Refused("different")
        with desk.database.transaction() as connection:
            desk.resets.use(connection, visit.part("token"), password, visit.now)
            # Whatever was tried while the password was forgotten.
            for limit in (throttle.SIGN_IN_OF_LOGIN_ANYWHERE, throttle.PASSWORD_OF_ACCOUNT):
                desk.throttle.forget(connection, limit, account.login)
            here = f"{account.login} {visit.place}"
            desk.throttle.forget(connection, throttle.SIGN_IN_OF_LOGIN, here)
            desk.journal.note(connection, visit.now, account.login, "password_reset")
    except Refused as refusal:
        return show(visit) if str(refusal) == "link" else _form(visit, account, str(refusal))
    return visit.go("/connexion?mot-de-passe=change")


def _account(visit: Visit) -> Account | Response:
    """Whose link it is, or what to say where it is not open."""
    desk, limit = visit.desk, throttle.INVITATION_FROM_ADDRESS
    with desk.database.transaction() as connection:
        is_closed = desk.throttle.is_closed(connection, limit, visit.place, visit.now)
        account = desk.resets.account(connection, visit.part("token"), visit.now)
        if account is None and not is_closed:
            desk.throttle.count(connection, limit, visit.place, visit.now)
    if is_closed:
        return visit.page("problem.html", 429, problem=429)
    return account or visit.page("problem.html", 404, problem="link")


def _form(visit: Visit, account: Account, fault: str | None = None) -> Response:
    return visit.page(
        "new_password.html",
        400 if fault else 200,
        fault=fault,
        login=account.login,
        token=visit.part("token"),
    )


PAGES = (
    Page("GET", "/nouveau-mot-de-passe/{token}", show, EVERYBODY),
    Page("POST", "/nouveau-mot-de-passe/{token}", change, EVERYBODY),
)
