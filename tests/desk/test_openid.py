"""Signing in through an identity provider: the invited only, and only with a proof of the provider's."""

from __future__ import annotations

import datetime as dt
import html
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa
from joserfc.jwk import RSAKey

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.pages.provider import COOKIE
from bot.mediator.pages.signing_in import SIGNED_OUT_COOKIE
from bot.mediator.security import openid, policies, throttle
from bot.mediator.security.keys import Keys
from bot.mediator.security.openid import Pending, Provider
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, SESSIONS
from tests.desk.conftest import NOBODY_HOME, NOW, SECRET, Client, OpenDesk, serving, text_of
from tests.desk.provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, answering
from tests.widget.conftest import browser  # noqa: F401 - a fixture
from tests.widget.test_accessibility import axe

ISSUER = {"DESK_OIDC_ISSUER": "https://connexion.example.fr"}
CLIENT = {"DESK_OIDC_CLIENT_ID": CLIENT_ID, "DESK_OIDC_CLIENT_SECRET": CLIENT_SECRET}


@pytest.fixture
def identities() -> Iterator[IdentityProvider]:
    with answering() as provider:
        yield provider


@pytest.fixture
def joined(desk: Desk, identities: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """A desk that serves, with the provider beside its passwords."""
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    for opened in serving(desk):
        desk.provider = Provider(
            "ProTest", identities.issuer, CLIENT_ID, CLIENT_SECRET, f"{opened.address}/connexion/retour"
        )
        yield opened


def invitation(joined: OpenDesk, role: Role = Role.MEDIATOR) -> str:
    with joined.desk.database.transaction() as connection:
        return joined.desk.accounts.invite(connection, role, "tests", clock.now())


def sent_to(page: requests.Response) -> str:
    """Where the page takes the browser."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    assert found, text_of(page.text)
    return html.unescape(found[1])


def way_back(client: Client, **fields: str) -> str:
    """The desk's address to which the provider sends the browser, once signed in there."""
    there = sent_to(client.post("/connexion/fournisseur", **fields))
    location = requests.get(there, allow_redirects=False, timeout=60).headers["location"]
    assert location.startswith(client.address)
    return location[len(client.address) :]


def come_in(client: Client, **fields: str) -> requests.Response:
    return client.get(way_back(client, **fields))


def accept(joined: OpenDesk, login: str = "marie", role: Role = Role.MEDIATOR) -> Client:
    client = joined.visitor()
    answer = come_in(client, invitation=invitation(joined, role), login=login)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


def assert_outside(client: Client, answer: requests.Response, words: str) -> None:
    assert answer.status_code in (403, 503)
    assert words in text_of(answer.text)
    assert client.get("/").headers["location"] == "/connexion"


def test_an_invited_person_enters_and_comes_back_without_a_password(joined: OpenDesk) -> None:
    first = accept(joined, "marie", Role.EDITOR)
    assert first.get("/ameliorer").status_code == 200
    again = joined.visitor()
    assert come_in(again).status_code == 303
    assert again.get("/ameliorer").status_code == 200
    assert again.get("/comptes").status_code == 403
    assert joined.journal()[:3] == [
        ("marie", "account_made", "editor"),
        ("marie", "signed_in", ""),
        ("marie", "signed_in", ""),
    ]
    assert COOKIE not in first.session.cookies


def test_an_invitation_serves_once_whichever_way_it_is_accepted(joined: OpenDesk) -> None:
    token = invitation(joined)
    assert come_in(joined.visitor(), invitation=token, login="marie").status_code == 303
    late = joined.visitor()
    assert late.post("/connexion/fournisseur", invitation=token, login="paul").status_code == 404
    assert late.get(f"/invitation/{token}").status_code == 404


def test_of_two_who_left_with_one_invitation_the_second_to_return_stays_out(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    token, first, second = invitation(joined), joined.visitor(), joined.visitor()
    marie = way_back(first, invitation=token, login="marie")
    paul = way_back(second, invitation=token, login="paul")
    assert first.get(marie).status_code == 303
    identities.subject = "agent-2"
    assert second.get(paul).status_code == 404
    assert second.get("/").headers["location"] == "/connexion"


def test_nobody_enters_without_an_invitation(joined: OpenDesk) -> None:
    client = joined.visitor()
    assert_outside(client, come_in(client), "aucun compte ouvert ne lui correspond")
    assert ("—", "sign_in_failed", "provider_uninvited") in joined.journal()


@pytest.mark.parametrize("known", [True, False])
def test_another_person_of_the_provider_is_another_person(
    joined: OpenDesk, identities: IdentityProvider, known: bool
) -> None:
    accept(joined)
    identities.subject = "agent-1" if known else "agent-10"
    assert come_in(joined.visitor()).status_code == (303 if known else 403)


def test_a_closed_account_stays_closed_even_with_a_new_invitation(joined: OpenDesk) -> None:
    mediator = accept(joined)
    with joined.desk.database.transaction() as connection:
        marie = connection.scalar(sa.select(ACCOUNTS.c.id))
        joined.desk.accounts.change(connection, marie, Role.MEDIATOR, None, False)
    assert mediator.get("/").headers["location"] == "/connexion"
    client = joined.visitor()
    assert_outside(client, come_in(client), "aucun compte ouvert")
    token = invitation(joined)
    assert_outside(client, come_in(client, invitation=token, login="marie2"), "a déjà un compte")
    assert client.get(f"/invitation/{token}").status_code == 200


@pytest.mark.parametrize(("login", "words"), [("é", "n’est pas possible"), ("Marie ", "déjà pris")])
def test_a_name_that_cannot_be_is_said_before_leaving(joined: OpenDesk, login: str, words: str) -> None:
    accept(joined, "marie")
    token = invitation(joined)
    answer = joined.visitor().post("/connexion/fournisseur", invitation=token, login=login)
    assert answer.status_code == 400
    assert words in text_of(answer.text)
    assert f'action="/invitation/{token}"' in answer.text


HOUR = 3600


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": None},
        {"iss": "https://another.example"},
        {"exp": int(time.time()) - HOUR},
        {"exp": None},
        {"iat": int(time.time()) + HOUR},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"at_hash": "another"},
    ],
    # Not by their values: two workers would collect times that differ.
    ids="-".join,
)
def test_a_token_that_says_something_else_lets_nobody_in(
    joined: OpenDesk, identities: IdentityProvider, claims: dict[str, Any]
) -> None:
    accept(joined)
    identities.other_claims = claims
    client = joined.visitor()
    assert_outside(client, come_in(client), "ne prouve pas votre identité")
    assert ("—", "sign_in_failed", "provider_unproven") in joined.journal()


