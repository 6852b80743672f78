"""What stands before every page: size, form, session, role, and proof that the form is ours."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import addresses, desk_link
from bot.mediator import clock
from bot.mediator.security.accounts import Account
from bot.mediator.security.keys import new_token
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit, plain
from bot.mediator.work import presence

if TYPE_CHECKING:
    from bot.mediator.desk import Desk

logger = logging.getLogger(__name__)

# The browser sends neither to another host nor over an open line; "__Host-" makes it hold to that.
SESSION_COOKIE = "__Host-desk"
VISITOR_COOKIE = "__Host-desk-visitor"
FORM_TYPE = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 200
SIGN_IN = "/connexion"
SET_UP = "/mon-compte/double-authentification"
# The fields that hold sentences: never a password, and nothing that a click gives back.
WRITTEN = ("text", "note", "example", "question", "title", "sentence")


class TooLarge(Exception):
    """The request's body is larger than any form of ours."""


def guarded(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The page as Starlette calls it."""

    async def answer(request: Request) -> Response:
        try:
            form = await _form(request) if page.method == "POST" else {}
        except TooLarge:
            return await run_in_threadpool(say_problem, desk, request, 413)
        try:
            return await run_in_threadpool(_answer, desk, page, request, form)
        except Exception as error:
            # The frames may hold what a person wrote: only the kind of error is logged.
            logger.error(
                "%s %s failed: %s", page.method, page.path, type(error).__name__, exc_info=debugging()
            )
            return await run_in_threadpool(say_problem, desk, request, 500, form)

    return answer


def debugging() -> bool:
    """Whether the log may hold frames."""
    return logger.isEnabledFor(logging.DEBUG)


def _answer(desk: Desk, page: Page, request: Request, form: dict[str, str]) -> Response:
    now = clock.now()
    token = request.cookies.get(SESSION_COOKIE, "")
    account, live = _account(desk, token, not page.by_itself) if token else (None, None)
    if page.needs is not None and account is None:
        return _ask_to_sign_in(desk, page, request, form)
    if page.needs is not None and account is not None and not account.role.may_act_as(page.needs):
        _note_refusal(desk, account, page)
        return _problem(desk, request, 403, account)
    if page.needs is not None and account is not None and account.must_set_up and not page.before_set_up:
        return _ask_to_set_up(page, request)
    visitor = token if account else request.cookies.get(VISITOR_COOKIE, "")
    is_new = not visitor
    visitor = visitor or new_token()
    if page.method == "POST" and not (
        _may_come(request) if page.any_form else _is_ours(desk, request, form, visitor)
    ):
        # A browser that came back without the cookie of the page before has not kept it.
        is_dropped = is_new and request.url.scheme == "http"
        return _problem(desk, request, 400, account, "open_line" if is_dropped else 400, form)
    # Until the second factor is set up, no page shows what it cannot act upon.
    shown = None if account is not None and account.must_set_up else live
    visit = Visit(desk, request, now, form, desk.keys.digest("form", visitor), account, shown)
    response = page.handler(visit)
    if is_new:
        set_cookie(response, VISITOR_COOKIE, visitor)
    return response


def set_cookie(response: Response, name: str, value: str, days: int | None = None) -> None:
    """Gives the browser a cookie that scripts cannot read and other sites cannot use.

    It is kept for that many days, or until the browser is closed.
    """
    seconds = days * 24 * 3600 if days else None
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(response: Response, name: str) -> None:
    """Takes a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def say_problem(desk: Desk, request: Request, status: int, form: Mapping[str, str] | None = None) -> Response:
    """A page that says what went wrong, with the menu of who is signed in and what they had written."""
    token = request.cookies.get(SESSION_COOKIE, "")
    try:
        account, _ = _account(desk, token, False) if token else (None, None)
    except sa.exc.SQLAlchemyError:
        account = None
    return _problem(desk, request, status, account, form=form)


def _account(desk: Desk, token: str, by_person: bool) -> tuple[Account | None, presence.Live | None]:
    now = clock.now()
    with desk.database.transaction() as connection:
        account = desk.sessions.account(connection, token, now, by_person)
        return account, presence.live(connection, account, now) if account else None


def _ask_to_sign_in(desk: Desk, page: Page, request: Request, form: dict[str, str]) -> Response:
    if page.by_itself or request.headers.get("x-requested-by") == "script":
        return Response(status_code=401)
    if page.method == "GET":
        return RedirectResponse(SIGN_IN, 303)
    visit = Visit(desk, request, clock.now(), {}, "", None)
    return visit.page("problem.html", 401, problem=401, kept=written(form))


def written(form: Mapping[str, str]) -> list[str]:
    """The texts that somebody wrote into a form, to be shown again where it cannot be used."""
    return [text.strip() for name, text in form.items() if name in WRITTEN and text.strip()]


def _ask_to_set_up(page: Page, request: Request) -> Response:
    if page.by_itself or request.headers.get("x-requested-by") == "script":
        # No 401: the session holds, and signing in again would change nothing.
        return Response(status_code=403)
    return RedirectResponse(SET_UP, 303)


def _note_refusal(desk: Desk, account: Account, page: Page) -> None:
    with desk.database.transaction() as connection:
        desk.journal.note(connection, clock.now(), account.login, "refused", f"{page.method} {page.path}")


def _problem(
    desk: Desk,
    request: Request,
    status: int,
    account: Account | None,
    problem: int | str = 0,
    form: Mapping[str, str] | None = None,
) -> Response:
    """A page that says what went wrong and what to do; its own form, the sign-out, works."""
    csrf = desk.keys.digest("form", request.cookies.get(SESSION_COOKIE, "")) if account else ""
    visit = Visit(desk, request, clock.now(), {}, csrf, account)
    return visit.page("problem.html", status=status, problem=problem or status, kept=written(form or {}))


def _is_ours(desk: Desk, request: Request, form: Mapping[str, str], visitor: str) -> bool:
    """Whether a page of ours that this browser was given sent the form."""
    return _is_from_here(request) and desk.keys.matches(form.get("csrf", ""), "form", visitor)


def _may_come(request: Request) -> bool:
    """Whether a form without our token may be followed: from anywhere but a page of another site."""
    return request.headers.get("sec-fetch-site") != "cross-site"


def _is_from_here(request: Request) -> bool:
    """Whether the form was sent by a page of this desk, as far as the browser tells.

    A proxy may write another host than the one in the address that mediators open: DESK_PUBLIC_URL tells it.
    """
    if request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        return False
    sent = request.headers.get("origin")
    if sent is None or addresses.is_of_host(sent, request.headers.get("host", "")):
        return True
    own = addresses.origin(desk_link.public_address())
    return own is not None and addresses.origin(sent) == own


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return {}
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
    try:
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise TooLarge from None
    return {name: plain(value) for name, value in reversed(fields)}
