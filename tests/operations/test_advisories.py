"""docs/advisories.md names the releases that are locked, and none with a fault that a release has mended."""

from __future__ import annotations

import re

from packaging.version import Version

from bot import settings

PAGE = (settings.ROOT / "docs" / "advisories.md").read_text(encoding="utf-8")
LOCK = (settings.ROOT / "uv.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r'^name = "([^"]+)"\nversion = "([^"]+)"', LOCK, re.M))
# The first release without the faults that the page lists, for what is newer than Rasa asks for.
MENDED = {
    "aiohttp": "3.14.3",
    "pydantic": "1.10.13",
    "python-socketio": "5.16.2",
    "sanic": "25.12.1",
    "scikit-learn": "1.5.0",
    "sentry-sdk": "2.8.0",
    "setuptools": "83.0.0",
}


def test_no_locked_release_has_a_fault_that_a_usable_release_has_mended() -> None:
    behind = {name for name, mended in MENDED.items() if Version(LOCKED[name]) < Version(mended)}
    assert not behind


def test_the_page_names_the_locked_releases() -> None:
    raised = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([\d.]+) \|", PAGE, re.M)
    left = re.findall(r"^\| ([a-z-]+) (\d[\d.]*)[ ,]", PAGE, re.M)
    assert {name for name, _ in raised} == set(MENDED)
    assert left
    assert {name: LOCKED[name] for name, _ in raised} == dict(raised)
    assert {name: LOCKED[name] for name, _ in left} == dict(left)


def test_what_the_page_calls_no_longer_installed_is_not_locked() -> None:
    gone = re.findall(r"^\| ([a-z-]+) \| CVE-[^|]+ \|$", PAGE, re.M)
    assert gone
    assert not set(gone) & set(LOCKED)