@pytest.mark.parametrize("algorithm", ["RS256", "HS256", "none"])
def test_a_token_signed_by_somebody_else_lets_nobody_in(
    joined: OpenDesk, identities: IdentityProvider, algorithm: str
) -> None:
    accept(joined)
    identities.algorithm = algorithm
    identities.signing_key = RSAKey.generate_key(2048, {"kid": "first"})
    client = joined.visitor()
    assert_outside(client, come_in(client), "ne prouve pas votre identité")


def test_a_key_that_the_provider_changed_is_taken_at_once(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    accept(joined)
    identities.key = identities.signing_key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    assert come_in(joined.visitor()).status_code == 303


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    identities.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    accept(joined)


def test_a_return_serves_once(joined: OpenDesk, identities: IdentityProvider) -> None:
    accept(joined)
    client, thief = joined.visitor(), joined.visitor()
    back = way_back(client)
    thief.session.cookies.update(client.session.cookies)
    assert client.get(back).status_code == 303
    asked = identities.token_requests
    assert_outside(thief, thief.get(back), "a déjà servi")
    assert identities.token_requests == asked


@pytest.mark.parametrize("change", ["another browser", "another state", "a changed cookie"])
def test_a_return_belongs_to_the_browser_that_left(joined: OpenDesk, change: str) -> None:
    accept(joined)
    client, other = joined.visitor(), joined.visitor()
    back = way_back(client)
    if change != "another browser":
        other = client
    if change == "another state":
        state = parse_qs(urlsplit(back).query)["state"][0]
        back = back.replace(state, state[::-1])
    if change == "a changed cookie":
        sealed = client.session.cookies[COOKIE]
        client.session.cookies.clear()
        client.session.cookies.set(COOKIE, "A" + sealed[1:])
    assert_outside(other, other.get(back), "a expiré, ou a commencé dans un autre navigateur")


@pytest.mark.parametrize("cookie", ["", ".", "e30=.", "e30=.0", "%00.%ff", "x" * 4000])
@pytest.mark.parametrize("query", ["", "?state=", "?state=%00&code=%ff", "?state=a&state=b&error=c"])
def test_a_made_up_return_is_refused(joined: OpenDesk, cookie: str, query: str) -> None:
    client = joined.visitor()
    client.session.cookies.set(COOKIE, cookie)
    assert_outside(client, client.get(f"/connexion/retour{query}"), "a expiré")


def test_a_sign_in_under_way_ends_after_ten_minutes() -> None:
    keys, begun = Keys(SECRET), Pending.new(NOW)
    end = NOW + dt.timedelta(minutes=openid.PENDING_MINUTES)
    cookie = begun.sealed(keys)
    assert Pending.unsealed(cookie, keys, end - dt.timedelta(seconds=1)) == begun
    assert Pending.unsealed(cookie, keys, end) is None


def test_the_cookie_on_the_way_is_out_of_reach_of_scripts_and_other_sites(joined: OpenDesk) -> None:
    cookie = joined.visitor().post("/connexion/fournisseur").headers["set-cookie"]
    for words in (f"{COOKIE}=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert words in cookie


def test_who_gives_up_there_is_told_so(joined: OpenDesk, identities: IdentityProvider) -> None:
    identities.answer_to_sign_in = {"error": "access_denied"}
    client = joined.visitor()
    assert_outside(client, come_in(client), "abandonnée ou refusée")


def test_without_its_provider_the_desk_says_so_and_passwords_work(joined: OpenDesk) -> None:
    joined.signed_in("mediator", "jeanne")
    assert joined.desk.provider
    joined.desk.provider = replace(joined.desk.provider, issuer=NOBODY_HOME)
    client = joined.visitor()
    assert_outside(client, client.post("/connexion/fournisseur"), "ne répond pas pour le moment")
    assert client.sign_in("jeanne").status_code == 303


def test_a_provider_that_stops_in_the_middle_loses_only_the_sign_in(joined: OpenDesk) -> None:
    client = accept(joined)
    other = joined.visitor()
    back = way_back(other)
    assert joined.desk.provider
    joined.desk.provider = replace(joined.desk.provider, issuer=NOBODY_HOME)
    assert_outside(other, other.get(back), "ne répond pas pour le moment")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "description",
    [{"issuer": "https://another.example"}, {"token_endpoint": None}, {"jwks_uri": "file:///etc/passwd"}],
    ids=str,
)
def test_a_description_that_is_not_the_providers_own_is_not_followed(
    joined: OpenDesk, identities: IdentityProvider, description: dict[str, Any]
) -> None:
    identities.description = description
    client = joined.visitor()
    assert_outside(client, client.post("/connexion/fournisseur"), "ne répond pas pour le moment")


def test_too_many_tries_close_the_providers_door_and_not_the_passwords(joined: OpenDesk) -> None:
    joined.signed_in("mediator", "jeanne")
    client = joined.visitor()
    for _ in range(throttle.PROVIDER_FROM_ADDRESS.most):
        assert client.get("/connexion/retour?code=x&state=y").status_code == 403
    assert client.get("/connexion/retour?code=x&state=y").status_code == 429
    assert client.post("/connexion/fournisseur").status_code == 429
    assert client.sign_in("jeanne").status_code == 303


def test_signing_out_goes_on_to_the_providers_own_sign_out(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    identities.description = {"end_session_endpoint": f"{identities.issuer}/logout?realm=agents"}
    client = accept(joined)
    left = client.post("/deconnexion", "/mon-compte")
    assert "Menu principal" not in left.text
    there = sent_to(left)
    back = requests.get(there, allow_redirects=False, timeout=60).headers["location"]
    assert back == f"{joined.address}/connexion"
    asked = identities.left
    assert (asked["realm"], asked["client_id"]) == ("agents", CLIENT_ID)
    assert asked["id_token_hint"].count(".") == 2
    assert client.get("/").headers["location"] == "/connexion"


@pytest.mark.parametrize("away", [False, True])
def test_where_the_provider_has_no_sign_out_the_page_says_so_and_the_next_one_is_asked_who_they_are(
    joined: OpenDesk, identities: IdentityProvider, away: bool
) -> None:
    client = accept(joined)
    assert "prompt" not in identities.asked
    known = joined.desk.provider
    assert known
    joined.desk.provider = replace(known, issuer=NOBODY_HOME) if away else known
    left = client.post("/deconnexion", "/mon-compte")
    assert "peut vous garder connecté sur cet ordinateur" in text_of(left.text)
    joined.desk.provider = known
    assert come_in(client).status_code == 303
    assert identities.asked["prompt"] == "login"
    # Once somebody has proved who they are, the desk no longer insists.
    assert SIGNED_OUT_COOKIE not in client.session.cookies


def test_signing_out_of_a_password_session_leaves_the_provider_alone(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    identities.description = {"end_session_endpoint": f"{identities.issuer}/logout"}
    client = joined.signed_in("mediator", "jeanne")
    assert client.post("/deconnexion", "/mon-compte").headers["location"] == "/connexion"


def test_a_sign_out_page_that_is_open_to_everybody_is_no_provider_of_ours(
    joined: OpenDesk, identities: IdentityProvider
) -> None:
    identities.description = {"end_session_endpoint": "javascript:alert(1)"}
    client = joined.visitor()
    assert_outside(client, client.post("/connexion/fournisseur"), "ne répond pas pour le moment")


def test_the_providers_token_is_sealed_in_the_store_and_goes_with_the_session(joined: OpenDesk) -> None:
    client = accept(joined)
    with joined.desk.database.transaction() as connection:
        stored = connection.scalar(sa.select(SESSIONS.c.provider_token))
    assert stored and "." not in stored
    client.send("/deconnexion")
    with joined.desk.database.transaction() as connection:
        assert connection.scalar(sa.select(SESSIONS.c.provider_token)) is None


def test_an_account_of_the_provider_follows_its_rules_for_passwords_and_second_factors(
    joined: OpenDesk,
) -> None:
    client = accept(joined)
    with joined.desk.database.transaction() as connection:
        policies.require_second_factor(connection, list(Role))
    assert client.get("/fiche").status_code == 200
    assert "mot de passe et double authentification s’y règlent" in text_of(client.get("/mon-compte").text)
    assert client.get("/mon-compte/double-authentification").headers["location"] == "/mon-compte"


def test_without_a_provider_nothing_of_it_shows(open_desk: OpenDesk) -> None:
    client = open_desk.visitor()
    assert "fournisseur" not in client.get("/connexion").text
    assert client.post("/connexion/fournisseur").status_code == 404
    assert client.get("/connexion/retour?code=x&state=y").status_code == 404


def test_the_store_keeps_no_name_of_the_providers(joined: OpenDesk, identities: IdentityProvider) -> None:
    accept(joined)
    with joined.desk.database.transaction() as connection:
        row = connection.execute(sa.select(ACCOUNTS)).one()
    assert row.password_hash is None
    assert re.fullmatch("[0-9a-f]{64}", row.subject)
    assert joined.visitor().sign_in("marie", "").status_code == 403


@pytest.mark.parametrize("missing", sorted(CLIENT))
def test_half_a_provider_is_refused_at_the_start(missing: str) -> None:
    half = {**ISSUER, **CLIENT, missing: ""}
    with pytest.raises(ValueError, match="needs"):
        openid.configured("", half)
    assert openid.configured("", CLIENT) is None
    whole = openid.configured("", {**ISSUER, **CLIENT})
    assert whole and CLIENT_SECRET not in repr(whole)


def test_in_a_browser_the_way_leads_to_another_site_and_back(
    joined: OpenDesk,
    identities: IdentityProvider,
    browser: Any,  # noqa: F811 - the fixture
) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto(f"{joined.address}/invitation/{invitation(joined)}")
    page.get_by_label("Nom affiché au guichet").fill("marie")
    assert axe(page) == []
    page.get_by_role("button", name="Accepter avec ProTest").click()
    page.get_by_role("heading", name="File d’attente").wait_for()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("heading", name="Vous êtes déconnecté du guichet").wait_for()
    assert axe(page) == []
    page.get_by_role("link", name="Revenir à la page de connexion").click()
    assert axe(page) == []
    page.get_by_role("button", name="Se connecter avec ProTest").click()
    page.get_by_role("heading", name="File d’attente").wait_for()
    # With a sign-out of its own, the browser goes there and comes back.
    identities.description = {"end_session_endpoint": f"{identities.issuer}/logout"}
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("heading", name="Connexion au guichet").wait_for()
    assert identities.left["id_token_hint"]
    context.close()
    assert refused == []
