"""The environment is made anew where it cannot be used, from the index that this machine is told."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot import install, package_index, settings

WHEEL = "tiny-1.0-py3-none-any.whl"
PASSWORD = "p@ss/w:rd#é"
IN_ADDRESS = "p%40ss%2Fw%3Ard%23%C3%A9"
LOCK = """version = 1
revision = 3
requires-python = ">=3.12"

[[package]]
name = "house"
version = "0"
source = {{ virtual = "." }}
dependencies = [{{ name = "tiny" }}]

[package.metadata]
requires-dist = [{{ name = "tiny" }}]

[[package]]
name = "tiny"
version = "1.0"
source = {{ registry = "https://pypi.org/simple" }}
wheels = [
    {{ url = "https://files.pythonhosted.example/{wheel}", hash = "sha256:{digest}", size = {size} }},
]
"""


class Mirror(BaseHTTPRequestHandler):
    """A private index: pages of HTML or JSON and files, for who knows the password."""

    folder: Path
    as_json = False
    # Where the files are kept, for a mirror that sends its callers on.
    elsewhere = ""
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        given = self.headers.get("Authorization")
        self.asked.append((self.path, given))
        wanted = "Basic " + base64.b64encode(f"agent:{PASSWORD}".encode()).decode()
        if not self.path.startswith("/open/") and given != wanted:
            return self._send(401, b"", "text/plain")
        name = self.path.rpartition("/")[2]
        if self.path == "/simple/tiny/" and self.as_json:
            page = json.dumps({"files": [{"filename": WHEEL, "url": f"../../files/{WHEEL}"}]})
            self._send(200, page.encode(), "application/vnd.pypi.simple.v1+json")
        elif self.path == "/simple/tiny/":
            page = f'<!DOCTYPE html><body><a href="../../files/{WHEEL}">{WHEEL}</a>\n</body>'
            self._send(200, page.encode(), "text/html; charset=utf-8")
        elif self.elsewhere and not self.path.startswith("/open/"):
            self.send_response(302)
            self.send_header("Location", f"{self.elsewhere}/open/{name}")
            self.end_headers()
        elif (self.folder / name).is_file():
            self._send(200, (self.folder / name).read_bytes(), "application/octet-stream")
        else:
            self._send(404, b"", "text/plain")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[type[Mirror]]:
    """A mirror that holds one package; ``mirror.port`` is where."""
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("tiny.py", "SIZE = 1\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    handler = type("Handler", (Mirror,), {"folder": tmp_path, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose environment and home say nothing of an index."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "NETRC")
    for name in (*names, "REQUESTS_CA_BUNDLE", "XDG_CONFIG_HOME", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "home" / "no.conf"))
    (tmp_path / "home").mkdir()


def private(mirror: type[Mirror]) -> str:
    return f"http://agent:{IN_ADDRESS}@127.0.0.1:{mirror.port}/simple/"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_is_found_on_a_page_of_html_or_of_json_behind_a_password(
    mirror: type[Mirror], tmp_path: Path, as_json: bool
) -> None:
    mirror.as_json = as_json
    fetched = package_index.Index(private(mirror)).fetch("tiny", "tiny-1.0")
    assert fetched == (tmp_path / WHEEL).read_bytes()


def test_the_password_may_stand_in_netrc(mirror: type[Mirror], tmp_path: Path) -> None:
    netrc = tmp_path / "home" / ".netrc"
    netrc.write_text(f'machine 127.0.0.1 login agent password "{PASSWORD}"\n', encoding="utf-8")
    netrc.chmod(0o600)
    index = package_index.Index(f"http://127.0.0.1:{mirror.port}/simple")
    assert index.fetch("tiny", "tiny-") == (tmp_path / WHEEL).read_bytes()


def test_the_password_is_not_told_where_a_mirror_keeps_its_files(
    mirror: type[Mirror], tmp_path: Path
) -> None:
    mirror.elsewhere = f"http://localhost:{mirror.port}"
    assert package_index.Index(private(mirror)).fetch("tiny", "tiny-") == (tmp_path / WHEEL).read_bytes()
    assert mirror.asked[-1] == (f"/open/{WHEEL}", None)


def test_no_message_shows_the_password(mirror: type[Mirror]) -> None:
    index = package_index.Index(private(mirror))
    with pytest.raises(LookupError) as none:
        index.fetch("tiny", "huge-")
    assert f"http://127.0.0.1:{mirror.port}/simple" in str(none.value)
    assert IN_ADDRESS not in f"{none.value} {index}" and PASSWORD not in f"{none.value} {index}"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"])
def test_an_index_is_told_by_a_variable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "https://agent:secret@nexus.example/repository/pypi/simple/")
    index = package_index.configured()
    assert index.is_private and str(index) == "https://nexus.example/repository/pypi/simple"


@pytest.mark.parametrize("place", [".config/pip/pip.conf", ".pip/pip.conf"])
def test_an_index_is_told_by_pips_file(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not package_index.configured().is_private
    file = tmp_path / "home" / place
    file.parent.mkdir(parents=True)
    file.write_text("[global]\nindex-url = https://a:50%off@nexus.example/simple\n", encoding="utf-8")
    assert str(package_index.configured()) == "https://nexus.example/simple"
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert not package_index.configured().is_private


@pytest.fixture
def house(tmp_path: Path, mirror: type[Mirror], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one locked package, to be installed by the real uv."""
    uv = shutil.which("uv") or str(settings.ROOT / ".tools" / "uv")
    if not os.access(uv, os.X_OK):
        pytest.skip("uv is not installed")
    folder = tmp_path / "house"
    folder.mkdir()
    wheel = (tmp_path / WHEEL).read_bytes()
    digest = hashlib.sha256(wheel).hexdigest()
    (folder / "uv.lock").write_text(LOCK.format(wheel=WHEEL, digest=digest, size=len(wheel)))
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "house"\nversion = "0"\nrequires-python = ">=3.12"\ndependencies = ["tiny"]\n'
    )
    monkeypatch.setattr(install, "ROOT", folder)
    monkeypatch.setattr(install, "ENVIRONMENT", folder / ".venv")
    monkeypatch.setattr(install, "TOOLS", folder / ".tools")
    monkeypatch.setattr(install, "FREE_BYTES", 0)
    monkeypatch.setattr(install.shutil, "which", lambda name: uv if name == "uv" else None)
    monkeypatch.setattr(install, "find_python", lambda _: sys.executable)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", private(mirror))
    # Set by ``main``: taken back at the end.
    monkeypatch.setenv("UV_DEFAULT_INDEX", "")
    return folder


