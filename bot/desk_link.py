"""What joins the bot and the mediators' desk: a shared secret and each other's address.

The supervisor draws the secret once and hands it to its processes by the environment; several machines
set DESK_SECRET themselves. Without it, the bot mounts no internal address and offers no person.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from bot import addresses, settings

SECRET_FILE = settings.STATE / "desk_secret"
SECRET_BYTES = 32


def prepare() -> None:
    """Sets DESK_SECRET and DESK_URL for the processes started from here, where they are not set."""
    os.environ.setdefault("DESK_SECRET", secret())
    os.environ.setdefault("DESK_URL", _here("DESK"))


def secret() -> str:
    """The shared secret: the environment's, else the file's, which is drawn and written the first time."""
    return os.environ.get("DESK_SECRET") or _of_file(SECRET_FILE)


def public_address() -> str:
    """Where mediators reach the desk: DESK_PUBLIC_URL, else this machine's address."""
    return (os.environ.get("DESK_PUBLIC_URL") or _here("DESK")).rstrip("/")


def has_public_address() -> bool:
    """Whether DESK_PUBLIC_URL says where mediators reach the desk."""
    return bool(os.environ.get("DESK_PUBLIC_URL"))


def assistant_address() -> str:
    """Where the desk reaches the bot's server: ASSISTANT_URL, else this machine's address."""
    return (os.environ.get("ASSISTANT_URL") or _here("ASSISTANT")).rstrip("/")


def _here(name: str) -> str:
    return addresses.here(settings.get(f"{name}_HOST"), settings.port(f"{name}_PORT"))


def _of_file(path: Path) -> str:
    # Two processes may start at once: whoever comes second reads what the first wrote.
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text(encoding="utf-8").strip()
