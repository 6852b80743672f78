"""One-time addresses: made from the public address alone, listed, taken back, good once; and https."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from bot.mediator.desk import Desk
from bot.mediator.security.accounts import Refused
from bot.mediator.security.resets import RESET_HOURS
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import RESETS
from tests.desk.conftest import NOW, PASSWORD, TOKEN, Client, OpenDesk, text_of

NEW = "le bus de 8h12 est en retard"
SHOWN = re.compile(r'<code class="address">([^<]+)</code>')


def handed_out(answer_text: str) -> str:
    found = SHOWN.search(answer_text)
    assert found, text_of(answer_text)
    return found[1]


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


@pytest.mark.parametrize("host", [None, "evil.example", "evil.example:443"])
def test_the_public_address_stands_in_what_is_handed_out_whatever_the_request_says(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, host: str | None
) -> None:
    monkeypatch.setenv("DESK_PUBLIC_URL", "https://guichet.exemple.fr/")
    administrator = open_desk.signed_in("administrator", "anne")
    if host:
        administrator.session.headers["Host"] = host
        administrator.session.headers["X-Forwarded-Host"] = host
    for path in ("/comptes/invitations", f"/comptes/{open_desk.number('anne')}/mot-de-passe"):
        answer = administrator.post(path, "/comptes", role="mediator")
        assert handed_out(answer.text).startswith("https://guichet.exemple.fr/")
        assert "evil" not in answer.text


def test_without_a_public_address_it_is_this_machines_and_the_page_says_so(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator")
    administrator.session.headers["Host"] = "evil.example"
    answer = administrator.post("/comptes/invitations", "/comptes", role="mediator")
    assert handed_out(answer.text).startswith("http://127.0.0.1:")
    assert "DESK_PUBLIC_URL" in answer.text


def test_a_form_of_the_public_address_is_ours_even_where_a_proxy_rewrites_the_host(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_PUBLIC_URL", "https://guichet.exemple.fr")
    client = open_desk.signed_in("mediator")
    token = TOKEN.search(client.get("/mon-compte").text)
    assert token
    client.session.headers["Host"] = "backend:5006"
    for origin, status in (
        ("https://guichet.exemple.fr", 303),
        ("https://guichet.exemple.fr:443", 303),
        ("https://GUICHET.exemple.fr", 303),
        ("https://guichet.exemple.fr.evil.example", 400),
        ("https://guichet.exemple.fr:444", 400),
        ("null", 400),
    ):
        client.session.headers["Origin"] = origin
        assert client.send("/mon-compte/sessions", csrf=token[1]).status_code == status, origin


def test_invitations_are_listed_with_whom_they_are_for_and_taken_back(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    answer = administrator.post("/comptes/invitations", "/comptes", role="editor", label="Paul, de la mairie")
    path = path_of(handed_out(answer.text))
    page = administrator.get("/comptes").text
    assert "Invitation pour Paul, de la mairie, éditeur, préparée par anne" in text_of(page)
    assert handed_out(answer.text) not in page
    hidden = re.search(r'name="invitation" value="([0-9a-f]{64})"', page)
    assert hidden
    administrator.post("/comptes/invitations/retirer", "/comptes", invitation=hidden[1])
    assert open_desk.visitor().get(path).status_code == 404
    assert "Paul, de la mairie" not in administrator.get("/comptes").text
    assert ("anne", "invitation_revoked", "editor") in open_desk.journal()


def test_an_invitation_that_was_used_is_listed_no_more(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator")
    open_desk.signed_in("mediator")
    assert "Aucune invitation en attente" in text_of(administrator.get("/comptes").text)


def reset_path(open_desk: OpenDesk, administrator: Client, login: str) -> str:
    answer = administrator.post(f"/comptes/{open_desk.number(login)}/mot-de-passe", "/comptes")
    return path_of(handed_out(answer.text))


def test_a_forgotten_password_is_replaced_by_a_link_that_serves_once(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    marie = open_desk.signed_in("mediator", "marie")
    path = reset_path(open_desk, administrator, "marie")
    assert "Nouveau mot de passe pour marie, préparé par anne" in text_of(administrator.get("/comptes").text)
    # Until it is used, nothing changes.
    assert open_desk.visitor().sign_in("marie").status_code == 303
    visitor = open_desk.visitor()
    assert "marie" in text_of(visitor.get(path).text)
    weak = visitor.post(path, path, password="motdepasse123", password_again="motdepasse123")
    assert weak.status_code == 400
    done = visitor.post(path, path, password=NEW, password_again=NEW)
    assert done.headers["location"] == "/connexion?mot-de-passe=change"
    assert "est changé" in text_of(visitor.get("/connexion?mot-de-passe=change").text)
    assert marie.get("/").headers["location"] == "/connexion"
    assert open_desk.visitor().sign_in("marie").status_code == 403
    assert open_desk.visitor().sign_in("marie", NEW).status_code == 303
    assert open_desk.visitor().get(path).status_code == 404
    assert [line[1] for line in open_desk.journal() if line[2] == "marie"][:1] == ["reset_made"]
    assert ("marie", "password_reset", "") in open_desk.journal()


def test_a_link_for_a_password_can_be_taken_back_and_replaced(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    open_desk.signed_in("mediator", "marie")
    first = reset_path(open_desk, administrator, "marie")
    second = reset_path(open_desk, administrator, "marie")
    assert open_desk.visitor().get(first).status_code == 404
    assert open_desk.visitor().get(second).status_code == 200
    administrator.post(f"/comptes/{open_desk.number('marie')}/mot-de-passe/retirer", "/comptes")
    assert open_desk.visitor().get(second).status_code == 404
    assert ("anne", "reset_revoked", "marie") in open_desk.journal()


def test_a_link_for_a_password_ends_after_a_day(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        invited = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        marie = desk.accounts.accept(connection, invited, "marie", PASSWORD, NOW)
        token, _ = desk.resets.make(connection, marie.id, "anne", NOW)
        assert token not in connection.scalars(sa.select(RESETS.c.token_hash)).all()
        end = NOW + dt.timedelta(hours=RESET_HOURS)
        assert desk.resets.account(connection, token, end - dt.timedelta(seconds=1))
        assert desk.resets.account(connection, token, end) is None
        desk.accounts.invite(connection, Role.ADMINISTRATOR, "tests", NOW)
        with pytest.raises(Refused, match="link"):
            desk.resets.use(connection, token, NEW, end)


def test_a_link_does_not_open_a_closed_account(open_desk: OpenDesk) -> None:
    administrator = open_desk.signed_in("administrator", "anne")
    open_desk.signed_in("mediator", "marie")
    path = reset_path(open_desk, administrator, "marie")
    marie = open_desk.number("marie")
    administrator.post(f"/comptes/{marie}", "/comptes", role="mediator")
    assert open_desk.visitor().get(path).status_code == 404
    answer = administrator.post(f"/comptes/{marie}/mot-de-passe", "/comptes")
    assert answer.status_code == 400


def test_over_an_open_line_the_page_says_that_https_is_needed(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    assert "https" not in text_of(visitor.get("/connexion").text)
    visitor.session.headers["Host"] = "192.168.1.20:5006"
    assert "Ouvrez le guichet par son adresse en https" in text_of(visitor.get("/connexion").text)
    # Browsers tell where a request comes from over https alone: a proxy that ends TLS is no open line.
    visitor.session.headers["Sec-Fetch-Site"] = "none"
    assert "https" not in text_of(visitor.get("/connexion").text)


def test_a_browser_that_dropped_the_cookie_is_told_why(open_desk: OpenDesk) -> None:
    visitor = open_desk.visitor()
    token = TOKEN.search(visitor.get("/connexion").text)
    assert token
    visitor.session.cookies.clear()
    answer = visitor.send("/connexion", csrf=token[1], login="marie", password=PASSWORD)
    assert answer.status_code == 400
    assert "adresse en https" in text_of(answer.text)
    kept = open_desk.visitor()
    kept.get("/connexion")
    assert "a expiré" in text_of(kept.send("/connexion", csrf="0" * 64).text)
