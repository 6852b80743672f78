#!/usr/bin/env python3
"""Creates .venv from the lock, on a machine that has nothing but some Python (3.8 or later).

Run by make, not imported: it must work before anything is installed. uv does the work; where it is not
installed, its wheel is fetched from the package index and checked against the hash below. uv then finds a
Python 3.12, or fetches one. On a terminal a line says meanwhile how far it is.
"""

import glob
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

# Run as a file, or imported from elsewhere, it finds its neighbour alone.
sys.path.insert(0, str(Path(__file__).resolve().parent))
import package_index

sys.path.pop(0)

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
TOOLS = ROOT / ".tools"
# 3.13 passes the same tests: ASSISTANT_PYTHON=3.13 make test
PYTHON = os.environ.get("ASSISTANT_PYTHON", "3.12")

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
CLEAR_LINE = "\r\033[K"
# What the environment needs on disk, with room for the model.
FREE_BYTES = 5 * 1024**3


def main():
    """Leaves an environment that matches the lock and the version of Python, or stops with what to do."""
    is_ours = _is_ours()
    if is_ours and _stamp_of(ENVIRONMENT) == _wanted():
        return
    if shutil.disk_usage(str(ROOT)).free < FREE_BYTES:
        stop("There is less than 5 GB free on this disk. Make room, then run the command again.")
    index = package_index.configured()
    uv = shutil.which("uv") or fetch_uv(index)
    python = find_python(uv)
    if os.path.lexists(str(ENVIRONMENT)) and not is_ours:
        say("The environment was moved, copied from another machine or lost its Python: making it anew")
        _remove(ENVIRONMENT)
    packages = Packages(uv)
    size = f"about {packages.size / 1e6:.0f} MB"
    say(f"Installing and compiling the packages ({size}, a few minutes the first time)")
    begun = time.monotonic()
    if any(run(command, packages.how_far) for command in _commands(uv, python, index)):
        stop("The environment could not be created: see the message above. Is the package index reachable?")
    (ENVIRONMENT / "machine.txt").write_text(_machine(), encoding="utf-8")
    _stamp(ENVIRONMENT).write_text(_wanted(), encoding="utf-8")
    say(f"Installed in {time.monotonic() - begun:.0f} s")


def _commands(uv, python, index):
    """What installs the lock, one after the other.

    uv fetches locked files from where they were found when they were locked. Where another index stands for
    PyPI, the lock's names, versions and hashes are asked of that one.
    """
    if not index.is_private:
        return [[uv, "sync", "--frozen", "--quiet", "--python", python]]
    TOOLS.mkdir(exist_ok=True)
    listed, there = str(TOOLS / "requirements.txt"), str(ENVIRONMENT / "bin" / "python")
    # Its address is in the environment: a command's words, and a password in them, are seen by everybody.
    os.environ["UV_DEFAULT_INDEX"] = index.address
    return [
        [uv, "export", "--frozen", "--quiet", "--no-emit-project", "--output-file", listed],
        [uv, "venv", "--quiet", "--allow-existing", "--python", python, str(ENVIRONMENT)],
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", there, listed],
    ]


def _is_ours():
    """Whether the environment was made in this place, on such a machine, and its Python still runs."""
    try:
        # uv writes its place into the scripts, which a move leaves behind.
        activation = (ENVIRONMENT / "bin" / "activate").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    machine = ENVIRONMENT / "machine.txt"
    if machine.exists() and machine.read_text(encoding="utf-8") != _machine():
        return False
    place = re.search(r"^VIRTUAL_ENV='?([^'\n]+)'?$", activation, re.MULTILINE)
    # Where it is a link, to another disk, its place is there.
    is_here = place is not None and place.group(1) in (str(ENVIRONMENT), str(ENVIRONMENT.resolve()))
    return is_here and _runs(str(ENVIRONMENT / "bin" / "python"))


def _machine():
    """What compiled packages depend on."""
    return " ".join((platform.system(), platform.machine(), platform.libc_ver()[0]))


def _remove(environment):
    """Removes it; of a link, the link alone."""
    if environment.is_symlink() or environment.is_file():
        environment.unlink()
    else:
        shutil.rmtree(str(environment))


