"""Signing in and out, and accepting an invitation: pages for somebody without a session."""

from __future__ import annotations

import logging
from dataclasses import replace

from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot.mediator.security import devices, failures, throttle
from bot.mediator.security.accounts import Account, Refused, suggested
from bot.mediator.security.openid import ProviderAway
from bot.mediator.security.throttle import Limit
from bot.mediator.web.guard import SESSION_COOKIE, VISITOR_COOKIE, drop_cookie, set_cookie
from bot.mediator.web.routes import EVERYBODY, Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import presence

logger = logging.getLogger(__name__)

# Of a sign-in whose password was right and whose second factor is to come.
CODE_COOKIE = "__Host-desk-code"
# That somebody signed out here: the provider is then asked who is there, not whom it remembers.
SIGNED_OUT_COOKIE = "__Host-desk-signed-out"


def show(visit: Visit) -> Response:
    """The form, or the desk for who is signed in."""
    if visit.account:
        return visit.go("/")
    is_changed = visit.query.get("mot-de-passe") == "change"
    return visit.page("sign_in.html", fault=None, login="", is_changed=is_changed)


def sign_in(visit: Visit) -> Response:
    """A session for the right login and password; too many wrong ones close the door for a while."""
    desk, login = visit.desk, visit.form.get("login", "").strip().casefold()
    limits = _limits(visit, login)
    with desk.database.transaction() as connection:
        is_closed = any(desk.throttle.is_closed(connection, limit, key, visit.now) for limit, key in limits)
        # Counted before the answer is known: many tries at once are many failures.
        for limit, key in () if is_closed else limits:
            desk.throttle.count(connection, limit, key, visit.now)
    if is_closed:
        return again(visit, 429, "throttled", login)
    with desk.database.transaction() as connection:
        account = desk.accounts.by_password(connection, login, visit.form.get("password", ""))
        if account is not None:
            for limit, key in limits:
                desk.throttle.forget(connection, limit, key)
            if not account.has_second_factor:
                return opened(visit, connection, account)
            response = visit.go("/connexion/code")
            set_cookie(response, CODE_COOKIE, desk.sessions.await_code(connection, account, visit.now))
            return response
        known = failures.note(connection, login, visit.place, "password", visit.now)
        desk.journal.note(connection, visit.now, "—", "sign_in_failed", known)
    return again(visit, 403, "wrong", login)


def again(visit: Visit, status: int, fault: str, login: str = "") -> Response:
    """The sign-in form with what went wrong."""
    return visit.page("sign_in.html", status, fault=fault, login=login, is_changed=False)


def _limits(visit: Visit, login: str) -> tuple[tuple[Limit, str], ...]:
    """What failures are counted by: in a browser where this person has signed in before, by that alone."""
    cookie = visit.request.cookies.get(devices.cookie_name(visit.desk.keys, login), "")
    device = devices.known(visit.desk.keys, login, cookie)
    if device:
        return ((throttle.SIGN_IN_OF_DEVICE, device),)
    return (
        (throttle.SIGN_IN_OF_LOGIN, f"{login} {visit.place}"),
        (throttle.SIGN_IN_OF_LOGIN_ANYWHERE, login),
        (throttle.SIGN_IN_FROM_ADDRESS, visit.place),
    )


def ask_code(visit: Visit) -> Response:
    """The field for the second factor."""
    return _ask_code(visit)


def give_code(visit: Visit) -> Response:
    """A session for the right code; a wrong one is counted, a used one is wrong."""
    desk, token = visit.desk, visit.request.cookies.get(CODE_COOKIE, "")
    limit = throttle.SECOND_FACTOR
    with desk.database.transaction() as connection:
        account = desk.sessions.awaiting(connection, token, visit.now)
        login = account.login if account else ""
        is_closed = desk.throttle.is_closed(connection, limit, login, visit.now)
        if account and not is_closed:
            desk.throttle.count(connection, limit, login, visit.now)
    if account is None or is_closed:
        return _ask_code(visit, 429, "throttled")
    with desk.database.transaction() as connection:
        if desk.second_factor.is_right(connection, account.id, visit.form.get("code", ""), visit.now):
            desk.throttle.forget(connection, limit, login)
            desk.sessions.close(connection, token)
            response = opened(visit, connection, account)
            drop_cookie(response, CODE_COOKIE)
            return response
        failures.note(connection, login, visit.place, "code", visit.now)
        desk.journal.note(connection, visit.now, "—", "code_failed", login)
    return _ask_code(visit, 403, "wrong")


