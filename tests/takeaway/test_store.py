"""A sheet is found by its secret alone, for a time, and holds nothing that says whose it is."""

from __future__ import annotations

import datetime as dt
import math
import string
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from bot import settings
from bot.takeaway import store as stores
from bot.takeaway.case import kept
from bot.takeaway.store import SHEETS, TOKEN, TOKEN_BYTES, SheetStore
from tests.takeaway.conftest import KEEP_FOR, NOW, World

SECOND = dt.timedelta(seconds=1)


def rows(world: World) -> list[sa.engine.Row]:
    with sa.create_engine(f"sqlite:///{world.database}").connect() as connection:
        return connection.execute(sa.select(SHEETS)).all()


def test_a_sheet_answers_until_its_last_second_and_no_longer(world: World) -> None:
    token = world.make("refused")
    assert world.store.find(token, NOW + KEEP_FOR - SECOND)
    assert world.store.find(token, NOW + KEEP_FOR) is None


def test_a_token_has_at_least_128_bits_and_never_comes_twice(world: World) -> None:
    tokens = {world.make("refused") for _ in range(500)}
    assert len(tokens) == 500
    assert TOKEN_BYTES * 8 >= 128
    assert all(TOKEN.fullmatch(token) for token in tokens)
    # All letters of the alphabet come: 500 tokens that were counted up would not use them all.
    alphabet = set(string.ascii_letters + string.digits + "-_")
    assert {letter for token in tokens for letter in token} == alphabet
    assert len(min(tokens)) * math.log2(len(alphabet)) >= 128


def test_only_the_hash_of_the_token_is_kept(world: World) -> None:
    token = world.make("refused")
    (row,) = rows(world)
    assert row.token_hash == stores.hash_of(token)
    assert token.encode() not in world.database.read_bytes()


def test_beside_a_sheet_stands_a_hash_of_its_conversation_and_never_the_id(world: World) -> None:
    conversations = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
    for conversation in (*conversations, conversations[0]):
        world.store.make({}, None, NOW.date(), NOW, conversation)
    world.make("refused")
    hashes = [row.conversation_hash for row in rows(world)]
    assert hashes[0] == hashes[2] != hashes[1] and hashes[3] is None
    assert not [each for each in conversations if each.encode() in world.database.read_bytes()]


def test_a_sheet_can_be_tied_later_and_a_wrong_token_ties_nothing(world: World) -> None:
    token = world.make("refused")
    world.store.tie(stores.hash_of(token)[:27], "conversation")
    assert [row.conversation_hash for row in rows(world)] == [None]
    world.store.tie(token, "conversation")
    (row,) = rows(world)
    assert row.conversation_hash and row.conversation_hash != "conversation"


def test_sheets_of_an_earlier_version_go_on_and_several_servers_may_add_the_column(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'sheets.db'}"
    before = sa.MetaData()
    kept_then = [column._copy() for column in SHEETS.columns if column.name != "conversation_hash"]
    table = sa.Table("sheets", before, *kept_then)
    engine = sa.create_engine(url)
    before.create_all(engine)
    token = "a" * 27
    row = {
        "token_hash": stores.hash_of(token),
        "facts": "{}",
        "guide": "",
        "made_on": NOW.date(),
        "expires_at": NOW.replace(tzinfo=None) + KEEP_FOR,
    }
    with engine.begin() as connection:
        connection.execute(table.insert().values(**row))
    opened: list[SheetStore] = []
    start = threading.Barrier(4)

    def open_store() -> None:
        start.wait()
        opened.append(SheetStore(url, KEEP_FOR))

    threads = [threading.Thread(target=open_store) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert all(store.find(token, NOW) for store in opened)
    assert opened[0].find(opened[1].make({}, None, NOW.date(), NOW, "conversation"), NOW)


def test_another_token_finds_nothing(world: World) -> None:
    token = world.make("refused")
    for wrong in ("", token[:-1], token + "A", token.swapcase(), "%", "' OR 1=1 --", stores.hash_of(token)):
        assert world.store.find(wrong, NOW) is None


def test_nothing_that_a_person_typed_is_kept(world: World) -> None:
    facts = {
        "reason": "Jeanne Testard",
        "applicant": "holder",
        "plate": "AB-123-CD",
        "plate_format": "AB-123-CD",
        "refused_on": "le 3 chez moi",
        "region": "12 rue des Essais",
        "fiscal_power": 10**9,
        "moved": "06 12 34 56 78",
        "file_status": ["refused"],
        "vehicle_stolen": False,
    }
    world.store.make(facts, "Jeanne Testard", NOW.date(), NOW)
    (row,) = rows(world)
    assert row.facts == '{"vehicle_stolen": false, "applicant": "holder"}'
    assert row.guide == ""
    content = world.database.read_bytes()
    assert not [word for word in (b"Jeanne", b"AB-123", b"rue", b"06 12") if word in content]


def test_every_fact_that_the_core_reads_is_kept() -> None:
    facts = {
        "reason": "loss",
        "original_found": "found",
        "first_registration": "2019-05-31",
        "region": "bretagne",
        "fiscal_power": 5,
        "energy": "superethanol",
        "operation": "duplicate",
        "file_status": "refused",
        "refused_on": "2026-11-03",
        "residence": "overseas",
        "urgent": True,
        "declared_on": "2026-11-01",
    }
    assert kept(facts) == facts


def test_the_purge_of_the_assistant_knows_where_sheets_expire() -> None:
    named = yaml.safe_load((settings.ROOT / "bot" / "privacy" / "retention.yml").read_text(encoding="utf-8"))
    assert named["sheets"]["table"] == SHEETS.name
    assert named["sheets"]["expires"] == SHEETS.c.expires_at.name
    assert named["sheets"]["database"] == "CONVERSATIONS_DB"


def test_a_time_without_its_zone_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="zone"):
        world.store.find(world.make("refused"), dt.datetime(2026, 11, 22))


@pytest.mark.parametrize("days", ["0", "367", "abc", "-3"])
def test_a_time_to_keep_that_makes_no_sense_is_said(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("SHEETS_RETENTION_DAYS", days)
    stores.opened.cache_clear()
    with pytest.raises(ValueError, match="SHEETS_RETENTION_DAYS"):
        stores.opened()


def test_sheets_live_with_the_conversations(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("CONVERSATIONS_DB", str(tmp_path / "conversations.db"))
    stores.opened.cache_clear()
    stores.opened().make({"reason": "loss"}, None, NOW.date(), NOW)
    stores.opened.cache_clear()
    assert sa.inspect(sa.create_engine(settings.conversations_url())).has_table("sheets")
