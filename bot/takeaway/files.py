"""The files of a sheet, each made by a process of its own: what it loads never stays in the server's memory.

``python -m bot.takeaway.files pdf`` reads the content as JSON on its input and writes the file on its output.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from typing import Any, ClassVar, Protocol

from bot import settings

SECONDS = 60
# Two at a time: a burst of downloads must leave the processor to the conversations.
AT_ONCE = threading.BoundedSemaphore(2)
KINDS = ("pdf", "docx", "ics")


class Content(Protocol):
    """What a file is made of: any frozen dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class FileNotMade(Exception):
    """The process that makes files failed; the message names the kind of file."""


def make(kind: str, content: Content) -> bytes:
    """The file; raises FileNotMade where its process fails or takes too long."""
    told = json.dumps(dataclasses.asdict(content), default=str)
    command = [sys.executable, "-W", "ignore", "-m", "bot.takeaway.files", kind]
    try:
        with AT_ONCE:
            done = subprocess.run(
                command,
                input=told.encode(),
                capture_output=True,
                timeout=SECONDS,
                cwd=settings.ROOT,
                check=True,
            )
    except (subprocess.SubprocessError, OSError) as error:
        raise FileNotMade(kind) from error
    return done.stdout


def main() -> None:
    """Reads the content, writes the file."""
    content = json.load(sys.stdin.buffer)
    # Each library is loaded only by the process that needs it.
    if sys.argv[1] == "pdf":
        from bot.takeaway import pdf

        made = pdf.make(content)
    elif sys.argv[1] == "docx":
        from bot.takeaway import word

        made = word.make(content)
    else:
        from bot.takeaway import calendar

        made = calendar.make(content)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
