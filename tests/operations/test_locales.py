"""Whatever the locale, the programs start, and write UTF-8; what a terminal cannot show is no failure."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from bot import settings

# The last two are what a locale of Latin-1 or of ASCII is to Python, on machines that have none installed.
LOCALES = [
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"},
]


def environment(**own: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return {**kept, "PYTHONPATH": str(settings.ROOT), **own}


def run(code: list[str], own: dict[str, str], **streams: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "ignore", *code]
    return subprocess.run(command, cwd=settings.ROOT, env=environment(**own), **streams)  # type: ignore[call-overload]


@pytest.mark.parametrize("own", LOCALES)
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (["-m", "bot.settings"], "le fournisseur d’identité"),
        (["-m", "bot", "train"], "• The model is up to date"),
        # Typed without accents: a command line is read by the locale too.
        (["-c", r"import bot, logging; logging.error('r\xe9ponse \u2713')"], "réponse ✓"),
    ],
)
def test_a_program_writes_utf8_in_every_locale(own: dict[str, str], code: list[str], words: str) -> None:
    done = run(code, own, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert words in (done.stdout + done.stderr).decode("utf-8")


@pytest.mark.parametrize("own", LOCALES)
def test_the_installation_fails_on_no_sign_of_its_own(own: dict[str, str]) -> None:
    said = r"import install; install.write_any_sign(); install.say('\u2717 done')"
    done = run(["-c", f"import sys; sys.path.insert(0, 'bot'); {said}"], own, capture_output=True)
    assert done.returncode == 0 and done.stdout.rstrip().endswith(b" done")


def test_a_terminal_without_the_sign_gets_another() -> None:
    screen, inside = pty.openpty()
    own = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    code = r"import bot; from bot.supervisor import say; say('pr\xeat \u2713')"
    done = run(["-c", code], own, stdout=inside, stderr=inside)
    os.close(inside)
    shown = os.read(screen, 4096)
    os.close(screen)
    assert (done.returncode, shown.decode("latin-1").split()) == (0, ["?", "prêt", "?"])
