"""Signing in and out, and accepting an invitation: the only pages for somebody without a session."""

from __future__ import annotations

from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot.mediator.security import throttle
from bot.mediator.security.accounts import Account, Refused
from bot.mediator.web.guard import SESSION_COOKIE, VISITOR_COOKIE, set_cookie
from bot.mediator.web.routes import EVERYBODY, Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import presence


def show(visit: Visit) -> Response:
    """The form, or the desk for who is signed in."""
    return visit.go("/") if visit.account else visit.page("sign_in.html", fault=None, login="")


def sign_in(visit: Visit) -> Response:
    """A session for the right login and password; too many wrong ones close the door for a while."""
    desk, login = visit.desk, visit.form.get("login", "").strip().casefold()
    limits = ((throttle.SIGN_IN_OF_LOGIN, login), (throttle.SIGN_IN_FROM_ADDRESS, visit.place))
    with desk.database.transaction() as connection:
        if any(desk.throttle.is_closed(connection, limit, key, visit.now) for limit, key in limits):
            return visit.page("sign_in.html", 429, fault="throttled", login=login)
        # Counted before the answer is known: many tries at once are many failures.
        for limit, key in limits:
            desk.throttle.count(connection, limit, key, visit.now)
    with desk.database.transaction() as connection:
        account = desk.accounts.by_password(connection, login, visit.form.get("password", ""))
        if account is None:
            desk.journal.note(connection, visit.now, "—", "sign_in_failed")
            return visit.page("sign_in.html", 403, fault="wrong", login=login)
        for limit, key in limits:
            desk.throttle.forget(connection, limit, key)
        return opened(visit, connection, account)


def opened(visit: Visit, connection: Connection, account: Account) -> Response:
    """The desk's first page, with a new session's cookie."""
    token = visit.desk.sessions.open(connection, account, visit.now)
    presence.arrive(connection, account)
    visit.desk.journal.note(connection, visit.now, account.login, "signed_in")
    response = visit.go("/")
    set_cookie(response, SESSION_COOKIE, token)
    response.delete_cookie(VISITOR_COOKIE, path="/", secure=True, httponly=True)
    return response


def sign_out(visit: Visit) -> Response:
    """Ends the session, on the server and in the browser."""
    with visit.desk.database.transaction() as connection:
        visit.desk.sessions.close(connection, visit.request.cookies.get(SESSION_COOKIE, ""))
        visit.desk.journal.note(connection, visit.now, visit.me.login, "signed_out")
    response = visit.go("/connexion")
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True)
    return response


def show_invitation(visit: Visit) -> Response:
    """The form that makes an account; an invitation that is unknown, used or over has none."""
    token = visit.part("token")
    form = {"fault": None, "login": "", "invitation": token}
    return closed_invitation(visit, token) or visit.page("invitation.html", **form)


def closed_invitation(visit: Visit, token: str) -> Response | None:
    """What to say where the invitation is unknown, used or over; None where it is open."""
    desk, limit = visit.desk, throttle.INVITATION_FROM_ADDRESS
    with desk.database.transaction() as connection:
        if desk.throttle.is_closed(connection, limit, visit.place, visit.now):
            return visit.page("problem.html", 429, problem=429)
        if not desk.accounts.is_open(connection, token, visit.now):
            desk.throttle.count(connection, limit, visit.place, visit.now)
            return visit.page("problem.html", 404, problem="invitation")
    return None


def accept_invitation(visit: Visit) -> Response:
    """The new account, signed in; the form again where something is refused."""
    login, password = visit.form.get("login", ""), visit.form.get("password", "")
    try:
        if password != visit.form.get("password_again"):
            raise Refused("different")
        with visit.desk.database.transaction() as connection:
            account = visit.desk.accounts.accept(connection, visit.part("token"), login, password, visit.now)
            visit.desk.journal.note(connection, visit.now, account.login, "account_made", account.role.value)
            return opened(visit, connection, account)
    except Refused as refusal:
        if str(refusal) == "invitation":
            return show_invitation(visit)
        form = {"fault": str(refusal), "login": login, "invitation": visit.part("token")}
        return visit.page("invitation.html", 400, **form)


PAGES = (
    Page("GET", "/connexion", show, EVERYBODY),
    Page("POST", "/connexion", sign_in, EVERYBODY),
    Page("GET", "/invitation/{token}", show_invitation, EVERYBODY),
    Page("POST", "/invitation/{token}", accept_invitation, EVERYBODY),
    Page("POST", "/deconnexion", sign_out),
)