class Packages:
    """The packages of the lock, and how far their installation is."""

    def __init__(self, uv):
        """Reads the lock; a package counts as many bytes as the largest of its files, which differ little."""
        self.sizes = {}
        for package in (ROOT / "uv.lock").read_text(encoding="utf-8").split("[[package]]")[1:]:
            name, version = re.findall('^(?:name|version) = "(.+)"', package, re.MULTILINE)[:2]
            files = re.findall(r'\.whl".* size = (\d+)', package) or re.findall(r" size = (\d+)", package)
            if files:
                self.sizes[name, version] = max(int(size) for size in files)
        self.size = sum(self.sizes.values())
        self._cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True).stdout.strip()
        self._compiled = self._files()[1]

    def how_far(self):
        """What is being done, and which share of it is done, from 0 to 1."""
        sources, compiled = self._files()
        if compiled > self._compiled:
            return "compiling packages", compiled / max(sources, compiled)
        fetched = sum(size for package, size in self.sizes.items() if self._is_fetched(*package))
        return "downloading packages", fetched / self.size

    def _is_fetched(self, name, version):
        """Whether uv's cache holds it; where another uv orders its cache otherwise, it never seems to."""
        patterns = [
            os.path.join(self._cache, *places, name, entry)
            for kind, entry in (("wheels-v*", version + "-*"), ("sdists-v*", version))
            for places in ((kind, "pypi"), (kind, "index", "*"))
        ]
        # The lock is there as soon as the download begins.
        return any(not path.endswith(".lock") for pattern in patterns for path in glob.glob(pattern))

    @staticmethod
    def _files():
        names = [name for _, _, names in os.walk(str(ENVIRONMENT)) for name in names]
        return sum(name.endswith(".py") for name in names), sum(name.endswith(".pyc") for name in names)


def run(command, how_far):
    """The status of the command; on a terminal a line says meanwhile what ``how_far`` gives."""
    if not sys.stdout.isatty():
        return subprocess.run(command, cwd=str(ROOT)).returncode
    # Its words wait for the end: they would stand in the middle of the line.
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, cwd=str(ROOT), stderr=words)
        step = None
        while process.poll() is None:
            name, share = how_far()
            if name != step:
                step, begun, first = name, time.monotonic(), share
            pace = (time.monotonic() - begun) / (share - first) if share > first else None
            _show(name, share, pace and pace * (1 - share))
            time.sleep(1)
        sys.stdout.write(CLEAR_LINE)
        words.seek(0)
        sys.stderr.write(words.read().decode("utf-8", "replace"))
    return process.returncode


def _show(name, share, seconds):
    """Writes a line like those of bot/progress.py, whose library is not there yet."""
    left = "" if seconds is None else f" (about {_in_words(seconds)} left)"
    sys.stdout.write(f"{CLEAR_LINE}  {'━' * int(24 * share):24s} {100 * share:3.0f} % {name}{left}")
    sys.stdout.flush()


def _in_words(seconds):
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"


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


def fetch_uv(index):
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
        wheel = index.fetch("uv", f"uv-{UV_VERSION}-py3-none-{tag}")
    except (OSError, ValueError, LookupError) as error:
        stop(f"uv could not be fetched from {index} ({error}). Install uv by hand, then run again.")
    if hashlib.sha256(wheel).hexdigest() != digest:
        stop("The uv that the package index sent is not the one expected: nothing was installed.")
    TOOLS.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        target.write_bytes(archive.read(name))
    target.chmod(0o755)
    return str(target)


def _runs(python):
    check = "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '" + PYTHON + "')"
    try:
        return subprocess.run([python, "-c", check], capture_output=True).returncode == 0
    except OSError:
        # Not there, or made for another processor.
        return False


def _stamp(environment):
    return environment / "lock.sha256"


def _stamp_of(environment):
    """Which lock and version it holds; "" where that is not known."""
    try:
        return _stamp(environment).read_text(encoding="utf-8")
    except OSError:
        return ""


def _wanted():
    return hashlib.sha256(PYTHON.encode() + (ROOT / "uv.lock").read_bytes()).hexdigest()


def say(text):
    """Tells what is going on."""
    print("• " + text, flush=True)


def stop(text):
    """Ends with a message that says what to do."""
    sys.exit("✗ " + text)


def write_any_sign():
    """Makes what is said readable, or at least no failure, in a locale without its signs."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    write_any_sign()
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped")
