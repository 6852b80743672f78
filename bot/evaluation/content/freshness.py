"""``python -m bot.evaluation freshness``: every value and source by age; fails on a reading that has expired.

A text whose own date is old is named as a warning: its newer version should be looked for.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bot.law import freshness, parameters


@dataclass(frozen=True, order=True)
class Checked:
    """Something that was read on a day, and the last day on which it may be relied on."""

    expires: dt.date
    verified: dt.date
    name: str
    authority: str


def everything() -> list[Checked]:
    """Every value and source, the next to expire first."""
    found = []
    for key in parameters.keys():
        for value in parameters.parameter(key).values:
            authority = parameters.cite(value.reference).source.authority
            last_day = freshness.expires_on(authority, value.verified_on)
            found.append(Checked(last_day, value.verified_on, f"{key} since {value.since}", authority))
    for source_id in parameters.source_ids():
        source = parameters.cite(source_id).source
        last_day = freshness.expires_on(source.authority, source.verified_on)
        found.append(Checked(last_day, source.verified_on, f"source {source_id}", source.authority))
    return sorted(found)


def old_editions(on: dt.date) -> Iterator[str]:
    """A line for each source whose text is older than its authority allows on that day, by name."""
    for source_id in parameters.source_ids():
        source = parameters.cite(source_id).source
        if freshness.is_edition_old(source, on):
            limit = freshness.limits()[source.authority].edition
            yield f"source {source_id}: text of {source.edition}, over {limit} days for {source.authority}"


def main(arguments: list[str]) -> None:
    """Prints the list and exits with 1 if a reading has expired on the day asked (today by default)."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation freshness")
    parser.add_argument("--on", type=dt.date.fromisoformat, default=dt.date.today())
    day = parser.parse_args(arguments).on
    checked = everything()
    for item in checked:
        mark = "EXPIRED" if item.expires < day else "ok"
        print(f"{mark:8}{item.expires}  read {item.verified}  {item.authority:14}{item.name}")
    old = list(old_editions(day))
    for line in old:
        print(f"WARNING {line}")
    expired = sum(item.expires < day for item in checked)
    print(f"{len(checked)} values and sources, {expired} expired on {day}; {len(old)} old editions")
    sys.exit(1 if expired else 0)
