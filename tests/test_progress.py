"""Whoever waits sees what is being done and how long it still takes; nobody else sees anything."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import install, progress, settings

SECONDS = {"reading": 10.0, "learning": 30.0, "packing": 20.0}
# Longer than a refresh takes, so that each state of the bar is seen.
ON_A_TERMINAL = """
import time
from bot import progress
with progress.shown({"reading": 1.0, "learning": 3.0}):
    progress.step("reading")
    time.sleep(1.2)
    print("a word in between")
    progress.step("learning")
    progress.advance(0.5)
    time.sleep(1.2)
print("the end")
"""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def on_a_terminal(program: str, **environment: str) -> str:
    """What a terminal is sent by the program."""
    screen, inside = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=settings.ROOT,
        env={**os.environ, "PYTHONPATH": str(settings.ROOT), "TERM": "xterm", **environment},
        stdout=inside,
        stderr=inside,
    )
    os.close(inside)
    sent = b""
    # Linux reports the end as an error, macOS as nothing more to read.
    while True:
        try:
            read = os.read(screen, 4096)
        except OSError:
            break
        if not read:
            break
        sent += read
    os.close(screen)
    assert started.wait() == 0, sent.decode()
    return sent.decode()


def without_colours(sent: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", sent)


def test_a_terminal_shows_a_bar_with_the_step_and_the_time_left() -> None:
    shown = without_colours(on_a_terminal(ON_A_TERMINAL))
    bars = re.findall(r"━+ +(\d+) % (\w+) \(about \d+ s left\)", shown)
    assert {step for _, step in bars} == {"reading", "learning"}
    shares = [int(share) for share, _ in bars]
    assert shares == sorted(shares) and shares[0] < 25 and 60 < shares[-1] < 65


def test_a_terminal_keeps_what_was_printed_and_not_the_bar() -> None:
    shown = without_colours(on_a_terminal(ON_A_TERMINAL))
    *before, last = re.split(r"\x1b\[2K", shown)
    assert any(part.startswith("a word in between\r\n") for part in before)
    assert "left" not in last and last.strip().endswith("the end")


def test_a_terminal_that_moves_no_cursor_gets_lines() -> None:
    shown = on_a_terminal(ON_A_TERMINAL, TERM="dumb")
    assert "\x1b" not in shown
    assert "  learning (about 5 s left)\r\n" in shown


def test_elsewhere_each_step_is_a_line_with_the_time_left(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.shown(SECONDS):
        for step, seconds in SECONDS.items():
            progress.step(step)
            clock.now += seconds
    assert capsys.readouterr().out.splitlines() == [
        "  reading (about 1 min left)",
        "  learning (about 50 s left)",
        "  packing (about 20 s left)",
    ]


def test_on_a_slower_machine_more_time_is_left(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown(SECONDS):
        progress.step("reading")
        clock.now += 100
        progress.step("learning")
    assert capsys.readouterr().out.splitlines()[-1] == "  learning (about 3 min left)"


def test_a_step_that_nobody_expected_is_shown_and_moves_nothing(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = progress.Steps(SECONDS)
    with progress.shown(SECONDS), progress.told_to(steps):
        progress.step("reading")
        progress.step("something else")
        clock.now += 1000
        progress.advance(0.5)
        assert steps.done == 10
    assert "  something else (about " in capsys.readouterr().out


def test_a_silent_step_moves_with_the_clock_but_does_not_end_by_it(clock: Clock) -> None:
    steps = progress.Steps(SECONDS)
    steps.step("learning")
    clock.now = 15
    assert steps.done == 15
    clock.now = 500
    assert 25 < steps.done < 30


def test_what_a_step_says_itself_counts_more_than_the_clock(clock: Clock) -> None:
    steps = progress.Steps(SECONDS)
    steps.step("learning")
    steps.advance(0.1)
    clock.now = 25
    assert steps.done == pytest.approx(3)
    # Shares are rounded by those who say them.
    steps.advance(1.5)
    assert steps.done == 30


def test_threads_may_say_together_how_far_they_are() -> None:
    steps = progress.Steps({"learning": 8000})
    with progress.told_to(steps), ThreadPoolExecutor(8) as pool:
        progress.step("learning")
        for _ in range(8):
            pool.submit(lambda: [progress.advance(1 / 16000) for _ in range(1000)])
    assert steps.done == pytest.approx(4000)


def test_nothing_is_shown_when_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError), progress.shown(SECONDS):
        raise ValueError
    progress.step("reading")
    progress.advance(0.5)
    assert capsys.readouterr() == ("", "")


def test_the_installation_counts_what_is_downloaded_then_what_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, environment, uv = tmp_path / "cache", tmp_path / "environment", tmp_path / "uv"
    monkeypatch.setattr(install, "ENVIRONMENT", environment)
    environment.mkdir()
    # Asked for one thing: where its cache is.
    uv.write_text(f"#!/bin/sh\necho {cache}\n")
    uv.chmod(0o755)
    packages = install.Packages(str(uv))
    assert packages.how_far() == ("downloading packages", 0)
    largest = max(packages.sizes, key=lambda package: packages.sizes[package])
    name, version = largest
    folder = cache / "wheels-v9" / "index" / "0123456789" / name
    folder.mkdir(parents=True)
    (folder / f"{version}-py3-none-any.lock").touch()
    assert packages.how_far()[1] == 0
    (folder / f"{version}-py3-none-any.http").touch()
    assert packages.how_far()[1] == packages.sizes[largest] / packages.size
    for file in ("one.py", "other.py", "one.pyc"):
        (environment / file).touch()
    assert packages.how_far() == ("compiling packages", 0.5)


def test_the_installation_knows_the_size_of_all_that_is_locked() -> None:
    packages = install.Packages("true")
    locked = re.findall(r'^name = "(.+)"$', (settings.ROOT / "uv.lock").read_text(), re.MULTILINE)
    assert {name for name, _ in packages.sizes} == set(locked) - {"assistant-carte-grise"}
    assert all(size > 1000 for size in packages.sizes.values())