def test_the_lock_is_installed_from_the_private_index(
    house: Path, mirror: type[Mirror], capfd: pytest.CaptureFixture[str]
) -> None:
    install.main()
    told = capfd.readouterr()
    python = house / ".venv" / "bin" / "python"
    shown = subprocess.run([python, "-c", "import tiny; print(tiny.SIZE)"], capture_output=True, text=True)
    assert shown.stdout == "1\n"
    assert (f"/files/{WHEEL}", mirror.asked[-1][1]) == mirror.asked[-1]
    assert IN_ADDRESS not in told.out + told.err
    # Nothing is asked a second time.
    before = len(mirror.asked)
    install.main()
    assert len(mirror.asked) == before and capfd.readouterr().out == ""


def test_a_file_that_is_not_the_one_locked_is_not_installed(house: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / WHEEL, "a") as wheel:
        wheel.writestr("another.py", "")
    with pytest.raises(SystemExit, match="could not be created"):
        install.main()
    assert not list((house / ".venv").glob("lib/*/site-packages/tiny.py"))


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as uv leaves it, made in that folder, by which ``install`` stands."""
    environment = folder / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    (environment / "bin" / "activate").write_text(f"# …\nVIRTUAL_ENV='{environment}'\nexport VIRTUAL_ENV\n")
    (environment / "machine.txt").write_text(install._machine())
    monkeypatch.setattr(install, "ENVIRONMENT", environment)
    monkeypatch.setattr(install, "PYTHON", f"{sys.version_info.major}.{sys.version_info.minor}")
    return environment


def test_an_environment_is_used_where_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = made(tmp_path / "a house", monkeypatch)
    assert install._is_ours()
    # One of an earlier version does not tell its machine.
    (environment / "machine.txt").unlink()
    assert install._is_ours()


def test_an_environment_on_another_disk_is_used_through_its_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = made(tmp_path / "disk", monkeypatch)
    (tmp_path / "link").symlink_to(environment)
    monkeypatch.setattr(install, "ENVIRONMENT", tmp_path / "link")
    assert install._is_ours()


def test_a_moved_environment_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "before", monkeypatch)
    (tmp_path / "before").rename(tmp_path / "after")
    monkeypatch.setattr(install, "ENVIRONMENT", tmp_path / "after" / ".venv")
    assert not install._is_ours()


@pytest.mark.parametrize("target", ["/nowhere/python3.12", "/bin/false", __file__])
def test_an_environment_whose_python_is_gone_or_runs_no_more_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    python = made(tmp_path, monkeypatch) / "bin" / "python"
    python.unlink()
    python.symlink_to(target)
    assert not install._is_ours()


def test_an_environment_of_another_kind_of_machine_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made(tmp_path, monkeypatch) / "machine.txt").write_text("Linux sparc64 glibc")
    assert not install._is_ours()


def test_of_a_link_only_the_link_is_removed(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "shared")
    install._remove(tmp_path / "link")
    assert (tmp_path / "shared").is_dir() and not os.path.lexists(tmp_path / "link")


def test_a_moved_environment_is_made_anew(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    install.main()
    activation = house / ".venv" / "bin" / "activate"
    activation.write_text(activation.read_text().replace(str(house), "/elsewhere"))
    (house / ".venv" / "left.txt").touch()
    install.main()
    assert "making it anew" in capfd.readouterr().out
    assert install._is_ours() and not (house / ".venv" / "left.txt").exists()
