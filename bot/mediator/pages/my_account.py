"""One's own account: another password, the second factor, the sessions that are open."""

from __future__ import annotations

import segno
from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot.mediator.security import failures, policies, second_factor, throttle
from bot.mediator.security.accounts import Refused
from bot.mediator.web.guard import SESSION_COOKIE
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit

QR_SCALE = 5
FAILURES_SHOWN = 5


def show(visit: Visit) -> Response:
    """What one may change oneself."""
    return _page(visit, done=visit.query.get("fait", ""))


def change_password(visit: Visit) -> Response:
    """Another password; the other sessions of the account end."""
    desk, form = visit.desk, visit.form
    try:
        with desk.database.transaction() as connection:
            _count(visit, connection)
        if form.get("password") != form.get("password_again"):
            raise Refused("different")
        with desk.database.transaction() as connection:
            former, password = form.get("former", ""), form.get("password", "")
            desk.accounts.change_password(connection, visit.me, former, password, visit.now)
            _forget(visit, connection)
            desk.sessions.close_others(connection, visit.me.id, _token(visit))
            desk.journal.note(connection, visit.now, visit.me.login, "password_changed")
    except Refused as refusal:
        return _page(visit, fault=("password", str(refusal)))
    return visit.go("/mon-compte?fait=mot-de-passe")


def close_sessions(visit: Visit) -> Response:
    """Ends the other sessions of the account."""
    with visit.desk.database.transaction() as connection:
        visit.desk.sessions.close_others(connection, visit.me.id, _token(visit))
        visit.desk.journal.note(connection, visit.now, visit.me.login, "sessions_closed")
    return visit.go("/mon-compte?fait=sessions")


def show_set_up(visit: Visit) -> Response:
    """The QR code for the application, and the field for its first code."""
    return _set_up(visit)


def set_up(visit: Visit) -> Response:
    """The second factor counts from now on; the recovery codes are shown this once."""
    desk = visit.desk
    if not _may_set_up(visit):
        return visit.go("/mon-compte")
    try:
        with desk.database.transaction() as connection:
            _count(visit, connection)
        with desk.database.transaction() as connection:
            if not desk.accounts.knows_password(connection, visit.me, visit.form.get("password", "")):
                raise Refused("former")
            codes = desk.second_factor.confirm(connection, visit.me.id, visit.form.get("code", ""), visit.now)
            if codes is None:
                raise Refused("code")
            _forget(visit, connection)
            desk.sessions.close_others(connection, visit.me.id, _token(visit))
            desk.journal.note(connection, visit.now, visit.me.login, "second_factor_on")
    except Refused as refusal:
        return _set_up(visit, str(refusal))
    return visit.page("recovery_codes.html", codes=codes)


def new_codes(visit: Visit) -> Response:
    """New recovery codes, shown this once; the former ones stop working."""
    try:
        _prove(visit)
    except Refused as refusal:
        return _page(visit, fault=("codes", str(refusal)))
    with visit.desk.database.transaction() as connection:
        codes = visit.desk.second_factor.new_recovery_codes(connection, visit.me.id)
        visit.desk.journal.note(connection, visit.now, visit.me.login, "recovery_codes_made")
    return visit.page("recovery_codes.html", codes=codes)


def take_off(visit: Visit) -> Response:
    """No second factor any more; where the desk asks one of this role, it has to be set up again at once."""
    try:
        _prove(visit)
    except Refused as refusal:
        return _page(visit, fault=("off", str(refusal)))
    with visit.desk.database.transaction() as connection:
        visit.desk.second_factor.remove(connection, visit.me.id)
        visit.desk.journal.note(connection, visit.now, visit.me.login, "second_factor_off")
    return visit.go("/mon-compte?fait=retiree")


def _prove(visit: Visit) -> None:
    """Asks the password again: a computer left open must not be enough. Raises Refused with why not."""
    desk = visit.desk
    with desk.database.transaction() as connection:
        if not visit.me.has_second_factor:
            raise Refused("none")
        _count(visit, connection)
    with desk.database.transaction() as connection:
        if not desk.accounts.knows_password(connection, visit.me, visit.form.get("password", "")):
            raise Refused("former")
        _forget(visit, connection)


def _count(visit: Visit, connection: Connection) -> None:
    limit, key = throttle.PASSWORD_OF_ACCOUNT, visit.me.login
    if visit.desk.throttle.is_closed(connection, limit, key, visit.now):
        raise Refused("throttled")
    visit.desk.throttle.count(connection, limit, key, visit.now)


def _forget(visit: Visit, connection: Connection) -> None:
    visit.desk.throttle.forget(connection, throttle.PASSWORD_OF_ACCOUNT, visit.me.login)


def _may_set_up(visit: Visit) -> bool:
    return visit.me.has_password and not visit.me.has_second_factor


def _set_up(visit: Visit, fault: str | None = None) -> Response:
    if not _may_set_up(visit):
        return visit.go("/mon-compte")
    with visit.desk.database.transaction() as connection:
        secret = visit.desk.second_factor.begin(connection, visit.me.id)
    address = second_factor.address_for_application(secret, visit.me.login)
    return visit.page(
        "second_factor.html",
        _status(fault),
        fault=fault,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        code=Markup(segno.make(address, error="m").svg_inline(scale=QR_SCALE, dark="#000", light="#fff")),
    )


def _page(visit: Visit, done: str = "", fault: tuple[str, str] = ("", "")) -> Response:
    desk, me = visit.desk, visit.me
    with desk.database.transaction() as connection:
        values = {
            "sessions": [
                (row, desk.sessions.is_this(row, _token(visit)))
                for row in desk.sessions.of(connection, me.id, visit.now)
            ],
            "password_set_at": desk.accounts.password_set_at(connection, me.id),
            "failures": failures.latest(connection, FAILURES_SHOWN, me.login),
            "codes_left": desk.second_factor.recovery_codes_left(connection, me.id),
            "is_required": me.role in policies.needs_second_factor(connection),
        }
    where, why = fault
    return visit.page("my_account.html", _status(why), done=done, fault_in=where, fault=why, **values)


def _status(fault: str | None) -> int:
    if not fault:
        return 200
    return 429 if fault == "throttled" else 400


def _token(visit: Visit) -> str:
    return visit.request.cookies.get(SESSION_COOKIE, "")


PAGES = (
    Page("GET", "/mon-compte", show, before_set_up=True),
    Page("POST", "/mon-compte/mot-de-passe", change_password, before_set_up=True),
    Page("POST", "/mon-compte/sessions", close_sessions, before_set_up=True),
    Page("GET", "/mon-compte/double-authentification", show_set_up, before_set_up=True),
    Page("POST", "/mon-compte/double-authentification", set_up, before_set_up=True),
    Page("POST", "/mon-compte/codes-de-secours", new_codes),
    Page("POST", "/mon-compte/double-authentification/retirer", take_off),
)
