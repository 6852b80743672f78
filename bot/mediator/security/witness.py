"""The journal's length and last chain, kept in a file outside of the database.

Who empties the journal or puts an older copy of the database in its place has to find and change this file
too, without the secret that seals it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """That a journal had ``rank`` lines, the last with that chain."""

    rank: int
    chain: str
    seal: str


class Witness:
    """The file."""

    def __init__(self, path: Path) -> None:
        """Its place, whose folder is made when it is first written."""
        self._path = path

    def read(self) -> Mark | None:
        """What it says; None where there is none. One that cannot be read says what no seal fits."""
        try:
            return Mark(**json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return Mark(0, "", "")

    def write(self, mark: Mark) -> None:
        """Puts the mark in the place of the former one, whole; raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        beside.write_text(json.dumps(asdict(mark)), encoding="utf-8")
        beside.replace(self._path)
