"""A small identity provider on this machine: discovery, sign-in, tokens signed with a key of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "guichet"
CLIENT_SECRET = "a secret between the desk and its provider"


class IdentityProvider:
    """Signs in whoever comes as ``subject``; a test changes the rest."""

    def __init__(self, issuer: str) -> None:
        """Answers as ``issuer``."""
        self.issuer = issuer
        self.subject = "agent-1"
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.algorithm = "RS256"
        self.other_claims: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.answer_to_sign_in: dict[str, str] | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.token_requests = 0
        # What the last browser that came to sign in, and to sign out, asked.
        self.asked: dict[str, str] = {}
        self.left: dict[str, str] = {}

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.description,
        }

    def signed_in(self, asked: dict[str, str]) -> str:
        """The address that the browser is sent back to."""
        self.asked = asked
        answer = self.answer_to_sign_in
        if answer is None:
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            answer = {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer to a code, which is good once and with its verifier only."""
        self.token_requests += 1
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret"))
        if authorization != f"Basic {basic}" and posted != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _encoded(digest)
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.other_claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "first"}
        if self.algorithm == "RS256":
            return jwt.encode(header, claims, self.signing_key)
        return self._forged(header, claims)

    def _forged(self, header: dict[str, str], claims: dict[str, Any]) -> str:
        """A token that anybody can make: unsigned, or signed with the public key as if it were a secret."""
        body = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
        if self.algorithm == "none":
            return f"{body}."
        public = self.key.as_pem(private=False)
        return f"{body}.{_encoded(hmac.new(public, body.encode(), hashlib.sha256).digest())}"


@contextmanager
def answering() -> Iterator[IdentityProvider]:
    """The provider behind a free port, under another site's name than the desk."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = IdentityProvider(f"http://localhost:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider, address = self.server.provider, urlsplit(self.path)  # type: ignore[attr-defined]
        if address.path == "/.well-known/openid-configuration":
            self._tell(200, provider.described())
        elif address.path == "/keys":
            self._tell(200, {"keys": [provider.key.as_dict(private=False)]})
        elif address.path == "/logout":
            provider.left = _first(address.query)
            self.send_response(302)
            self.send_header("Location", provider.left["post_logout_redirect_uri"])
            self.end_headers()
        else:
            self.send_response(302)
            self.send_header("Location", provider.signed_in(_first(address.query)))
            self.end_headers()

    def do_POST(self) -> None:
        form = _first(self.rfile.read(int(self.headers["Content-Length"])).decode())
        provider = self.server.provider  # type: ignore[attr-defined]
        self._tell(*provider.token(form, self.headers.get("Authorization", "")))

    def _tell(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
