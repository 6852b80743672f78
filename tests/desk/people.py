"""Real browsers side by side: citizens in the widget, mediators at the desk that the supervisor started."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.request
from typing import Any

from tests.conftest import ROOT, Assistant
from tests.desk.conftest import PASSWORD
from tests.widget.conftest import ANSWER_MILLISECONDS, Widget

START_SECONDS = 120


class People:
    """Opens pages for several persons, each in a browser context of their own."""

    def __init__(self, assistant: Assistant, browser: Any) -> None:
        """Waits until the desk answers."""
        self.assistant = assistant
        self._browser = browser
        self._contexts: list[Any] = []
        self.errors: list[str] = []
        limit = time.monotonic() + START_SECONDS
        while not self._is_desk_up():
            assert time.monotonic() < limit, "the desk did not start"
            time.sleep(0.3)

    @property
    def desk(self) -> str:
        """The desk's address."""
        return self.assistant.process("bot.mediator").environ()["DESK_URL"]

    def citizen(self, **options: Any) -> Widget:
        """A person on the assistant's page, in a browser with those options."""
        page = self._page(**options)
        page.goto(f"{self.assistant.address}/assistant")
        return Widget(page)

    def staff(self, role: str, login: str, **options: Any) -> Any:
        """The page of somebody who accepted an invitation to that role."""
        page = self._page(**options)
        page.goto(self.invitation(role))
        page.get_by_label("Identifiant").fill(login)
        page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        page.get_by_label("Le même mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Créer mon compte").click()
        page.get_by_role("heading", name="File d’attente").wait_for()
        return page

    def sign_in(self, form: Any, login: str) -> None:
        """Signs somebody who has an account in, by a form or a dialog."""
        form.get_by_label("Identifiant").fill(login)
        form.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        form.get_by_role("button", name="Se connecter", exact=True).last.click()

    def visitor(self, address: str) -> Any:
        """A page of the desk seen by somebody without a session."""
        page = self._page()
        page.goto(address)
        return page

    def invitation(self, role: str) -> str:
        """The one-time address that the command prints."""
        command = [sys.executable, "-W", "ignore", "-m", "bot.mediator", "invite", "--role", role]
        environment = self.assistant.process("bot.mediator").environ()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def restart(self, module: str) -> None:
        """Kills a process of the assistant and waits until the supervisor has put another in its place."""
        address = self.desk if module == "bot.mediator" else self.assistant.address
        self.assistant.process(module).kill()
        limit = time.monotonic() + START_SECONDS
        time.sleep(1)
        while not self._answers(f"{address}/health"):
            assert time.monotonic() < limit, f"{module} did not come back"
            time.sleep(0.3)

    def close(self) -> None:
        """Closes every page."""
        for context in self._contexts:
            context.close()

    def _page(self, **options: Any) -> Any:
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "fr-FR", **options}
        context = self._browser.new_context(**options)
        context.set_default_timeout(ANSWER_MILLISECONDS * 2)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._contexts.append(context)
        return page

    def _is_desk_up(self) -> bool:
        with contextlib.suppress(LookupError):
            return self._answers(f"{self.desk}/health")
        return False

    def _answers(self, address: str) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return True
        return False


def hears(citizen: Widget, words: str) -> None:
    """Waits until the window shows an answer with these words."""
    citizen.answers.filter(has_text=words).last.wait_for()


def wait_for_a_person(citizen: Widget) -> str:
    """What somebody reads who asked for a person and agreed to wait."""
    citizen.ask("je veux parler à un conseiller")
    before = citizen.answers.count()
    citizen.page.get_by_role("button", name="Oui, d’accord").last.click()
    return citizen.wait_for_answer(before)


def open_all_week(administrator: Any, name: str) -> None:
    """Gives the desk hours that are open whenever the tests run, except in the last minute of a day."""
    here = administrator.url.partition("/comptes")[0].rstrip("/")
    administrator.goto(f"{here}/comptes")
    administrator.locator("#new-desk-name").fill(name)
    for day in range(7):
        administrator.locator(f"#new-desk-day-{day}").fill("0h-23h59")
    administrator.get_by_role("button", name="Ajouter ce guichet").click()
    administrator.get_by_role("heading", name=name, exact=True).wait_for()
    administrator.goto(here)
