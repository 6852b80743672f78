"""Copies of the databases, taken while the assistant runs, and put back while it does not.

A SQLite database is copied by SQLite's own online backup, a PostgreSQL one by ``pg_dump``. What two settings
share is copied once. The folder holds what people wrote: keep it as safe as the databases, and no longer.
"""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from bot import settings

DATABASES = {
    "conversations": "CONVERSATIONS_DB",
    "feedback": "FEEDBACK_DATABASE_URL",
    "channels": "CHANNELS_DB",
    "desk": "DESK_DB_URL",
}


class NotPossible(Exception):
    """A backup that cannot be made or put back; says why."""


def databases() -> dict[str, URL]:
    """The URL of each database by its name, without those that another name has already."""
    found: dict[str, URL] = {}
    for name, variable in DATABASES.items():
        value = settings.get(variable)
        url = make_url(value if "://" in value else f"sqlite:///{value}")
        if url not in found.values():
            found[name] = url
    return found


def back_up(folder: Path, urls: Mapping[str, URL]) -> list[Path]:
    """The files written into ``folder``, one a database; one that does not exist yet is left out.

    Raises NotPossible where a file of that name is there, or a database cannot be copied.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, url in urls.items():
        file = folder / f"{name}{_suffix(url)}"
        if file.exists():
            raise NotPossible(f"{file} is there already: choose another folder")
        if _is_sqlite(url):
            if not Path(str(url.database)).exists():
                continue
            with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source:
                with closing(sqlite3.connect(file)) as target:
                    source.backup(target)
        else:
            _run(["pg_dump", "--format=custom", f"--file={file}", f"--dbname={_address(url)}"])
        file.chmod(0o600)
        written.append(file)
    return written


def restore(folder: Path, urls: Mapping[str, URL]) -> list[Path]:
    """The files put back from ``folder``; what their databases held is replaced.

    Raises NotPossible where the folder holds none of them, or one cannot be put back.
    """
    files = [(folder / f"{name}{_suffix(url)}", url) for name, url in urls.items()]
    found = [(file, url) for file, url in files if file.exists()]
    if not found:
        raise NotPossible(f"{folder} holds no backup of these databases")
    for file, url in found:
        if _is_sqlite(url):
            with (
                closing(sqlite3.connect(file)) as source,
                closing(sqlite3.connect(str(url.database))) as target,
            ):
                source.backup(target)
        else:
            replace = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
            _run(["pg_restore", *replace, f"--dbname={_address(url)}", str(file)])
    return [file for file, _ in found]


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _suffix(url: URL) -> str:
    return ".sqlite" if _is_sqlite(url) else ".dump"


def _address(url: URL) -> str:
    """The URL as PostgreSQL's own programs read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NotPossible(f"{command[0]} is missing: apt-get install postgresql-client") from error
    if done.returncode:
        # PostgreSQL names the host and the database, not the password.
        raise NotPossible(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}")
