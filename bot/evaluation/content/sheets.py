"""``python -m bot.evaluation sheets PATH``: the cited Service-Public sheets that changed.

PATH is a copy of the State's open data « vosdroits » for private persons (its zip, or a folder of it). A
sheet changed where its date is later than the ``edition`` of ``bot/law/sources.yml``, or where its text is no
longer the one on record (``recorded_sheets.json``). ``--record`` then puts the texts of PATH on record.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import msgspec

from bot.evaluation.content.sheet_files import Archive, Passage, Sheet, SheetError
from bot.law import parameters

RECORD = Path(__file__).with_name("recorded_sheets.json")
ATTRIBUTION = (
    "Service-Public.gouv.fr, Direction de l’information légale et administrative (Premier ministre). "
    "Licence Ouverte 2.0 (Etalab): https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
)
_ADDRESS = re.compile(r"https://www\.service-public\.gouv\.fr/particuliers/vosdroits/([FR]\d+)")
# A form's address is that of its online version: the title names its sheet.
_TITLE = re.compile(r"\((?:fiche )?([FR]\d+)\)")
_STATES = ("same", "CHANGED", "OLDER", "GONE", "MISSING", "UNREADABLE")


class Record(msgspec.Struct, forbid_unknown_fields=True):
    """The sheets on record by id, and whom their text is due to."""

    attribution: str = ATTRIBUTION
    sheets: dict[str, Sheet] = {}


@dataclass(frozen=True)
class Cited:
    """A cited sheet: the ids of its sources, and the oldest of their editions (None where none has one)."""

    sheet_id: str
    sources: tuple[str, ...]
    edition: dt.date | None


@dataclass(frozen=True)
class Change:
    """A passage as it was and as it is; None where it was not there, or is no more."""

    before: Passage | None
    after: Passage | None


@dataclass(frozen=True)
class Finding:
    """What is to be said of a cited sheet: one of the states, the sheet found, its changes, a remark."""

    cited: Cited
    state: str
    sheet: Sheet | None = None
    changes: tuple[Change, ...] = ()
    remark: str = ""


def cited_sheets() -> list[Cited]:
    """The sheets that the sources name, by their address or their title."""
    sources: dict[str, list[str]] = {}
    for source_id in parameters.source_ids():
        source = parameters.cite(source_id).source
        found = _ADDRESS.fullmatch(source.url)
        if found is None and source.url.startswith("https://www.service-public.gouv.fr/"):
            found = _TITLE.search(source.title)
        if found:
            sources.setdefault(found[1], []).append(source_id)
    editions = {name: parameters.cite(name).source.edition for names in sources.values() for name in names}
    return [
        Cited(sheet_id, tuple(names), min((day for name in names if (day := editions[name])), default=None))
        for sheet_id, names in sorted(sources.items())
    ]


def examine(cited: Cited, archive: Archive, record: Record) -> Finding:
    """What became of a cited sheet."""
    recorded = record.sheets.get(cited.sheet_id)
    try:
        sheet = archive.sheet(cited.sheet_id)
    except SheetError as error:
        return Finding(cited, "UNREADABLE", remark=str(error))
    if sheet is None:
        if recorded:
            return Finding(cited, "GONE", remark="it is on record, and no longer in the archive")
        return Finding(cited, "MISSING", remark="the archive has no such sheet, and none is on record")
    changes = differences(recorded.passages, sheet.passages) if recorded else ()
    if cited.edition and sheet.modified < cited.edition:
        return Finding(cited, "OLDER", sheet, changes, "the archive is older than the edition read")
    is_newer = cited.edition is None or sheet.modified > cited.edition
    if not is_newer:
        remark = "" if recorded else "no text on record"
        return Finding(cited, "CHANGED" if changes else "same", sheet, changes, remark)
    if recorded is None:
        return Finding(cited, "CHANGED", sheet, remark="no text on record: read the whole sheet")
    remark = "" if changes else "this text is on record already: once it is read, set `edition`"
    return Finding(cited, "CHANGED", sheet, changes, remark)


def differences(before: Sequence[Passage], after: Sequence[Passage]) -> tuple[Change, ...]:
    """The passages changed, added and removed, in order; a passage under another title is the same."""
    texts = [passage.text for passage in before], [passage.text for passage in after]
    found = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, *texts, False).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(before[start:end], after[new_start:new_end])
            found += [Change(old, new) for old, new in pairs]
    return tuple(found)


def read_record(path: Path) -> Record:
    """The sheets on record, none where the file is missing; SheetError where it cannot be read."""
    if not path.exists():
        return Record()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise SheetError(f"{path} cannot be read: {error}") from error


def write_record(path: Path, record: Record, findings: Sequence[Finding]) -> int:
    """Puts the sheets that were read on record, and keeps the others' texts; returns how many were read."""
    read = {finding.cited.sheet_id: finding.sheet for finding in findings if finding.sheet}
    sheets = dict(sorted({**record.sheets, **read}.items()))
    text = msgspec.json.format(msgspec.json.encode(Record(ATTRIBUTION, sheets)), indent=1)
    # Whole or not at all: an interruption leaves the record that was there.
    written = path.with_suffix(".new")
    written.write_bytes(text + b"\n")
    os.replace(written, path)
    return len(read)


def report(findings: Sequence[Finding]) -> list[str]:
    """The findings in lines, those that need somebody last."""
    lines = []
    for finding in sorted(findings, key=lambda finding: _STATES.index(finding.state)):
        cited, sheet = finding.cited, finding.sheet
        dates = f"edition {cited.edition or 'unknown'}"
        if sheet:
            dates += f", now {sheet.modified}"
        line = f"{finding.state:11}{cited.sheet_id:8}{dates}  ({', '.join(cited.sources)})"
        lines.append(f"{line}: {finding.remark}" if finding.remark else line)
        for change in finding.changes:
            place = change.after or change.before
            lines.append(f"    {place.where or 'at the top'}" if place else "")
            lines += [f"    - {change.before.text}"] if change.before else []
            lines += [f"    + {change.after.text}"] if change.after else []
    return lines


def main(arguments: list[str], record_file: Path = RECORD) -> None:
    """Prints the findings; exits with 1 if a sheet needs somebody, 2 if nothing could be compared."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation sheets")
    parser.add_argument("path", type=Path, help="the zip « vosdroits », or a folder of it")
    parser.add_argument("--record", action="store_true", help="put the texts of PATH on record")
    given = parser.parse_args(arguments)
    try:
        record = read_record(record_file)
        archive = Archive(given.path)
    except SheetError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    findings = [examine(cited, archive, record) for cited in cited_sheets()]
    print("\n".join(report(findings)))
    counts = [(state, sum(finding.state == state for finding in findings)) for state in _STATES]
    print(
        f"{len(findings)} sheets cited: " + ", ".join(f"{count} {state}" for state, count in counts if count)
    )
    if not any(finding.sheet for finding in findings):
        print(f"{given.path} has no cited sheet that can be read: is it « vosdroits », for private persons?")
        sys.exit(2)
    if given.record:
        print(f"{write_record(record_file, record, findings)} sheets put on record in {record_file.name}")
    elif missing := [
        found for found in findings if found.sheet and found.cited.sheet_id not in record.sheets
    ]:
        print(
            f"{len(missing)} sheets have no text on record: --record puts it there, to compare the next time"
        )
    sys.exit(1 if any(finding.state != "same" for finding in findings) else 0)
