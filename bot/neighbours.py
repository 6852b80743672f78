"""Calls to our own servers: on this machine, or beside it. A proxy of the environment is for other sites.

``python -m bot.neighbours health PART`` (or ``ready``) asks a part on this machine whether it is well, as a
container engine does; the status is 0 where it is.
"""

from __future__ import annotations

import argparse
import sys
import urllib.error
import urllib.request
from typing import Any

from bot import addresses, settings

PARTS = {"assistant": "ASSISTANT", "desk": "DESK", "actions": "ACTION_SERVER"}
ANSWER_SECONDS = 4
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_url(address: str | urllib.request.Request, seconds: float) -> Any:
    """The answer, as ``urllib.request.urlopen`` gives it; raises as that does."""
    return _opener.open(address, timeout=seconds)


def main(arguments: list[str] | None = None) -> None:
    """Raises SystemExit: 0 where the part answers that it is well, else a message."""
    parser = argparse.ArgumentParser(prog="python -m bot.neighbours", description="Is a part well?")
    parser.add_argument("question", choices=["health", "ready"])
    parser.add_argument("part", nargs="?", choices=PARTS, default="assistant")
    asked = parser.parse_args(arguments)
    settings.apply()
    name = PARTS[asked.part]
    address = addresses.here(settings.get(f"{name}_HOST"), settings.port(f"{name}_PORT"))
    try:
        with open_url(f"{address}/{asked.question}", ANSWER_SECONDS):
            sys.exit(0)
    except OSError as error:
        sys.exit(f"✗ The {asked.part} at {address}: {error}")


if __name__ == "__main__":
    main()
