"""Where a SQLite file must not lie: on a disk of the network, on which SQLite's servers cannot share memory.

Its write-ahead log then hangs or damages the file (https://sqlite.org/wal.html). Only Linux tells what a
folder lies on; elsewhere nothing is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_IN_USER_SPACE = ("sshfs", "davfs", "glusterfs", "s3fs", "gcsfuse", "rclone", "smbnetfs")
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "davfs", "glusterfs"}
    | {f"fuse.{name}" for name in _IN_USER_SPACE}
)
# mountinfo writes a space as \040.
_OCTAL = re.compile(r"\\([0-7]{3})")


def type_of(file: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the network disk on which the file is or would be, None on a disk of this machine."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    place = file.resolve()
    found = "", ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), before.split(" ")[4])
        # The last of those mounted at the same place hides the others.
        if place.is_relative_to(point) and len(point) >= len(found[0]):
            found = point, after.split(" ")[0]
    return found[1] if found[1] in NETWORK else None
