"""The settings: each is documented, and a bad value is said in plain words before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot import settings

PAGE = settings.ROOT / "docs" / "operations.md"
BAD = [
    ("ASSISTANT_PORT", "abc", "must be a port number"),
    ("ASSISTANT_PORT", "65536", "must be a port number"),
    ("ASSISTANT_WORKERS", "0", "must be a whole number, one or more"),
    ("ASSISTANT_DRAIN_SECONDS", "soon", "must be a number"),
    ("REDIS_URL", "http://localhost:6379", "must be redis://"),
    ("EVENT_BROKER_URL", "localhost:5672", "must be amqp://"),
    ("CONVERSATIONS_DB", "mysql://localhost/rasa", "must be sqlite://"),
    ("LOG_FORMAT", "xml", "must be text or json"),
]


@pytest.mark.parametrize(("name", "value", "complaint"), BAD)
def test_a_bad_value_is_named_with_what_it_must_be(name: str, value: str, complaint: str) -> None:
    (found,) = settings.problems({"REDIS_URL": "redis://redis:6379/0", name: value})
    assert found.startswith(f"{name} {complaint}")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ASSISTANT_PORT": "65535", "CONVERSATIONS_DB": "postgresql://bot@db/conversations"},
        {"ASSISTANT_WORKERS": "4", "REDIS_URL": "rediss://redis:6379/0"},
        {"CONVERSATIONS_DB": "/srv/conversations.db", "EVENT_BROKER_URL": "amqps://broker/"},
    ],
)
def test_good_values_are_taken(environment: dict[str, str]) -> None:
    assert settings.problems(environment) == []


def test_several_servers_want_redis() -> None:
    (found,) = settings.problems({"ASSISTANT_WORKERS": "2"})
    assert "REDIS_URL" in found


@pytest.mark.parametrize("module", ["bot", "bot.server"])
def test_a_bad_value_stops_the_start_with_one_line_and_no_secret(module: str) -> None:
    secret = "redis:/user:s3cr3t@redis"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module],
        cwd=settings.ROOT,
        env={**os.environ, "REDIS_URL": secret},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "✗ REDIS_URL must be redis://" in done.stderr
    assert "s3cr3t" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_the_page_for_operators_shows_every_setting_as_it_is() -> None:
    assert settings.table() in PAGE.read_text(encoding="utf-8")