def _ask_code(visit: Visit, status: int = 200, fault: str | None = None) -> Response:
    """The field, or the way back to the password where no sign-in waits for a code."""
    with visit.desk.database.transaction() as connection:
        token = visit.request.cookies.get(CODE_COOKIE, "")
        account = visit.desk.sessions.awaiting(connection, token, visit.now)
    return visit.page("sign_in_code.html", status, fault=fault) if account else visit.go("/connexion")


def opened(visit: Visit, connection: Connection, account: Account, provider_token: str = "") -> Response:
    """The desk's first page, with a new session's cookie."""
    desk = visit.desk
    token = desk.sessions.open(connection, account, visit.now, provider_token)
    presence.arrive(connection, account)
    desk.journal.note(connection, visit.now, account.login, "signed_in")
    response = visit.go("/")
    set_cookie(response, SESSION_COOKIE, token)
    name = devices.cookie_name(desk.keys, account.login)
    if not devices.known(desk.keys, account.login, visit.request.cookies.get(name, "")):
        set_cookie(response, name, devices.new_cookie(desk.keys, account.login), devices.KEPT_DAYS)
    drop_cookie(response, VISITOR_COOKIE)
    drop_cookie(response, SIGNED_OUT_COOKIE)
    return response


def sign_out(visit: Visit) -> Response:
    """Ends the session, on the server, in the browser, and at the provider where one vouched for it.

    Whatever page the button stands on, it works: the browser sends the session's cookie with no form of
    another site's, so the form needs no token.
    """
    token = visit.request.cookies.get(SESSION_COOKIE, "")
    with visit.desk.database.transaction() as connection:
        proof = visit.desk.sessions.provider_token(connection, token) if visit.account else None
        visit.desk.sessions.close(connection, token)
        if visit.account:
            visit.desk.journal.note(connection, visit.now, visit.account.login, "signed_out")
    response = visit.go("/connexion") if proof is None else _sign_out_there(visit, proof)
    drop_cookie(response, SESSION_COOKIE)
    return response


def _sign_out_there(visit: Visit, proof: str) -> Response:
    """On to the provider's own sign-out; where it has none, the next sign-in asks who is there."""
    provider = visit.desk.provider
    address = None
    try:
        address = provider.sign_out_address(proof) if provider else None
    except ProviderAway as error:
        logger.error("the identity provider does not answer: %s", type(error.__cause__ or error).__name__)
    name = provider.name if provider else ""
    # Nobody is signed in any more: no menu.
    left = replace(visit, account=None)
    response = (
        left.page("signed_out.html", address=address, provider=name) if name else visit.go("/connexion")
    )
    set_cookie(response, SIGNED_OUT_COOKIE, "1")
    return response


def show_invitation(visit: Visit) -> Response:
    """The form that makes an account; an invitation that is unknown, used or over has none."""
    token = visit.part("token")
    return closed_invitation(visit, token) or invitation_form(visit, token)


def invitation_form(visit: Visit, token: str, login: str = "", fault: str | None = None) -> Response:
    """The form that makes an account, as it was sent where something is refused."""
    form = {"fault": fault, "login": login, "suggested": suggested(login), "invitation": token}
    return visit.page("invitation.html", 400 if fault else 200, **form)


def closed_invitation(visit: Visit, token: str) -> Response | None:
    """What to say where the invitation is unknown, used or over; None where it is open."""
    desk, limit = visit.desk, throttle.INVITATION_FROM_ADDRESS
    with desk.database.transaction() as connection:
        is_closed = desk.throttle.is_closed(connection, limit, visit.place, visit.now)
        is_open = desk.accounts.is_open(connection, token, visit.now)
        if not is_open and not is_closed:
            desk.throttle.count(connection, limit, visit.place, visit.now)
    if is_closed:
        return visit.page("problem.html", 429, problem=429)
    return None if is_open else visit.page("problem.html", 404, problem="invitation")


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
        return invitation_form(visit, visit.part("token"), login, str(refusal))


PAGES = (
    Page("GET", "/connexion", show, EVERYBODY),
    Page("POST", "/connexion", sign_in, EVERYBODY),
    Page("GET", "/invitation/{token}", show_invitation, EVERYBODY),
    Page("POST", "/invitation/{token}", accept_invitation, EVERYBODY),
    Page("GET", "/connexion/code", ask_code, EVERYBODY),
    Page("POST", "/connexion/code", give_code, EVERYBODY),
    Page("POST", "/deconnexion", sign_out, EVERYBODY, any_form=True),
)
