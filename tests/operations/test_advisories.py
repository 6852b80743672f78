"""docs/advisories.md names the releases that are locked, and none with a fault that a release has mended."""

from __future__ import annotations

import re

from packaging.version import Version

from bot import settings

PAGE = (settings.ROOT / "docs" / "advisories.md").read_text()
LOCK = (settings.ROOT / "uv.lock").read_text()
LOCKED = dict(re.findall(r'^name = "([^"]+)"\nversion = "([^"]+)"', LOCK, re.M))
# The first release without the faults that the page lists, for what can be raised above Rasa's pins.
MENDED = {
    "aiohttp": "3.14.3",
    "pydantic": "1.10.13",
    "pymongo": "4.6.3",
    "sentry-sdk": "1.45.1",
    "setuptools": "78.1.1",
}


def test_no_locked_release_has_a_fault_that_a_usable_release_has_mended() -> None:
    behind = {name for name, mended in MENDED.items() if Version(LOCKED[name]) < Version(mended)}
    assert not behind


def test_the_page_names_the_locked_releases() -> None:
    raised = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([\d.]+) \|", PAGE, re.M)
    left = re.findall(r"^\| ([a-z-]+) (\d[\d.]*) \|", PAGE, re.M)
    assert {name for name, _ in raised} == set(MENDED)
    assert left
    for name, named in [*raised, *left]:
        assert f"{LOCKED[name]}.".startswith(f"{named}."), name
