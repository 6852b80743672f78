"""Signing in through an OpenID Connect provider: where to send people, and whom the answer names.

Authorization code with PKCE (S256), state and nonce. What a sign-in under way must remember stands sealed
in a cookie of the browser that began it. The provider's addresses and keys are read anew each time: people
sign in a few times a day, and a key that the provider changes needs nothing done here.
"""

from __future__ import annotations

import base64
import calendar
import datetime as dt
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot import settings
from bot.mediator.security.keys import Keys, new_token

logger = logging.getLogger(__name__)

PENDING_MINUTES = 10
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10
# Signatures by a key that the provider alone holds: neither "none" nor a shared secret.
ALGORITHMS = ("RS256", "PS256", "ES256")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SIGN_OUT = "end_session_endpoint"
# Where providers send the browser back to after a sign-out: registered with them, like the way back in.
SIGNED_OUT = "/connexion"
RETURN = "/connexion/retour"


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does."""


class Unproven(Exception):
    """What the provider answered does not prove who the person is."""


@dataclass(frozen=True)
class Pending:
    """A sign-in under way; ``expires_at`` in seconds since 1970, invitation and login of a first one."""

    state: str
    nonce: str
    verifier: str
    expires_at: int
    invitation: str
    login: str

    @classmethod
    def new(cls, now: dt.datetime, invitation: str = "", login: str = "") -> Pending:
        """One that begins now."""
        expires_at = _seconds(now) + PENDING_MINUTES * 60
        return cls(new_token(), new_token(), new_token(), expires_at, invitation, login)

    def sealed(self, keys: Keys) -> str:
        """The text of the cookie."""
        body = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()
        return f"{body}.{keys.digest('provider', body)}"

    @classmethod
    def unsealed(cls, cookie: str, keys: Keys, now: dt.datetime) -> Pending | None:
        """The one of the cookie; None where it is not ours or too old."""
        body, _, seal = cookie.partition(".")
        if not keys.matches(seal, "provider", body):
            return None
        pending = cls(**json.loads(base64.urlsafe_b64decode(body)))
        return pending if _seconds(now) < pending.expires_at else None


@dataclass(frozen=True)
class Proven:
    """Whom the provider names, as accounts keep it, and the token that says so."""

    subject: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Provider:
    """An identity provider, known by its issuer; ``return_to`` is the address registered with it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    return_to: str

    def address(self, pending: Pending, again: bool = False) -> str:
        """Where the browser goes to sign in; raises ProviderAway.

        ``again`` asks for a proof of who is there even of a browser that the provider still knows.
        """
        known = self._described()
        address, _ = self._client(known).create_authorization_url(
            known["authorization_endpoint"],
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.verifier,
            **({"prompt": "login"} if again else {}),
        )
        return str(address)

    def sign_out_address(self, token: str) -> str | None:
        """Where the browser goes to sign out of the provider too; None where that has no such page.

        Raises ProviderAway. ``token`` is the proof of the session that ends.
        """
        known = self._described()
        if SIGN_OUT not in known:
            return None
        asked = {
            "client_id": self.client_id,
            "post_logout_redirect_uri": self.return_to.removesuffix(RETURN) + SIGNED_OUT,
            **({"id_token_hint": token} if token else {}),
        }
        joint = "&" if "?" in known[SIGN_OUT] else "?"
        return f"{known[SIGN_OUT]}{joint}{urlencode(asked)}"

    def proven(self, code: str, pending: Pending, now: dt.datetime) -> Proven:
        """Whom the code names; raises ProviderAway or Unproven."""
        known = self._described()
        token = self._token(known, code, pending)
        claims = self._claims(token, _fetched(known["jwks_uri"]), pending, now)
        # A name is unique with its issuer only, and its hash is enough to know somebody again.
        subject = hashlib.sha256(f"{self.issuer.rstrip('/')}\0{claims['sub']}".encode()).hexdigest()
        return Proven(subject, token["id_token"])

    def _token(self, known: Mapping[str, Any], code: str, pending: Pending) -> dict[str, Any]:
        try:
            return dict(
                self._client(known).fetch_token(
                    known["token_endpoint"],
                    code=code,
                    code_verifier=pending.verifier,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            )
        except OAuthError as error:
            logger.warning("the identity provider refused a code: %.40r", error.error)
            raise Unproven from error
        except (requests.RequestException, ValueError, TypeError) as error:
            raise ProviderAway from error

    def _claims(
        self, token: Mapping[str, Any], keys: dict[str, Any], pending: Pending, now: dt.datetime
    ) -> CodeIDToken:
        issuer = self.issuer.rstrip("/")
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "values": [issuer, f"{issuer}/"]},
                    "aud": {"essential": True, "value": self.client_id},
                },
                {
                    "nonce": pending.nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=_seconds(now), leeway=LEEWAY_SECONDS)
            if not isinstance(claims["sub"], str) or not claims["sub"]:
                raise ValueError("sub")
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            # The token names a person: only the kind of error is logged.
            logger.warning("the identity provider's token was refused: %s", type(error).__name__)
            raise Unproven from error
        return claims

    def _client(self, known: Mapping[str, Any]) -> OAuth2Session:
        ways = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            token_endpoint_auth_method="client_secret_basic"
            if "client_secret_basic" in ways
            else "client_secret_post",
            scope="openid",
            redirect_uri=self.return_to,
            code_challenge_method="S256",
        )

    def _described(self) -> dict[str, Any]:
        """The provider's own description, once it is sure to be its own."""
        issuer = self.issuer.rstrip("/")
        known = _fetched(f"{issuer}/.well-known/openid-configuration")
        scheme = issuer.partition("://")[0]
        if str(known.get("issuer")).rstrip("/") != issuer:
            raise ProviderAway("another issuer")
        endpoints = (*ENDPOINTS, *([SIGN_OUT] if SIGN_OUT in known else ()))
        if not all(str(known.get(name)).startswith((f"{scheme}://", "https://")) for name in endpoints):
            raise ProviderAway("an address is missing or open to everybody")
        return known


def configured(return_to: str, environment: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that the settings name, None where there is none.

    Raises ValueError where its issuer is set without the rest.
    """
    issuer = environment.get("DESK_OIDC_ISSUER")
    if not issuer:
        return None
    client_id, secret = environment.get("DESK_OIDC_CLIENT_ID"), environment.get("DESK_OIDC_CLIENT_SECRET")
    if not client_id or not secret:
        raise ValueError("DESK_OIDC_ISSUER needs DESK_OIDC_CLIENT_ID and DESK_OIDC_CLIENT_SECRET")
    name = environment.get("DESK_OIDC_NAME") or settings.DEFAULTS["DESK_OIDC_NAME"]
    return Provider(name, issuer, client_id, secret, return_to)


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        read = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway from error
    if not isinstance(read, dict):
        raise ProviderAway("no object")
    return read


def _seconds(now: dt.datetime) -> int:
    return calendar.timegm(now.timetuple())
