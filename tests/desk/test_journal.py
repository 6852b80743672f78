"""A journal that was emptied, or replaced by an older copy, shows: on pages, in the log, to monitors."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.mediator.desk import Desk
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import JOURNAL, JOURNAL_HEAD
from bot.takeaway.store import SheetStore
from tests.desk.conftest import NOBODY_HOME, NOW, PASSWORD, SECRET, serving, text_of

Open = Callable[[], Desk]


@pytest.fixture
def open_again(tmp_path: Path) -> Open:
    """Opens the desk on the same files as before, as a start does."""

    def opened() -> Desk:
        sheets = SheetStore(f"sqlite:///{tmp_path / 'sheets.db'}", dt.timedelta(days=30))
        url, witness = f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "elsewhere" / "witness"
        return Desk(url, SECRET, NOBODY_HOME, lambda: sheets, witness=witness)

    return opened


def write(desk: Desk, lines: int, watched: bool = True, actor: str = "marie") -> None:
    with desk.database.transaction() as connection:
        for rank in range(lines):
            desk.journal.note(connection, NOW, actor, "signed_in", str(rank))
    if watched:
        desk.watch_journal()


def fault_at_start(desk: Desk) -> str:
    desk.watch_journal(all_of_it=True)
    return desk.journal_fault.kind if desk.journal_fault else ""


def empty(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        connection.execute(JOURNAL.delete())
        connection.execute(JOURNAL_HEAD.delete())


def put_in_place(target: Path, source: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as kept,
        contextlib.closing(sqlite3.connect(target)) as made,
    ):
        kept.backup(made)


def test_a_journal_that_goes_on_is_right_after_each_start(open_again: Open) -> None:
    for _ in range(3):
        desk = open_again()
        write(desk, 5)
        assert fault_at_start(open_again()) == ""


def test_emptying_it_with_its_head_shows(open_again: Open) -> None:
    write(open_again(), 5)
    empty(open_again())
    assert fault_at_start(open_again()) == "shorter"


def test_emptying_it_shows_without_a_witness_where_accounts_exist(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        desk.accounts.accept(connection, token, "marie", PASSWORD, NOW)
        desk.journal.note(connection, NOW, "marie", "account_made")
    assert fault_at_start(desk) == ""
    empty(desk)
    assert fault_at_start(desk) == "emptied"


def test_an_older_copy_of_the_whole_store_shows(open_again: Open, tmp_path: Path) -> None:
    write(open_again(), 5)
    put_in_place(tmp_path / "older.db", tmp_path / "desk.db")
    write(open_again(), 3)
    put_in_place(tmp_path / "desk.db", tmp_path / "older.db")
    assert fault_at_start(open_again()) == "shorter"
    # Adding lines until it is as long as before does not hide it.
    write(open_again(), 10, watched=False, actor="paul")
    assert fault_at_start(open_again()) == "replaced"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (None, "witness_missing"),
        ("", "witness_changed"),
        ('{"rank": 1, "chain": "", "seal": ""}', "witness_changed"),
    ],
)
def test_who_removes_or_changes_the_witness_too_is_seen(
    open_again: Open, tmp_path: Path, content: str | None, kind: str
) -> None:
    write(open_again(), 5)
    witness = tmp_path / "elsewhere" / "witness"
    witness.unlink()
    if content is not None:
        witness.write_text(content)
    assert fault_at_start(open_again()) == kind


def test_the_witness_goes_on_accusing_until_somebody_attests_the_journal(open_again: Open) -> None:
    write(open_again(), 5)
    empty(open_again())
    desk = open_again()
    for _ in range(2):
        write(desk, 1)
        assert desk.journal_fault and desk.journal_fault.kind == "shorter"
    with desk.database.transaction() as connection:
        desk.journal.note(connection, NOW, "système", "journal_accepted")
    with desk.database.transaction() as connection:
        desk.journal.accept(connection)
    assert fault_at_start(desk) == ""


def test_a_transaction_that_was_undone_does_not_count(open_again: Open) -> None:
    desk = open_again()
    write(desk, 2)
    with pytest.raises(RuntimeError), desk.database.transaction() as connection:
        desk.journal.note(connection, NOW, "marie", "signed_in")
        raise RuntimeError
    desk.watch_journal()
    assert fault_at_start(open_again()) == ""


def test_it_is_said_in_the_log_to_monitors_and_to_administrators_on_every_page(
    open_again: Open, caplog: pytest.LogCaptureFixture
) -> None:
    for opened in serving(open_again()):
        administrator = opened.signed_in("administrator", "anne")
        mediator = opened.signed_in("mediator", "marie")
        opened.desk.watch_journal()
        assert opened.visitor().get("/health").text == "ok"
        assert "telles qu’elles ont été écrites" in text_of(administrator.get("/journal").text)
        empty(opened.desk)
        with caplog.at_level(logging.ERROR):
            opened.desk.watch_journal()
        assert "not as it was written" in caplog.text
        health = opened.visitor().get("/health")
        assert (health.status_code, health.text) == (200, "journal")
        assert "Le journal n’est pas tel" in text_of(administrator.get("/fiche").text)
        assert "Le journal n’est pas tel" not in text_of(mediator.get("/fiche").text)
        assert "il est vide alors que des comptes existent" in text_of(administrator.get("/journal").text)


def test_what_a_changed_line_is_called_on_the_page_is_french(open_again: Open) -> None:
    for opened in serving(open_again()):
        administrator = opened.signed_in("administrator", "anne")
        with opened.desk.database.transaction() as connection:
            connection.execute(sa.update(JOURNAL).where(JOURNAL.c.rank == 1).values(actor="paul"))
        page = text_of(administrator.get("/journal").text)
        assert "la ligne 1 a été changée" in page
        assert "compte créé administrateur" in page
