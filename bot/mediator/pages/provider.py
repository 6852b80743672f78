"""Signing in, and accepting an invitation, through an identity provider: there, and back."""

from __future__ import annotations

import logging

from starlette.responses import Response

from bot.mediator.pages import signing_in
from bot.mediator.security import failures, throttle
from bot.mediator.security.accounts import Refused
from bot.mediator.security.openid import Pending, Proven, Provider, ProviderAway, Unproven
from bot.mediator.web.guard import drop_cookie, set_cookie
from bot.mediator.web.routes import EVERYBODY, Page
from bot.mediator.web.visit import Visit

logger = logging.getLogger(__name__)

COOKIE = "__Host-desk-provider"


def leave(visit: Visit) -> Response:
    """The page that takes the browser to the provider; an invitation's form comes with its login.

    The form is not answered by a redirection: browsers hold every further one, of the provider's too, to the
    ``form-action`` of the page that the form stood on.
    """
    provider = visit.desk.provider
    if provider is None:
        return visit.page("problem.html", 404, problem=404)
    if _is_throttled(visit):
        return signing_in.again(visit, 429, "throttled")
    invitation, login = visit.form.get("invitation", ""), visit.form.get("login", "")
    if invitation:
        problem = signing_in.closed_invitation(visit, invitation)
        if problem:
            return problem
        try:
            with visit.desk.database.transaction() as connection:
                login = visit.desk.accounts.free_login(connection, login)
        except Refused as refusal:
            return _invitation_again(visit, invitation, login, refusal)
    pending = Pending.new(visit.now, invitation, login if invitation else "")
    try:
        address = provider.address(pending, again=signing_in.SIGNED_OUT_COOKIE in visit.request.cookies)
    except ProviderAway as error:
        return _away(visit, error)
    response = visit.page("provider.html", address=address, provider=provider.name)
    set_cookie(response, COOKIE, pending.sealed(visit.desk.keys))
    return response


def come_back(visit: Visit) -> Response:
    """A session for whom the provider names, where an account or an invitation is theirs."""
    provider = visit.desk.provider
    if provider is None:
        return visit.page("problem.html", 404, problem=404)
    response = _answer(visit, provider)
    drop_cookie(response, COOKIE)
    return response


def _answer(visit: Visit, provider: Provider) -> Response:
    if _is_throttled(visit):
        return signing_in.again(visit, 429, "throttled")
    pending = Pending.unsealed(visit.request.cookies.get(COOKIE, ""), visit.desk.keys, visit.now)
    if pending is None or visit.query.get("state") != pending.state:
        return _refuse(visit, "provider_expired")
    if not _is_first_use(visit, pending):
        return _refuse(visit, "provider_replayed")
    if not visit.query.get("code"):
        return _refuse(visit, "provider_refused")
    try:
        proven = provider.proven(visit.query["code"], pending, visit.now)
    except ProviderAway as error:
        return _away(visit, error)
    except Unproven:
        return _refuse(visit, "provider_unproven")
    return _enter(visit, pending, proven)


def _enter(visit: Visit, pending: Pending, proven: Proven) -> Response:
    desk = visit.desk
    try:
        with desk.database.transaction() as connection:
            if pending.invitation:
                account = desk.accounts.accept_by_provider(
                    connection, pending.invitation, pending.login, proven.subject, visit.now
                )
                desk.journal.note(connection, visit.now, account.login, "account_made", account.role.value)
            else:
                known = desk.accounts.by_subject(connection, proven.subject)
                if known is None:
                    raise Refused("uninvited")
                account = known
            desk.throttle.forget(connection, throttle.PROVIDER_FROM_ADDRESS, visit.place)
            return signing_in.opened(visit, connection, account, proven.token)
    except Refused as refusal:
        if str(refusal) == "invitation":
            return visit.page("problem.html", 404, problem="invitation")
        if str(refusal) in ("uninvited", "subject_taken"):
            return _refuse(visit, f"provider_{refusal}")
        return _invitation_again(visit, pending.invitation, pending.login, refusal)


def _invitation_again(visit: Visit, invitation: str, login: str, refusal: Refused) -> Response:
    return signing_in.invitation_form(visit, invitation, login, str(refusal))


def _is_throttled(visit: Visit) -> bool:
    """Whether this place has tried too often; a try that follows is counted, and forgotten by a success."""
    limit = throttle.PROVIDER_FROM_ADDRESS
    with visit.desk.database.transaction() as connection:
        is_closed = visit.desk.throttle.is_closed(connection, limit, visit.place, visit.now)
        if not is_closed:
            visit.desk.throttle.count(connection, limit, visit.place, visit.now)
    return is_closed


def _is_first_use(visit: Visit, pending: Pending) -> bool:
    limit = throttle.PROVIDER_STATE
    with visit.desk.database.transaction() as connection:
        is_used = visit.desk.throttle.is_closed(connection, limit, pending.state, visit.now)
        visit.desk.throttle.count(connection, limit, pending.state, visit.now)
    return not is_used


def _refuse(visit: Visit, fault: str) -> Response:
    with visit.desk.database.transaction() as connection:
        failures.note(connection, "", visit.place, fault, visit.now)
        visit.desk.journal.note(connection, visit.now, "—", "sign_in_failed", fault)
    return signing_in.again(visit, 403, fault)


def _away(visit: Visit, error: ProviderAway) -> Response:
    logger.error("the identity provider does not answer: %s", type(error.__cause__ or error).__name__)
    return signing_in.again(visit, 503, "provider_away")


PAGES = (
    Page("POST", "/connexion/fournisseur", leave, EVERYBODY),
    Page("GET", "/connexion/retour", come_back, EVERYBODY),
)
