"""What goes wrong is counted as such, and a small instance of the measurement meets nothing of the kind."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import strategies as st

from bot.evaluation.understanding.predictions import read
from bot.mediator.security.keys import new_token
from tests.operations.conftest import need
from tests.support.servers import cluster
from tests.system.attacks import entries, fuzz
from tests.system.attacks.attack import Entry, Outcome, Row, attack, send

INPUTS, SECONDS = 12, 30.0


def met(outcome: Outcome, **parts: object) -> Row:
    entry = Entry("somewhere", lambda data: data.draw(st.just(outcome)), **parts)  # type: ignore[arg-type]
    return attack(entry, 3, 1, SECONDS)


@pytest.mark.parametrize(
    ("outcome", "column"),
    [
        (Outcome(500, fault="POST"), "errors"),
        (Outcome(503, fault="POST"), "errors"),
        (Outcome(0, "time-out", "POST"), "timeouts"),
        (Outcome(0, "RemoteDisconnected", "POST"), "crashes"),
    ],
)
def test_what_must_not_be_is_counted_and_named(outcome: Outcome, column: str) -> None:
    row = met(outcome)
    assert getattr(row, column) == row.inputs > 0
    assert row.faults and not row.is_whole


@pytest.mark.parametrize("status", [200, 303, 400, 413])
def test_an_answer_or_a_refusal_is_what_is_meant(status: int) -> None:
    assert met(Outcome(status)).is_whole


def test_a_forged_request_that_is_taken_is_a_fault() -> None:
    assert not met(Outcome(200, fault="a forged request was taken")).is_whole


def test_a_process_that_ended_is_told() -> None:
    row = met(Outcome(200), is_alive=lambda: False)
    assert not row.is_whole and fuzz.line(row).endswith("| NO |")


def test_a_traceback_in_the_log_is_a_crash(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    log.write_bytes(b"Traceback (most recent call last):\n  of before\nValueError: old\n")

    def shoot(data: st.DataObject) -> Outcome:
        data.draw(st.booleans())
        with log.open("ab") as lines:
            lines.write(
                b'Traceback (most recent call last):\n  File "/bot/x.py", line 3, in y\nKeyError: 1\n'
            )
        return Outcome(200)

    row = attack(Entry("somewhere", shoot, logs=(log,)), 2, 1, SECONDS)
    assert row.crashes == row.inputs
    assert row.faults == ["traceback in bot.log: KeyError: 1 at [('/bot/x.py', '3')]"]


def test_a_connection_that_ends_without_an_answer_is_no_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        outcome = send(listener.getsockname()[1], "GET", b"/")
    assert outcome.status == 0 and outcome.what != "time-out"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"text": 1}', '{"text": "a", "labels": "cost"}', '{"labels": ["cost"]}', "[" * 100_000],
)
def test_a_line_that_is_no_message_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"text": "bonjour"}\n' + line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"messages\.jsonl, line 2"):
        read(file)


def test_a_text_may_hold_the_line_separators_of_other_alphabets(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps({"text": "un\u2028deux"}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [example.text for example in read(file)] == ["un\u2028deux"]


def test_files_in_every_broken_shape_are_read_or_refused(tmp_path: Path) -> None:
    rows = [attack(entry, 60, 3, SECONDS) for entry in entries.of_files(tmp_path)]
    assert [row.faults for row in rows if not row.is_whole] == []
    assert all(row.refused and row.inputs == 60 for row in rows)


def test_a_few_inputs_at_every_entry_do_no_harm(tmp_path: Path, models: Path) -> None:
    need(cluster.missing())
    rows: list[Row] = []

    def each(entry: Entry) -> None:
        rows.append(attack(entry, INPUTS, 5, SECONDS))

    asyncio.run(entries.of_servers(tmp_path, models, new_token(), each))
    assert [(row.entry, row.faults) for row in rows if not row.is_whole] == []
    assert len(rows) >= 18
    assert all(row.inputs for row in rows)
