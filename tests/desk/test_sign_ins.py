"""Signing in: strangers shut nobody out, failures are seen, and one always gets out again."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.mediator.desk import Desk
from bot.mediator.security import failures, throttle
from tests.desk.conftest import NOW, OpenDesk, text_of
from tests.desk.test_proxies import OpenBehind, open_behind, proxy  # noqa: F401 - a fixture

WRONG = "un autre mot de passe"


def test_a_stranger_does_not_shut_a_colleague_out_of_the_usual_browser(open_desk: OpenDesk) -> None:
    usual = open_desk.signed_in("mediator", "marie")
    usual.post("/deconnexion", "/fiche")
    stranger = open_desk.visitor()
    for _ in range(throttle.SIGN_IN_OF_LOGIN.most):
        stranger.sign_in("marie", WRONG)
    assert stranger.sign_in("marie").status_code == 429
    assert usual.sign_in("marie").status_code == 303


def test_the_usual_browser_has_its_own_count(open_desk: OpenDesk) -> None:
    usual = open_desk.signed_in("mediator", "marie")
    usual.post("/deconnexion", "/fiche")
    answers = [usual.sign_in("marie", WRONG).status_code for _ in range(throttle.SIGN_IN_OF_DEVICE.most + 1)]
    assert answers == [403] * throttle.SIGN_IN_OF_DEVICE.most + [429]
    assert usual.sign_in("marie").status_code == 429


def test_a_known_browser_of_one_person_is_a_stranger_to_another_login(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator", "paul")
    usual = open_desk.signed_in("mediator", "marie")
    for name, value in list(usual.session.cookies.items()):
        if "known" in name:
            usual.session.cookies.set(name, value[:-1] + ("0" if value[-1] != "0" else "1"))
    usual.post("/deconnexion", "/fiche")
    for _ in range(throttle.SIGN_IN_OF_LOGIN.most):
        usual.sign_in("marie", WRONG)
    # The cookie was changed by a sign: it counts no more than none.
    assert open_desk.visitor().sign_in("marie").status_code == 429


def test_what_a_stranger_fails_at_one_address_does_not_count_at_another(
    open_behind: OpenBehind,  # noqa: F811 - the fixture
) -> None:
    opened = open_behind(1)
    opened.signed_in("mediator", "marie")
    with proxy(opened.address, "203.0.113.7") as here, proxy(opened.address, "203.0.113.8") as there:
        stranger = opened.visitor()
        stranger.address = here
        for _ in range(throttle.SIGN_IN_OF_LOGIN.most):
            stranger.sign_in("marie", WRONG)
        assert stranger.sign_in("marie").status_code == 429
        marie = opened.visitor()
        marie.address = there
        assert marie.sign_in("marie").status_code == 303


def test_a_login_tried_from_everywhere_is_closed_to_unknown_browsers_and_shown(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    open_desk.signed_in("mediator", "marie")
    limit, desk = throttle.SIGN_IN_OF_LOGIN_ANYWHERE, open_desk.desk
    from bot.mediator import clock

    with desk.database.transaction() as connection:
        for _ in range(limit.most):
            desk.throttle.count(connection, limit, "marie", clock.now())
    assert open_desk.visitor().sign_in("marie").status_code == 429
    assert "Trop d’essais refusés" in administrator.get("/comptes").text


def test_administrators_see_failures_with_login_time_and_network_and_no_password(
    open_desk: OpenDesk,
) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    marie = open_desk.signed_in("mediator", "marie")
    open_desk.visitor().sign_in("marie", WRONG)
    open_desk.visitor().sign_in("mon mot de passe secret", WRONG)
    page = text_of(administrator.get("/comptes/connexions-refusees").text)
    assert "marie 127.0.0.0/24 mot de passe inexact" in page
    assert "aucun compte de ce nom" in page
    assert "secret" not in page and WRONG not in page
    assert ("—", "sign_in_failed", "marie") in open_desk.journal()
    assert not any("secret" in line[2] for line in open_desk.journal())
    assert "127.0.0.0/24" in marie.get("/mon-compte").text
    assert marie.get("/comptes/connexions-refusees").status_code == 403


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str, network: str) -> None:
    assert failures.network(address) == network


def test_failures_are_forgotten_in_time(desk: Desk) -> None:
    end = NOW + dt.timedelta(days=failures.KEPT_DAYS)
    with desk.database.transaction() as connection:
        failures.note(connection, "marie", "203.0.113.77", "password", NOW)
        failures.purge(connection, end)
        assert len(failures.latest(connection, 10)) == 1
        failures.purge(connection, end + dt.timedelta(seconds=1))
        assert failures.latest(connection, 10) == []


@pytest.mark.parametrize("csrf", [None, "", "0" * 64])
def test_signing_out_works_with_any_form(open_desk: OpenDesk, csrf: str | None) -> None:
    client, thief = open_desk.signed_in("mediator"), open_desk.visitor()
    thief.session.cookies.update(client.session.cookies)
    fields = {} if csrf is None else {"csrf": csrf}
    assert client.send("/deconnexion", **fields).headers["location"] == "/connexion"
    assert thief.get("/").headers["location"] == "/connexion"


def test_no_page_of_another_site_signs_anybody_out(open_desk: OpenDesk) -> None:
    client = open_desk.signed_in("mediator")
    client.session.headers["Sec-Fetch-Site"] = "cross-site"
    assert client.send("/deconnexion").status_code == 400
    client.session.headers.pop("Sec-Fetch-Site")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/comptes", 403), ("/nulle-part", 404), ("/deconnexion", 404), ("/dossiers/9", 404)]
)
def test_every_problem_keeps_the_menu_and_a_button_that_signs_out(
    open_desk: OpenDesk, path: str, status: int
) -> None:
    client = open_desk.signed_in("mediator")
    page = client.get(path)
    assert page.status_code == status
    assert "Menu principal" in page.text
    assert client.post("/deconnexion", path).headers["location"] == "/connexion"
    assert client.get("/").headers["location"] == "/connexion"


def test_an_unknown_address_shows_a_stranger_no_menu(open_desk: OpenDesk) -> None:
    page = open_desk.visitor().get("/nulle-part")
    assert page.status_code == 404
    assert "Menu principal" not in page.text


def test_signing_out_twice_says_nothing_new(open_desk: OpenDesk) -> None:
    client = open_desk.signed_in("mediator")
    for _ in range(2):
        assert client.send("/deconnexion").headers["location"] == "/connexion"
