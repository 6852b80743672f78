"""What is written is UTF-8, and no sign that a terminal lacks is a failure, whatever the locale.

Python takes the encoding of its streams and files from the locale. Servers of old have one of Latin-1, and a
service manager may pass none.
"""

from __future__ import annotations

import io
import locale
import os
import sys


def write_any_sign() -> None:
    """Makes the standard streams UTF-8; of a terminal, what its encoding lacks becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper) or _is_utf8(stream.encoding):
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def begin_in_utf8() -> None:
    """Begins the program anew where the locale has another encoding: libraries open their files by it."""
    if _is_utf8(locale.getpreferredencoding(False)):
        return
    os.environ["PYTHONUTF8"] = "1"
    if sys.stdout.isatty():
        os.environ.setdefault("PYTHONIOENCODING", f"{sys.stdout.encoding}:replace")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "") == "utf8"
