#!/usr/bin/env python3
"""Creates .venv from the lock, on a machine that has nothing but some Python (3.8 or later).

Run by make, not imported: it must work before anything is installed. uv does the work; where it is not
installed, its wheel is fetched from the package index and checked against the hash below. uv then finds a
Python 3.12, or fetches one.
"""

import glob
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PYTHON = "3.12"

UV_VERSION = "0.13.9"
UV_WHEELS = {
    ("Linux", "x86_64"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("Linux", "aarch64"): (
        "manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("Darwin", "arm64"): (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    ("Darwin", "x86_64"): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
}
# What the environment needs on disk, with room for the model.
FREE_BYTES = 5 * 1024**3


def main():
    """Leaves an environment that matches the lock, or stops with what to do."""
    if (ENVIRONMENT / "bin" / "python").exists() and _stamp().read_text() == _lock_hash():
        return
    if shutil.disk_usage(ROOT).free < FREE_BYTES:
        stop("There is less than 5 GB free on this disk. Make room, then run the command again.")
    uv = shutil.which("uv") or fetch_uv()
    say("Preparing the Python environment (a few minutes the first time)")
    sync = [uv, "sync", "--frozen", "--quiet", "--python", find_python(uv)]
    if subprocess.run(sync, cwd=ROOT).returncode:
        stop("The environment could not be created: see the message above. Is the package index reachable?")
    _stamp().write_text(_lock_hash())


def find_python(uv):
    """The path of an installed Python 3.12, or the version for uv to fetch."""
    homes = [os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))]
    found = [shutil.which("python" + PYTHON) or ""]
    for home in homes:
        found += sorted(glob.glob(os.path.join(home, "versions", PYTHON + ".*", "bin", "python")))
    for python in found:
        # A pyenv shim exists for versions that are not selected, and then fails: only a run tells.
        if python and _runs(python):
            return python
    if subprocess.run([uv, "python", "find", "--quiet", PYTHON], capture_output=True).returncode:
        say(f"Python {PYTHON} is not installed here: fetching it")
        if subprocess.run([uv, "python", "install", "--quiet", PYTHON]).returncode:
            stop(
                f"Python {PYTHON} could not be fetched. Install it (for example with pyenv), then run again."
            )
    return PYTHON


def fetch_uv():
    """The path of uv, fetched from the package index and checked by its hash."""
    target = TOOLS / "uv"
    if target.exists():
        return str(target)
    key = (platform.system(), platform.machine())
    if key not in UV_WHEELS:
        stop(f"No ready-made uv for {key[0]} {key[1]}. Install uv {UV_VERSION} by hand, then run again.")
    tag, digest = UV_WHEELS[key]
    say("Fetching uv " + UV_VERSION)
    try:
        wheel = _download(f"uv-{UV_VERSION}-py3-none-{tag}")
    except (OSError, ValueError, StopIteration) as error:
        stop(f"uv could not be fetched ({error}). Install uv by hand, then run again.")
    if hashlib.sha256(wheel).hexdigest() != digest:
        stop("The uv that the package index sent is not the one expected: nothing was installed.")
    TOOLS.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        target.write_bytes(archive.read(name))
    target.chmod(0o755)
    return str(target)


def _download(prefix):
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    page = urllib.request.Request(
        index.rstrip("/") + "/uv/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urllib.request.urlopen(page, timeout=60) as answer:
        files = json.loads(answer.read().decode())["files"]
    address = next(file["url"] for file in files if file["filename"].startswith(prefix))
    with urllib.request.urlopen(address, timeout=180) as answer:
        return answer.read()


def _runs(python):
    check = "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '" + PYTHON + "')"
    return subprocess.run([python, "-c", check], capture_output=True).returncode == 0


def _stamp():
    stamp = ENVIRONMENT / "lock.sha256"
    if ENVIRONMENT.exists() and not stamp.exists():
        stamp.write_text("")
    return stamp


def _lock_hash():
    return hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()


def say(text):
    """Tells what is going on."""
    print("• " + text, flush=True)


def stop(text):
    """Ends with a message that says what to do."""
    sys.exit("✗ " + text)


if __name__ == "__main__":
    main()
