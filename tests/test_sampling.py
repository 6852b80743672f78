"""The samples of a server's threads count what they spend, each for the part that it is in."""

from __future__ import annotations

import itertools
import json
import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

import pytest
from pytest import MonkeyPatch

from bot import settings
from bot.engine.tracker_store import ConversationStore
from bot.nlu import encoders
from tests.benchmarks import dialogues, replay, sampling, turn
from tests.benchmarks.dialogues import Dialogue
from tests.benchmarks.sampling import ALL, OTHER, Row
from tests.benchmarks.turn_parts import PARTS, part_of

PACKAGES = Path(sysconfig.get_paths()["purelib"])


def compute(until: threading.Event) -> None:
    while not until.is_set():
        sum(range(100))


def wait(until: threading.Event) -> None:
    until.wait()


def of_these(code: CodeType) -> str | None:
    return {compute.__code__: "computing", wait.__code__: "waiting"}.get(code)


@contextmanager
def busy_and_waiting() -> Iterator[None]:
    until = threading.Event()
    threads = [
        threading.Thread(target=work, args=(until,), name=f"{work.__name__}_1") for work in (compute, wait)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        until.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def usual_switches() -> Iterator[None]:
    usual = sys.getswitchinterval()
    yield
    sys.setswitchinterval(usual)


def test_a_thread_that_computes_is_seen_in_its_part_and_one_that_waits_is_not() -> None:
    with busy_and_waiting():
        sampler = sampling.Sampler(of_these)
        looks = [row for _ in range(20) for row in sampler.look()]
    # The threads of other tests of the same process may still end theirs.
    rows = [row for row in looks if row.kind in ("compute", "wait")]
    spent = sampling.shared(rows)
    assert spent["computing"] > 0.9 * spent.total() > 0
    # Waking up is work too, of some microseconds.
    assert sum(row.nanoseconds for row in rows if row.kind == "wait") < 0.01 * spent.total()


def test_between_two_looks_all_that_a_thread_spends_counts() -> None:
    with busy_and_waiting():
        sampler = sampling.Sampler(of_these)
        begun = time.thread_time_ns()
        time.sleep(0.1)
        rows = sampler.look()
        own = time.thread_time_ns() - begun
    (whole,) = [row.nanoseconds for row in rows if row.kind == "compute" and row.part == ALL]
    (seen,) = [row.nanoseconds for row in rows if row.kind == "compute" and row.part == "computing"]
    assert whole > seen and whole > own


def test_what_a_kind_of_thread_spent_is_shared_among_the_parts_that_it_was_seen_in() -> None:
    rows = [
        Row("MainThread", ALL, 900),
        Row("MainThread", "reading", 2),
        Row("MainThread", "answering", 1),
        # Seen more often than its time is worth.
        Row("workers", ALL, 100),
        Row("workers", "answering", 50),
    ]
    assert sampling.shared(rows) == {"reading": 600, "answering": 400}


def test_samples_are_written_as_long_as_their_file_is_there(
    tmp_path: Path, monkeypatch: MonkeyPatch, usual_switches: None
) -> None:
    file, sleep, naps = tmp_path / "samples", time.sleep, itertools.count()

    class Enough(Exception):
        pass

    def nap(seconds: float) -> None:
        rank = next(naps)
        if rank == 3:
            file.touch()
        if rank == 20:
            assert sys.getswitchinterval() < 0.001
            file.rename(tmp_path / "done")
        if rank == 30:
            raise Enough
        sleep(seconds)

    monkeypatch.setattr(sampling.time, "sleep", nap)
    usual = sys.getswitchinterval()
    with busy_and_waiting(), pytest.raises(Enough):
        sampling.write_while_there(file, of_these)
    assert "computing" in {row.part for row in sampling.read(tmp_path / "done")}
    assert not file.exists() and sys.getswitchinterval() == usual


def test_the_parts_name_files_and_functions_that_exist() -> None:
    def is_there(place: str) -> bool:
        path, _, function = place.partition(":")
        found = [folder / path for folder in (settings.ROOT, PACKAGES) if (folder / path).exists()]
        return bool(found) and (not function or f"def {function}(" in found[0].read_text(encoding="utf-8"))

    places = [place for places in PARTS.values() for place in places]
    assert [place for place in places if not is_there(place)] == []
    assert len(places) == len(set(places))


def test_a_function_is_of_the_part_that_names_it_most_closely() -> None:
    assert part_of(ConversationStore.save.__code__) == "store, writing"
    assert part_of(ConversationStore.get_or_create_tracker.__code__) == "store, reading"
    assert part_of(encoders.encode.__code__) == "sentence encoder"
    assert part_of(json.dumps.__code__) is None


def test_the_table_of_a_turn_has_a_line_for_each_part_and_shares_the_time_among_them() -> None:
    figures = replay.Figures([10.0] * 4, seconds=1.0)
    sampled = Counter({"masking": 1, OTHER: 3})
    loads = [turn.Load(people, figures, 0.4, 700.0, sampled) for people in (1, 16)]
    lines = turn.table(loads).splitlines()
    assert {line.split(" | ")[0].strip("| ") for line in lines[2 : 3 + len(PARTS)]} == {*PARTS, "all"}
    assert "| masking | 25.0 % | 25.00 | 25.0 % | 25.00 |" in lines
    assert lines[-1].startswith("* 16 people: 4.0 messages/s, p50 10 ms, p95 10 ms, CPU 100.0 ms a message")


def test_a_replay_goes_on_where_the_one_before_ended() -> None:
    talks = [Dialogue(name, ("one", "two")) for name in "abc"]
    begun = turn.from_there(talks, replay.Figures([1.0] * 3, errors=1))
    assert [talk.title for talk in begun] == ["c", "a", "b"]
    assert [talk.title for talk in turn.from_there(talks, replay.Figures([1.0] * 8))] == ["b", "c", "a"]


def test_the_encoder_cannot_remember_all_that_is_said() -> None:
    texts = {text for talk in dialogues.many() for text in talk.messages}
    assert len(texts) > 4 * encoders._MOST_KEPT
    assert not texts & set(turn._ASKED)
