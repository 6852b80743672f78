"""How hosts, origins and passwords are written, whoever wrote them."""

from __future__ import annotations

import pytest
from redis.connection import parse_url
from sqlalchemy.engine import make_url

from bot import addresses


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:5005"),
        ("::1", "http://[::1]:5005"),
        ("[::1]", "http://[::1]:5005"),
        ("2001:db8::2", "http://[2001:db8::2]:5005"),
        ("assistant", "http://assistant:5005"),
        # No browser opens the address of every interface.
        ("0.0.0.0", "http://127.0.0.1:5005"),
        ("::", "http://127.0.0.1:5005"),
    ],
)
def test_a_server_is_reached_from_its_machine_wherever_it_listens(host: str, address: str) -> None:
    assert addresses.here(host, 5005) == address


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("https://www.ville.example", "https://www.ville.example"),
        ("https://www.ville.example/", "https://www.ville.example"),
        ("HTTPS://WWW.Ville.example", "https://www.ville.example"),
        ("https://www.ville.example:443", "https://www.ville.example"),
        ("http://www.ville.example:80/", "http://www.ville.example"),
        ("https://www.ville.example:8443", "https://www.ville.example:8443"),
        ("https://mairie-Château.example", "https://xn--mairie-chteau-qeb.example"),
        ("http://localhost:*", "http://localhost:*"),
        ("http://LOCALHOST:*/", "http://localhost:*"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("www.ville.example", None),
        ("https://www.ville.example/demarches", None),
        ("https://*.ville.example", None),
        ("https://agent@www.ville.example", None),
        ("https://www.ville.example:99999", None),
        ("ftp://www.ville.example", None),
        ("https://", None),
        ("*", None),
        ("null", None),
    ],
)
def test_a_site_is_written_as_browsers_write_it_or_is_none(written: str, site: str | None) -> None:
    assert addresses.site(written) == site


@pytest.mark.parametrize(
    ("page", "host", "is_own"),
    [
        ("https://assistant.example", "assistant.example", True),
        ("https://assistant.example", "assistant.example:443", True),
        ("https://assistant.example", "Assistant.Example", True),
        ("http://[::1]:5005", "[::1]:5005", True),
        ("https://assistant.example", "assistant.example:8080", False),
        ("https://assistant.example.evil.example", "assistant.example", False),
        ("https://assistant.example@evil.example", "assistant.example", False),
        ("null", "", False),
        ("http://[", "[", False),
    ],
)
def test_a_page_is_of_the_host_that_was_called(page: str, host: str, is_own: bool) -> None:
    assert addresses.is_of_host(page, host) is is_own


PASSWORDS = ["p@ss/w#rd", "50%off", "a:b?c&d", "é à ü", "p%40ss", "100%25", "+", "[1]"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_database_gets_the_password_as_it_was_written(password: str) -> None:
    url = make_url(addresses.with_escaped_password(f"postgresql://bot:{password}@db.example:5432/talks"))
    # What is percent-encoded already is not encoded twice.
    meant = {"p%40ss": "p@ss", "100%25": "100%"}.get(password, password)
    assert (url.username, url.password, url.host, url.port) == ("bot", meant, "db.example", 5432)


@pytest.mark.parametrize("password", PASSWORDS)
def test_redis_gets_the_password_as_it_was_written(password: str) -> None:
    options = parse_url(addresses.with_escaped_password(f"redis://:{password}@[::1]:6379/2"))
    meant = {"p%40ss": "p@ss", "100%25": "100%"}.get(password, password)
    assert (options["password"], options["host"], options["port"], options["db"]) == (meant, "::1", 6379, 2)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////srv/a:b@c/talks.db",
        "postgresql://bot@db/talks",
        "postgresql:///talks?host=/run/postgresql",
        "postgresql://db:5432/talks?user=bot@ville.example",
        "/srv/talks.db",
    ],
)
def test_an_address_without_a_password_stays_as_it_is(address: str) -> None:
    assert addresses.with_escaped_password(address) == address
