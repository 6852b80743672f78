"""The settings: each is documented, and a bad value is said in plain words before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import network_disks, settings

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
    (
        "ASSISTANT_HOST",
        "http://assistant",
        "must be a host name or an IP address alone, not 'http://assistant'",
    ),
    ("DESK_HOST", "127.0.0.1:5006", "must be a host name or an IP address alone, not '127.0.0.1:5006'"),
    ("ASSISTANT_PUBLIC_URL", "assistant.example.fr", "must be http://… or https://…"),
    ("ASSISTANT_PUBLIC_URL", "https://assistant example.fr", "must be http://… or https://… with"),
    ("ASSISTANT_ALLOWED_ORIGINS", "www.ville.example", "must hold sites such as"),
    (
        "ASSISTANT_ALLOWED_ORIGINS",
        "https://ok.example https://www.ville.example/page",
        "must hold sites such as",
    ),
    ("ASSISTANT_ALLOWED_ORIGINS", "*", "must hold sites such as"),
    ("CONVERSATIONS_DB", "postgresql://bot@db:port/talks", "cannot be read"),
    ("ASSISTANT_KEEP_ALIVE_SECONDS", "long", "must be a number"),
    ("RASA_TELEMETRY_ENABLED", "yes", "must be false or true"),
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
        {"ASSISTANT_HOST": "::1", "DESK_HOST": "[2001:db8::1]", "METRICS_HOST": "localhost"},
        {"ASSISTANT_ALLOWED_ORIGINS": "https://WWW.ville.example/,https://b.example http://localhost:*"},
        {"CONVERSATIONS_DB": "postgresql://bot:p@ss/w#rd@db/talks", "REDIS_URL": "redis://:a#b@redis/0"},
        # What Kubernetes puts there for services of these names is no setting.
        {"DESK_PORT": "tcp://10.0.0.1:5006", "METRICS_PORT": "udp://[2001:db8::1]:9100"},
    ],
)
def test_good_values_are_taken(environment: dict[str, str]) -> None:
    assert settings.problems(environment) == []


def test_an_origin_that_names_no_site_is_told() -> None:
    (found,) = settings.problems({"ASSISTANT_ALLOWED_ORIGINS": "https://ok.example www.ville.example"})
    assert found.endswith("not 'www.ville.example'")


def test_the_environment_is_put_right_before_anything_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_PORT", "tcp://10.0.0.1:5006")
    monkeypatch.setenv("METRICS_PORT", "tcp://10.0.0.1:9100")
    monkeypatch.setenv("ASSISTANT_PORT", "5505")
    monkeypatch.setenv("CONVERSATIONS_DB", "postgresql://bot:p@ss@db/talks")
    settings.apply()
    assert (settings.port("DESK_PORT"), settings.port("ASSISTANT_PORT")) == (5006, 5505)
    assert "METRICS_PORT" not in os.environ
    assert settings.conversations_url() == "postgresql://bot:p%40ss@db/talks"


@pytest.mark.parametrize(
    ("kind", "point", "type_"),
    [
        ("nfs4", "/srv/my\\040state", "nfs4"),
        ("cifs", "/srv", "cifs"),
        ("fuse.sshfs", "/srv/my\\040state", "fuse.sshfs"),
        ("ext4", "/srv/my\\040state", None),
        ("nfs4", "/srv/my", None),
        ("nfs4", "/srv/my\\040state/other", None),
    ],
)
def test_a_network_disk_is_told_from_one_of_this_machine(
    tmp_path: Path, kind: str, point: str, type_: str | None
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        f"90 22 0:45 / {point} rw,relatime shared:2 - {kind} server:/export rw,vers=4.2\n"
    )
    assert network_disks.type_of(Path("/srv/my state/talks.db"), mounts) == type_


def test_a_disk_mounted_over_a_network_disk_is_the_one_that_counts(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("1 0 0:1 / /srv rw - nfs4 server:/ rw\n2 1 0:2 / /srv/local rw - ext4 /dev/sdb rw\n")
    assert network_disks.type_of(Path("/srv/local/talks.db"), mounts) is None
    assert network_disks.type_of(Path("/srv/talks.db"), mounts) == "nfs4"


def test_a_file_on_a_network_disk_stops_the_start_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / {tmp_path} rw - cifs //server/share rw\n")
    monkeypatch.setattr(network_disks.type_of, "__defaults__", (mounts,))
    monkeypatch.setenv("CONVERSATIONS_DB", str(tmp_path / "talks.db"))
    with pytest.raises(
        SystemExit, match=r"^✗ CONVERSATIONS_DB must be on a disk of this machine: .*\(cifs\)"
    ):
        settings.start("CONVERSATIONS_DB")
    monkeypatch.setenv("CONVERSATIONS_DB", "postgresql://bot@db/talks")
    settings.start("CONVERSATIONS_DB")


def test_a_folder_that_cannot_be_written_stops_the_start_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVERSATIONS_DB", str(tmp_path / "made" / "at the start" / "talks.db"))
    settings.start("CONVERSATIONS_DB")
    assert (tmp_path / "made" / "at the start").is_dir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONVERSATIONS_DB", str(tmp_path / "file" / "talks.db"))
    with pytest.raises(SystemExit, match=rf"user {os.getuid()} of group {os.getgid()} may write"):
        settings.start("CONVERSATIONS_DB")


def test_several_servers_want_redis() -> None:
    (found,) = settings.problems({"ASSISTANT_WORKERS": "2"})
    assert "REDIS_URL" in found


@pytest.mark.parametrize("module", ["bot", "bot.server", "bot.mediator", "actions"])
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
