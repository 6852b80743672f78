"""The desk's commands: a way in for the last administrator, and the journal after a backup."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import settings
from bot.mediator import __main__ as command
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, JOURNAL, JOURNAL_HEAD
from tests.desk.conftest import NOW, PASSWORD, SECRET

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command prints; fails with what it says where it refuses."""
    monkeypatch.setattr(settings, "apply", lambda: None)
    monkeypatch.setenv("DESK_DB_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("DESK_SECRET", SECRET)
    monkeypatch.setenv("DESK_PUBLIC_URL", "https://guichet.exemple.fr")

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["bot.mediator", *arguments])
        command.main()
        return capsys.readouterr().out.strip()

    return run


def test_the_last_administrator_gets_back_in(run: Run, make_desk: Callable) -> None:
    desk = make_desk()
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.ADMINISTRATOR, "tests", NOW)
        anne = desk.accounts.accept(connection, token, "anne", PASSWORD, NOW)
        connection.execute(ACCOUNTS.update().values(totp_secret="sealed by a lost secret"))
    address = run("reset", "Anne", "--second-factor")
    assert address.startswith("https://guichet.exemple.fr/nouveau-mot-de-passe/")
    with desk.database.transaction() as connection:
        account = desk.accounts.by_login(connection, "anne")
        assert account and not account.has_second_factor
        assert desk.resets.account(connection, address.rpartition("/")[2], command.clock.now()) == anne


def test_nobody_gets_a_link_who_has_no_account(run: Run) -> None:
    with pytest.raises(SystemExit, match="No account has the login paul"):
        run("reset", "paul")


def test_after_a_backup_the_journal_is_attested_and_no_line_that_is_wrong(
    run: Run, make_desk: Callable
) -> None:
    desk = make_desk()
    address = run("invite")
    assert "/invitation/" in address
    assert "as it was written" in run("journal", "--check")
    with desk.database.transaction() as connection:
        connection.execute(JOURNAL.update().values(actor="paul"))
    for flag in ("--check", "--accept"):
        with pytest.raises(SystemExit, match="line 1 was changed"):
            run("journal", flag)
    with desk.database.transaction() as connection:
        connection.execute(JOURNAL.delete())
        connection.execute(JOURNAL_HEAD.delete())
    assert "counts from now on" in run("journal", "--accept")
    assert "as it was written" in run("journal", "--check")


def test_the_witness_stands_beside_the_database_or_where_it_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("journal", "--accept")
    assert (tmp_path / "desk.db.witness").exists()
    monkeypatch.setenv("DESK_JOURNAL_WITNESS", str(tmp_path / "elsewhere" / "witness"))
    run("journal", "--accept")
    assert (tmp_path / "elsewhere" / "witness").exists()
