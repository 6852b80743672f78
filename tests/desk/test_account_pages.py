"""The pages of accounts in a browser: by keyboard, at both widths, without breaking an accessibility rule."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from bot.mediator import clock
from tests.desk.conftest import PASSWORD, OpenDesk
from tests.widget.conftest import browser  # noqa: F401 - a fixture
from tests.widget.test_accessibility import axe

SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 800})
NEW = "le bus de 8h12 est en retard"


class Visitor:
    """A browser of one person, and what was wrong on the pages that it saw."""

    def __init__(self, browser: Any, address: str) -> None:  # noqa: F811 - a browser
        """At the desk's address."""
        self._context = browser.new_context(locale="fr-FR")
        self.page = self._context.new_page()
        self.page.set_default_timeout(60_000)
        self.address = address
        self.broken: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        for size in SIZES:
            self.page.set_viewport_size(size)
            found = axe(self.page)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{width} pixels wide")
            if found:
                self.broken[f"{name} at {size['width']}"] = found

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def type_into(self, label: str, text: str, then: str = "") -> None:
        """Fills a field as a keyboard does; ``then`` is the key pressed after."""
        self.page.get_by_label(label, exact=True).first.focus()
        self.page.keyboard.type(text)
        if then:
            self.page.keyboard.press(then)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        self.open("/connexion")
        self.type_into("Identifiant", login)
        with self.page.expect_navigation():
            self.type_into("Mot de passe", password, "Enter")


@pytest.fixture
def visitor(open_desk: OpenDesk, browser: Any) -> Any:  # noqa: F811 - the fixture
    """Makes a visitor; whatever they saw must break no rule."""
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(browser, open_desk.address))
        return made[-1]

    yield make
    assert [each.broken for each in made if each.broken] == []


def test_one_sets_up_a_second_factor_and_signs_in_with_it_by_keyboard(
    open_desk: OpenDesk, visitor: Any
) -> None:
    open_desk.signed_in("mediator", "marie")
    marie = visitor()
    marie.sign_in("marie")
    marie.page.get_by_role("heading", name="File d’attente").wait_for()
    marie.page.get_by_role("link", name="marie").focus()
    marie.page.keyboard.press("Enter")
    marie.page.get_by_role("heading", name="Mon compte").wait_for()
    marie.look("my account")
    marie.page.get_by_role("link", name="Mettre en place la double authentification").focus()
    marie.page.keyboard.press("Enter")
    secret = marie.page.locator("#secret").inner_text().replace(" ", "")
    marie.type_into("Code à six chiffres", "000000", "Tab")
    marie.page.keyboard.type(PASSWORD)
    marie.page.keyboard.press("Enter")
    marie.page.get_by_role("alert").wait_for()
    marie.look("a wrong code at the set-up")
    marie.type_into("Code à six chiffres", pyotp.TOTP(secret).now())
    marie.type_into("Votre mot de passe", PASSWORD, "Enter")
    marie.page.get_by_role("heading", name="Vos codes de secours").wait_for()
    marie.look("recovery codes")
    code = marie.page.locator(".codes code").first.inner_text()

    elsewhere = visitor()
    elsewhere.sign_in("marie")
    elsewhere.page.get_by_role("heading", name="Code de connexion").wait_for()
    elsewhere.type_into("Code à six chiffres de votre application, ou un code de secours", "000000", "Enter")
    elsewhere.page.get_by_role("alert").wait_for()
    elsewhere.look("the code of a sign-in")
    elsewhere.type_into("Code à six chiffres de votre application, ou un code de secours", code, "Enter")
    elsewhere.page.get_by_role("heading", name="File d’attente").wait_for()
    elsewhere.open("/mon-compte")
    elsewhere.page.get_by_text("9 codes de secours").wait_for()
    elsewhere.look("my account with a second factor")


def test_an_administrator_hands_out_a_new_password_and_sees_what_failed(
    open_desk: OpenDesk, visitor: Any
) -> None:
    open_desk.signed_in("administrator", "anne")
    open_desk.signed_in("mediator", "marie")
    anne, marie = visitor(), visitor()
    anne.sign_in("anne")
    marie.sign_in("marie", "un autre mot de passe")
    marie.page.get_by_role("alert").wait_for()
    anne.open("/comptes")
    anne.page.get_by_role("button", name="Mot de passe oublié par marie").focus()
    anne.page.keyboard.press("Enter")
    anne.page.get_by_role("heading", name="Nouveau mot de passe pour marie").wait_for()
    anne.look("an address handed out")
    address = anne.page.locator("code.address").inner_text()
    marie.open("/" + address.split("/", 3)[3])
    marie.type_into("Nouveau mot de passe", "motdepasse123")
    marie.type_into("Le même mot de passe", "motdepasse123", "Enter")
    marie.page.get_by_role("alert").wait_for()
    marie.look("a password refused")
    marie.type_into("Nouveau mot de passe", NEW)
    marie.type_into("Le même mot de passe", NEW, "Enter")
    marie.page.get_by_text("Votre mot de passe est changé").wait_for()
    marie.look("signing in after a reset")
    anne.open("/comptes/connexions-refusees")
    anne.look("failed sign-ins")
    anne.open("/journal")
    anne.look("journal")
    anne.open("/nulle-part")
    anne.look("an unknown address")


def test_hours_that_are_refused_are_shown_where_they_are_wrong(open_desk: OpenDesk, visitor: Any) -> None:
    open_desk.signed_in("administrator", "anne")
    anne = visitor()
    anne.sign_in("anne")
    anne.open("/comptes")
    anne.page.locator("#new-desk-name").fill("Mairie")
    anne.page.locator("#new-desk-place").select_option(label="La Réunion (974)")
    anne.page.locator("#new-desk-day-1").fill("9h-12h, 11h-14h")
    anne.page.keyboard.press("Enter")
    field = anne.page.locator("#new-desk-day-1")
    anne.page.locator("#fault-of-day").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert anne.page.evaluate("document.activeElement.id") == "new-desk-day-1"
    assert anne.page.locator("#new-desk-name").input_value() == "Mairie"
    anne.look("hours refused")
    field.fill("9h à 12h, 14h à 17h30")
    anne.page.keyboard.press("Enter")
    anne.page.get_by_role("heading", name="Mairie", exact=True).wait_for()
    shown = anne.page.locator('[id^="desk-"][id$="-day-1"]')
    assert shown.input_value() == "9h00-12h00, 14h00-17h30"
    room = "element => element.clientWidth - element.scrollWidth"
    assert shown.evaluate(room) >= 0
    anne.page.locator("summary", has_text="Jours particuliers").click()
    anne.page.locator('[name="first_on"]').fill(clock.today().isoformat())
    anne.page.get_by_role("button", name="Ajouter ces jours").click()
    anne.page.locator("summary", has_text="Jours particuliers").click()
    anne.page.locator("summary", has_text="Fermer ou supprimer").click()
    anne.look("days apart")
