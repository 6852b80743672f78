"""Who may enter the desk, what each role may do, and a journal that shows what was changed in it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.mediator.desk import Desk
from bot.mediator.pages import PAGES
from bot.mediator.security import passwords, sessions, throttle
from bot.mediator.security.accounts import INVITATION_DAYS, Refused
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, INVITATIONS, JOURNAL, JOURNAL_HEAD, SESSIONS
from bot.mediator.web.routes import Page
from tests.desk.conftest import NOW, PASSWORD, OpenDesk

CLOSED = [page for page in PAGES if page.needs is not None]
HIGHER = [page for page in CLOSED if page.needs is not Role.MEDIATOR]


def address(page: Page) -> str:
    return "/".join("1" if part.startswith("{") else part for part in page.path.split("/"))


def names(page: Page) -> str:
    return f"{page.method} {page.path}"


def test_nothing_but_signing_in_and_invitations_is_open(open_desk: OpenDesk) -> None:
    assert {page.path for page in PAGES if page.needs is None} == {
        "/connexion", "/connexion/code", "/invitation/{token}", "/nouveau-mot-de-passe/{token}",
        "/connexion/fournisseur", "/connexion/retour", "/deconnexion",
    }  # fmt: skip
    visitor = open_desk.visitor()
    for page in CLOSED:
        answer = visitor.get(address(page)) if page.method == "GET" else visitor.send(address(page), csrf="x")
        is_turned_away = answer.status_code == 401 or answer.headers.get("location") == "/connexion"
        assert is_turned_away, names(page)
        # A form sent without a session gets a page that says so, and no form.
        assert "name=" not in answer.text.partition("<main")[2], names(page)


def test_a_mediator_may_not_do_what_others_may_and_the_try_is_noted(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    for page in HIGHER:
        if page.method == "GET":
            answer = mediator.get(address(page))
        else:
            answer = mediator.post(address(page), "/fiche", role="administrator", active="yes")
        assert answer.status_code == 403, names(page)
        assert ("marie", "refused", names(page)) in open_desk.journal()


def test_an_editor_is_no_administrator(open_desk: OpenDesk) -> None:
    editor = open_desk.signed_in("editor")
    assert editor.get("/ameliorer").status_code == 200
    assert editor.get("/comptes").status_code == 403


def test_nobody_raises_their_own_role_by_the_form_of_an_invitation(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    with open_desk.desk.database.transaction() as connection:
        token = open_desk.desk.accounts.invite(
            connection, Role.MEDIATOR, "tests", NOW + dt.timedelta(days=3650)
        )
    path = f"/invitation/{token}"
    visitor.post(path, path, login="marie", password=PASSWORD, password_again=PASSWORD, role="administrator")
    assert visitor.get("/").status_code == 200
    assert visitor.get("/comptes").status_code == 403


def test_an_invitation_works_once(open_desk: OpenDesk) -> None:
    with open_desk.desk.database.transaction() as connection:
        token = open_desk.desk.accounts.invite(
            connection, Role.MEDIATOR, "tests", NOW + dt.timedelta(days=3650)
        )
        stored = [row.token_hash for row in connection.execute(sa.select(INVITATIONS))]
    assert token not in stored
    path = f"/invitation/{token}"
    first, second = open_desk.visitor(), open_desk.visitor()
    assert second.get(path).status_code == 200
    fields = {"password": PASSWORD, "password_again": PASSWORD}
    assert first.post(path, path, login="marie", **fields).status_code == 303
    assert second.post(path, "/connexion", login="jeanne", **fields).status_code == 404
    assert second.get(path).status_code == 404


def test_an_invitation_ends(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        last = NOW + dt.timedelta(days=INVITATION_DAYS)
        assert desk.accounts.is_open(connection, token, last - dt.timedelta(seconds=1))
        assert not desk.accounts.is_open(connection, token, last)
        with pytest.raises(Refused, match="invitation"):
            desk.accounts.accept(connection, token, "marie", PASSWORD, last)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("onze signes", "short"),
        ("douze signes", None),
        ("aaaaaaaaaaaaaaaa", "plain"),
        ("une phrase de marie", "login"),
        ("ab" * 101, "long"),
    ],
)
def test_a_password_is_judged_by_its_length(password: str, fault: str | None) -> None:
    assert passwords.fault(password, "marie") == fault


def test_a_password_is_stored_as_argon2id_alone(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator")
    with open_desk.desk.database.transaction() as connection:
        stored = connection.scalar(sa.select(ACCOUNTS.c.password_hash))
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_wrong_password_and_an_unknown_login_get_the_same_page(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator", "marie")
    answers = [open_desk.visitor().sign_in(login, "un autre mot de passe") for login in ("marie", "paul")]
    pages = [answer.text.replace("paul", "marie") for answer in answers]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert pages[0].count("inexact") == pages[1].count("inexact") == 1


def test_after_too_many_wrong_passwords_even_the_right_one_waits(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator", "marie")
    visitor = open_desk.visitor()
    for _ in range(throttle.SIGN_IN_OF_LOGIN.most):
        assert visitor.sign_in("marie", "un autre mot de passe").status_code == 403
    assert visitor.sign_in("marie").status_code == 429
    assert visitor.sign_in("MARIE ").status_code == 429


def test_the_wait_ends(desk: Desk) -> None:
    limit = throttle.SIGN_IN_OF_LOGIN
    end = NOW + dt.timedelta(minutes=limit.minutes)
    with desk.database.transaction() as connection:
        for _ in range(limit.most):
            assert not desk.throttle.is_closed(connection, limit, "marie", NOW)
            desk.throttle.count(connection, limit, "marie", NOW)
        assert desk.throttle.is_closed(connection, limit, "marie", end - dt.timedelta(seconds=1))
        assert not desk.throttle.is_closed(connection, limit, "marie", end)
        assert not desk.throttle.is_closed(connection, limit, "paul", NOW)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator", "marie")
    cookie = open_desk.visitor().sign_in("marie").headers["set-cookie"]
    for words in ("__Host-desk=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert words in cookie
    with open_desk.desk.database.transaction() as connection:
        stored = [row.token_hash for row in connection.execute(sa.select(SESSIONS))]
    assert not any(token in cookie for token in stored)


def test_signing_out_ends_the_session_on_the_server(open_desk: OpenDesk) -> None:
    client, thief = open_desk.signed_in("mediator"), open_desk.visitor()
    thief.session.cookies.update(client.session.cookies)
    assert thief.get("/").status_code == 200
    client.post("/deconnexion", "/fiche")
    assert thief.get("/").status_code == 303


def test_a_session_ends_after_an_hour_without_a_hand_and_after_half_a_day(desk: Desk) -> None:
    idle, longest = dt.timedelta(minutes=sessions.IDLE_MINUTES), dt.timedelta(hours=sessions.LONGEST_HOURS)
    second = dt.timedelta(seconds=1)
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        account = desk.accounts.accept(connection, token, "marie", PASSWORD, NOW)
        cookie = desk.sessions.open(connection, account, NOW)
        # A page that refreshes itself is a sign of life, and keeps nothing open.
        assert desk.sessions.account(connection, cookie, NOW + idle, by_person=False)
        assert not desk.sessions.account(connection, cookie, NOW + idle + second, by_person=False)
        cookie = desk.sessions.open(connection, account, NOW)
        at = NOW
        while at + idle < NOW + longest:
            at += idle
            assert desk.sessions.account(connection, cookie, at, by_person=True)
        assert desk.sessions.account(connection, cookie, NOW + longest, by_person=True)
        assert not desk.sessions.account(connection, cookie, NOW + longest + second, by_person=True)


def test_a_closed_account_is_out_at_once(open_desk: OpenDesk) -> None:
    administrator, mediator = open_desk.signed_in("administrator"), open_desk.signed_in("mediator", "marie")
    with open_desk.desk.database.transaction() as connection:
        marie = connection.scalar(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == "marie"))
    assert administrator.post(f"/comptes/{marie}", "/comptes", role="mediator").status_code == 303
    assert mediator.get("/").status_code == 303
    assert open_desk.visitor().sign_in("marie").status_code == 403


def test_the_last_administrator_stays(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator")
    answer = administrator.post("/comptes/1", "/comptes", role="mediator", active="yes")
    assert answer.status_code == 400
    assert administrator.get("/comptes").status_code == 200


def test_a_form_without_our_token_or_from_another_site_is_refused(open_desk: OpenDesk) -> None:
    client, other = open_desk.signed_in("mediator"), open_desk.signed_in("mediator")
    assert client.send("/dossiers").status_code == 400
    assert client.send("/dossiers", csrf="0" * 64).status_code == 400
    theirs = other.get("/fiche").text.split('name="csrf" value="')[1][:64]
    assert client.send("/dossiers", csrf=theirs).status_code == 400
    own = client.get("/fiche").text.split('name="csrf" value="')[1][:64]
    client.session.headers["Origin"] = "https://ailleurs.example"
    assert client.send("/dossiers", csrf=own).status_code == 400
    client.session.headers["Origin"] = client.address
    assert client.send("/dossiers", csrf=own, reason="loss").status_code == 303


def test_every_answer_forbids_scripts_of_others_and_framing(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    for path in ("/connexion", "/nulle-part", "/static/desk.css", "/health"):
        headers = visitor.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert visitor.get("/connexion").headers["cache-control"] == "no-store"


def test_a_form_that_is_too_large_is_refused(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    assert visitor.send("/connexion", login="x" * 70_000).status_code == 413
    assert visitor.send("/connexion", **{f"f{rank}": "x" for rank in range(300)}).status_code == 413


@pytest.fixture
def written(desk: Desk) -> Desk:
    """A desk whose journal has five lines."""
    with desk.database.transaction() as connection:
        for rank in range(5):
            desk.journal.note(connection, NOW, "marie", "signed_in", str(rank))
        assert desk.journal.fault(connection) is None
    return desk


@pytest.mark.parametrize(
    "tampering",
    [
        JOURNAL.delete().where(JOURNAL.c.rank == 3),
        JOURNAL.delete().where(JOURNAL.c.rank == 5),
        JOURNAL.delete(),
        JOURNAL.update().where(JOURNAL.c.rank == 2).values(actor="paul"),
        JOURNAL.update().where(JOURNAL.c.rank == 5).values(object="rien"),
        JOURNAL.insert().values(rank=6, at=NOW, actor="x", action="y", object="", chain="z"),
        JOURNAL_HEAD.delete(),
        JOURNAL_HEAD.update().values(rank=4),
    ],
    ids=["one removed", "the last removed", "all removed", "one changed", "the last changed", "one added",
         "the head removed", "the head changed"],
)  # fmt: skip
def test_a_journal_that_was_changed_says_so(written: Desk, tampering: sa.sql.Executable) -> None:
    with written.database.transaction() as connection:
        connection.execute(tampering)
        assert written.journal.fault(connection)


def test_the_head_cannot_be_set_back_without_the_secret(written: Desk) -> None:
    with written.database.transaction() as connection:
        fourth = connection.execute(sa.select(JOURNAL).where(JOURNAL.c.rank == 4)).first()
        assert fourth
        connection.execute(JOURNAL.delete().where(JOURNAL.c.rank == 5))
        connection.execute(JOURNAL_HEAD.update().values(rank=4, chain=fourth.chain))
        assert written.journal.fault(connection)


def test_what_was_undone_leaves_no_line(desk: Desk) -> None:
    with pytest.raises(RuntimeError), desk.database.transaction() as connection:
        desk.journal.note(connection, NOW, "marie", "signed_in")
        raise RuntimeError
    with desk.database.transaction() as connection:
        assert desk.journal.latest(connection, 10) == []
        assert desk.journal.fault(connection) is None
