"""Runs a module as ``python -m`` does, until standard input ends: ``python -m bot.supervised MODULE …``.

Standard input is a pipe that the supervisor alone holds open. However the supervisor ends, the pipe ends with
it; the server then answers the turns under way and ends, instead of serving on where nobody knows of it.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

from bot import settings

# What a server needs to end, besides the turns under way.
STOP_SECONDS = 5


def grace_seconds() -> float:
    """How long a process may take to end when it is asked to, in seconds."""
    return float(settings.get("ASSISTANT_DRAIN_SECONDS")) + STOP_SECONDS


def main() -> None:
    """Runs the module that the command line names, with the arguments after it."""
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_the_supervisor() -> None:
    # Nobody writes to it: reading returns at the end alone.
    os.read(sys.stdin.fileno(), 1)
    print("✗ The supervisor is gone: ending", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_seconds())
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
