"""The second factor: set up with a proof, asked at each sign-in, good once, and not the only way in."""

from __future__ import annotations

import datetime as dt
import re

import pyotp
import pytest
import sqlalchemy as sa

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security import second_factor, throttle
from bot.mediator.security.roles import Role
from bot.mediator.security.sessions import CODE_MINUTES
from bot.mediator.store.tables import ACCOUNTS, RECOVERY_CODES
from tests.desk.conftest import NOW, PASSWORD, Client, OpenDesk, text_of

SET_UP = "/mon-compte/double-authentification"
PERIOD = dt.timedelta(seconds=30)


def code_at(secret: str, moment: dt.datetime) -> str:
    return pyotp.TOTP(secret).at(moment.replace(tzinfo=dt.UTC))


@pytest.fixture
def marie(desk: Desk) -> int:
    """The number of an account whose application knows the secret since NOW."""
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        return desk.accounts.accept(connection, token, "marie", PASSWORD, NOW).id


def enrolled(desk: Desk, account: int) -> tuple[str, list[str]]:
    """The secret and the recovery codes of an account that has just set up its second factor."""
    with desk.database.transaction() as connection:
        secret = desk.second_factor.begin(connection, account)
        codes = desk.second_factor.confirm(connection, account, code_at(secret, NOW), NOW)
    assert codes
    return secret, codes


def is_right(desk: Desk, account: int, code: str, moment: dt.datetime) -> bool:
    with desk.database.transaction() as connection:
        return desk.second_factor.is_right(connection, account, code, moment)


def test_a_code_is_good_once_and_no_older_one_after_it(desk: Desk, marie: int) -> None:
    secret, _ = enrolled(desk, marie)
    assert not is_right(desk, marie, code_at(secret, NOW), NOW)
    later = NOW + 4 * PERIOD
    assert is_right(desk, marie, code_at(secret, later), later)
    assert not is_right(desk, marie, code_at(secret, later), later)
    assert not is_right(desk, marie, code_at(secret, later - PERIOD), later)
    assert is_right(desk, marie, code_at(secret, later + PERIOD), later)


@pytest.mark.parametrize(("periods", "expected"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_period_off(desk: Desk, marie: int, periods: int, expected: bool) -> None:
    secret, _ = enrolled(desk, marie)
    now = NOW + 10 * PERIOD
    assert is_right(desk, marie, code_at(secret, now + periods * PERIOD), now) is expected


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "é", "1" * 500])
def test_no_other_text_is_a_code(desk: Desk, marie: int, code: str) -> None:
    enrolled(desk, marie)
    # "000000" may be drawn once in a million periods; not in this one, whose secret is not chosen.
    assert not is_right(desk, marie, code, NOW - 10 * PERIOD)


def test_a_recovery_code_serves_once_however_it_is_written(desk: Desk, marie: int) -> None:
    _, codes = enrolled(desk, marie)
    assert len(set(codes)) == second_factor.RECOVERY_CODE_COUNT
    assert is_right(desk, marie, f" {codes[0].lower().replace('-', ' ')} ", NOW)
    assert not is_right(desk, marie, codes[0], NOW)
    with desk.database.transaction() as connection:
        assert desk.second_factor.recovery_codes_left(connection, marie) == len(codes) - 1
        desk.second_factor.new_recovery_codes(connection, marie)
    assert not is_right(desk, marie, codes[1], NOW)


def test_the_store_has_neither_the_secret_nor_a_recovery_code(desk: Desk, marie: int) -> None:
    secret, codes = enrolled(desk, marie)
    with desk.database.transaction() as connection:
        row = connection.execute(sa.select(ACCOUNTS)).one()
        hashes = [row.code_hash for row in connection.execute(sa.select(RECOVERY_CODES))]
    assert row.totp_secret and row.totp_pending is None
    assert secret not in row.totp_secret
    assert not any(code.replace("-", "") in hashed.upper() for code in codes for hashed in hashes)


