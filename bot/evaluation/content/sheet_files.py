"""The sheets of the State's open data « vosdroits » (DILA): read from its zip, or from a folder of it.

A file is one sheet: a root with its ``ID``, a ``dc:date`` ("modified 2025-01-13") and nested parts with
their ``Titre`` and ``Paragraphe``. Files come from outside: nothing is unpacked on the disk, sizes are
bounded, and a file that declares a document type, hence entities, is refused.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

# The longest sheet read so far has 0.3 MB; bytes.
MOST_BYTES = 5_000_000
# The deepest part read so far lies under 20 others.
MOST_DEPTH = 100
PASSAGES = frozenset({"dc:title", "dc:description", "NumeroCerfa", "Titre", "Paragraphe"})
# The way to other sheets: it moves without this one's text.
NAVIGATION = frozenset(
    {"FilDAriane", "Theme", "SousThemePere", "DossierPere", "SousDossierPere", "Dossier", "FicheLiee"}
    | {"VoirAussi"}
)
_DATE = re.compile(r"modified (\d{4}-\d\d-\d\d)")
_SEPARATOR = " › "


class SheetError(Exception):
    """An archive or a sheet cannot be read; the message says why."""


@dataclass(frozen=True)
class Passage:
    """A title, a paragraph or an address of a sheet, under the titles of ``where``."""

    where: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """A sheet as it stands: the day of its last change, and its passages in order."""

    modified: dt.date
    passages: tuple[Passage, ...]


class Archive:
    """The files of an archive by the id of their sheet."""

    def __init__(self, path: Path) -> None:
        """Lists the XML files of a zip or of a folder; raises SheetError where it is neither."""
        self._files: dict[str, list[Callable[[], IO[bytes]]]] = defaultdict(list)
        if path.is_dir():
            for file in sorted(path.rglob("*.xml")):
                self._files[file.stem].append(partial(file.open, "rb"))
            return
        try:
            packed = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise SheetError(f"{path} is no folder and no zip that can be read: {error}") from error
        for entry in packed.infolist():
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if name.suffix == ".xml" and not entry.is_dir():
                self._files[name.stem].append(partial(packed.open, entry))

    def sheet(self, sheet_id: str) -> Sheet | None:
        """The sheet of that id, None where the archive has none; SheetError where it cannot be read."""
        found = self._files.get(sheet_id, [])
        if len(found) > 1:
            raise SheetError(f"{len(found)} files bear its name: give the archive of one audience alone")
        return parse(sheet_id, _content(found[0])) if found else None


def _content(opened: Callable[[], IO[bytes]]) -> bytes:
    try:
        with opened() as stream:
            # A declared size may lie: one byte more than allowed is enough to know.
            content = stream.read(MOST_BYTES + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        # RuntimeError: an encrypted entry, or a compression that Python does not know.
        raise SheetError(f"its file cannot be read: {error}") from error
    if len(content) > MOST_BYTES:
        raise SheetError(f"its file has more than {MOST_BYTES} bytes")
    return content


def parse(sheet_id: str, content: bytes) -> Sheet:
    """The sheet that an XML file holds; SheetError where it is another's, broken, empty or without a date."""
    reader = _Reader(sheet_id)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SheetError(f"its XML cannot be read: {error}") from error
    if reader.modified is None:
        raise SheetError("it has no dc:date with the day of its last change")
    if not reader.passages:
        raise SheetError("it has no paragraph")
    return Sheet(reader.modified, tuple(reader.passages))


class _Reader:
    """Collects the passages while the parser goes through the file."""

    def __init__(self, sheet_id: str) -> None:
        self.sheet_id = sheet_id
        self.modified: dt.date | None = None
        self.passages: list[Passage] = []
        self._names: list[str] = []
        # The title of each open part, "" before it is read.
        self._titles: list[str] = []
        # The texts being read, the innermost last.
        self._texts: list[list[str]] = []
        # The depth at which navigation began, None outside it.
        self._muted_at: int | None = None

    def refuse(self, *_: object) -> None:
        raise SheetError("its XML declares a document type, which no sheet does")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._names and attributes.get("ID") != self.sheet_id:
            raise SheetError(f"its file holds {attributes.get('ID', 'no sheet')}")
        if len(self._names) >= MOST_DEPTH:
            raise SheetError(f"its parts are nested more than {MOST_DEPTH} deep")
        if self._muted_at is None and name in NAVIGATION:
            self._muted_at = len(self._names)
        self._names.append(name)
        self._titles.append("")
        if self._muted_at is not None:
            return
        if name in PASSAGES or name == "dc:date":
            self._texts.append([])
        address = attributes.get("URL")
        if address and self._texts:
            self._texts[-1].append(f" [{address}] ")
        elif address:
            self.passages.append(Passage(self._where(), address))

    def data(self, text: str) -> None:
        if self._texts and self._muted_at is None:
            self._texts[-1].append(text)

    def end(self, name: str) -> None:
        self._names.pop()
        self._titles.pop()
        if self._muted_at is not None:
            if len(self._names) == self._muted_at:
                self._muted_at = None
            return
        if name == "dc:date":
            found = _DATE.search("".join(self._texts.pop()))
            self.modified = dt.date.fromisoformat(found[1]) if found else None
        elif name in PASSAGES:
            text = " ".join("".join(self._texts.pop()).split())
            if text:
                self.passages.append(Passage(self._where(), text))
            if name == "Titre" and self._titles:
                self._titles[-1] = text

    def _where(self) -> str:
        return _SEPARATOR.join(title for title in self._titles if title)