def test_a_sealed_secret_is_of_no_use_for_another_account(desk: Desk, marie: int) -> None:
    secret, _ = enrolled(desk, marie)
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        paul = desk.accounts.accept(connection, token, "paul", PASSWORD, NOW).id
        sealed = connection.scalar(sa.select(ACCOUNTS.c.totp_secret).where(ACCOUNTS.c.id == marie))
        connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.id == paul).values(totp_secret=sealed))
    later = NOW + 4 * PERIOD
    assert not is_right(desk, paul, code_at(secret, later), later)


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets up the second factor on its page; the secret and the recovery codes."""
    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', client.get(SET_UP).text)
    assert shown
    secret = shown[1].replace(" ", "")
    answer = client.post(SET_UP, SET_UP, code=code_at(secret, clock.now()), password=PASSWORD)
    assert answer.status_code == 200
    return secret, re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", answer.text)


def test_the_password_alone_opens_nothing_any_more(open_desk: OpenDesk) -> None:
    secret, codes = set_up(open_desk.signed_in("mediator", "marie"))
    client = open_desk.visitor()
    assert client.sign_in("marie").headers["location"] == "/connexion/code"
    assert client.get("/").headers["location"] == "/connexion"
    assert client.get("/connexion/code").status_code == 200
    # The code that set it up was used by that.
    used = client.post("/connexion/code", "/connexion/code", code=code_at(secret, clock.now()))
    assert used.status_code == 403
    assert "a déjà servi" in text_of(used.text)
    following = code_at(secret, clock.now() + PERIOD)
    assert client.post("/connexion/code", "/connexion/code", code=following).status_code == 303
    assert client.get("/").status_code == 200
    other = open_desk.visitor()
    other.sign_in("marie")
    assert other.post("/connexion/code", "/connexion/code", code=following).status_code == 403
    assert other.post("/connexion/code", "/connexion/code", code=codes[0]).status_code == 303
    assert ("—", "code_failed", "marie") in open_desk.journal()


def test_codes_are_not_guessed(open_desk: OpenDesk) -> None:
    _, codes = set_up(open_desk.signed_in("mediator", "marie"))
    client = open_desk.visitor()
    client.sign_in("marie")
    for _ in range(throttle.SECOND_FACTOR.most):
        assert client.post("/connexion/code", "/connexion/code", code="000000").status_code == 403
    closed = client.post("/connexion/code", "/connexion/code", code=codes[0])
    assert closed.status_code == 429
    # Another sign-in does not begin the count anew.
    again = open_desk.visitor()
    again.sign_in("marie")
    assert again.post("/connexion/code", "/connexion/code", code=codes[0]).status_code == 429


def test_without_the_password_there_is_no_field_for_a_code(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    assert visitor.get("/connexion/code").headers["location"] == "/connexion"
    assert visitor.post("/connexion/code", code="000000").headers["location"] == "/connexion"


def test_a_sign_in_waits_ten_minutes_for_its_code(desk: Desk, marie: int) -> None:
    with desk.database.transaction() as connection:
        account = desk.accounts.by_login(connection, "marie")
        assert account
        token = desk.sessions.await_code(connection, account, NOW)
        end = NOW + dt.timedelta(minutes=CODE_MINUTES)
        assert desk.sessions.account(connection, token, NOW, by_person=True) is None
        assert desk.sessions.awaiting(connection, token, end - dt.timedelta(seconds=1))
        assert desk.sessions.awaiting(connection, token, end) is None


def test_it_is_set_up_only_with_the_password_and_a_code_of_the_application(open_desk: OpenDesk) -> None:
    client = open_desk.signed_in("mediator", "marie")
    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', client.get(SET_UP).text)
    assert shown
    code = code_at(shown[1].replace(" ", ""), clock.now())
    assert "n’est pas celui-là" in client.post(SET_UP, SET_UP, code=code, password="x" * 12).text
    assert "n’est pas le bon" in client.post(SET_UP, SET_UP, code="000000", password=PASSWORD).text
    assert open_desk.visitor().sign_in("marie").headers["location"] == "/"


def test_a_role_that_must_have_one_opens_nothing_else_before(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    mediator, editor = open_desk.signed_in("mediator", "marie"), open_desk.signed_in("editor", "paul")
    rule = "/comptes/double-authentification"
    assert administrator.post(rule, "/comptes", mediator="yes").status_code == 303
    # Those who are signed in already too.
    for path in ("/", "/fiche", "/dossiers"):
        assert mediator.get(path).headers["location"] == SET_UP
    assert mediator.get("/file").status_code == 403
    assert "demande une double authentification" in text_of(mediator.get(SET_UP).text)
    assert editor.get("/").status_code == 200
    set_up(mediator)
    assert mediator.get("/").status_code == 200
    off = mediator.post(f"{SET_UP}/retirer", "/mon-compte", password=PASSWORD)
    assert off.status_code == 303
    assert mediator.get("/").headers["location"] == SET_UP


def test_an_administrator_takes_off_that_of_a_lost_telephone(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    set_up(open_desk.signed_in("mediator", "marie"))
    marie = open_desk.number("marie")
    assert "Téléphone perdu" in administrator.get("/comptes").text
    administrator.post(f"/comptes/{marie}/double-authentification/retirer", "/comptes")
    assert open_desk.visitor().sign_in("marie").headers["location"] == "/"
    assert ("anne", "second_factor_removed", "marie") in open_desk.journal()


def test_taking_it_off_asks_for_the_password(open_desk: OpenDesk) -> None:
    client = open_desk.signed_in("mediator", "marie")
    set_up(client)
    for path in (f"{SET_UP}/retirer", "/mon-compte/codes-de-secours"):
        assert client.post(path, "/mon-compte", password="x" * 12).status_code == 400
    assert open_desk.visitor().sign_in("marie").headers["location"] == "/connexion/code"
