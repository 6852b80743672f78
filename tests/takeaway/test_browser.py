"""The sheet and a letter in a real browser, from the running assistant: accessible, private, printable."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from bot.takeaway.store import SheetStore
from tests.conftest import Assistant
from tests.takeaway.conftest import CASES, KEEP_FOR
from tests.widget.conftest import WATCH_POLICY
from tests.widget.conftest import browser as browser
from tests.widget.test_accessibility import axe

SETTINGS = {
    "telephone": {"viewport": {"width": 360, "height": 740}},
    "dark": {"viewport": {"width": 1000, "height": 740}, "color_scheme": "dark"},
    "zoomed to 400 %": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"viewport": {"width": 360, "height": 740}, "forced_colors": "active"},
}
TYPED = ("Camille Essai", "ZZ-999-ZZ")
PAGES = ("", "?version=simple", "/lettre/gracious_appeal", "/lettre/mandate")


@pytest.fixture
def token(assistant: Assistant) -> str:
    """A sheet kept where the running assistant looks for it, made the day of the test."""
    database = assistant.process("bot.server").environ()["CONVERSATIONS_DB"]
    facts, guide, _ = CASES["refused"]
    now = dt.datetime.now(dt.UTC)
    return SheetStore(f"sqlite:///{database}", KEEP_FOR).make(
        {**facts, "refused_on": (now.date() - dt.timedelta(days=10)).isoformat()}, guide, now.date(), now
    )


@pytest.fixture
def visit(assistant: Assistant, browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address; no error and no breach of the page's policy may occur in it."""
    opened: list[tuple[Any, Any, list[str]]] = []

    def go(path: str, **options: Any) -> Any:
        context = browser.new_context(locale="fr-FR", **options)
        context.add_init_script(WATCH_POLICY)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(assistant.address + path, wait_until="networkidle")
        opened.append((context, page, errors))
        return page

    yield go
    for context, page, errors in opened:
        assert errors == [] and page.evaluate("window.policyViolations") == []
        context.close()


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_rule_of_accessibility_is_broken(visit: Callable[..., Any], token: str, setting: str) -> None:
    for path in (*(f"/fiche/{token}{end}" for end in PAGES), "/fiche/none"):
        page = visit(path, **SETTINGS[setting])
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_what_is_typed_on_the_sheet_is_printed_and_goes_nowhere(
    visit: Callable[..., Any], token: str, browser: Any
) -> None:
    page = visit(f"/fiche/{token}")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.url} {request.post_data or ''}"))
    for label, value in zip(("Nom", "Plaque"), TYPED, strict=True):
        page.get_by_label(label, exact=True).fill(value)
    assert requests == []
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    text = "\n".join(sheet.extract_text() for sheet in printed.pages)
    assert all(value in text for value in TYPED)
    assert "Effacer cette fiche" not in text and "Version facile" not in text
    page.get_by_text("Ajouter ou corriger une date").click()
    page.get_by_role("button", name="Recalculer la fiche").click()
    page.wait_for_load_state()
    assert requests and not [request for request in requests if any(value in request for value in TYPED)]
    stores = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie.length]")
    assert stores == [0, 0, 0]


def test_a_blank_of_a_letter_is_filled_wherever_it_stands(visit: Callable[..., Any], token: str) -> None:
    page = visit(f"/fiche/{token}/lettre/gracious_appeal")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_text("Remplir les blancs ici").click()
    page.get_by_label("Vos prénom et nom").fill(TYPED[0])
    letter = page.locator("#lettre").inner_text()
    assert letter.count(TYPED[0]) == 2 and "[vos prénom et nom]" not in letter
    page.get_by_label("Vos prénom et nom").fill("")
    assert page.locator("#lettre").inner_text().count("[vos prénom et nom]") == 2
    assert requests == []


def test_a_letter_is_copied_as_it_stands(visit: Callable[..., Any], token: str) -> None:
    page = visit(f"/fiche/{token}/lettre/reasons", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier le texte").click()
    page.get_by_role("button", name="Texte copié").wait_for()
    assert "L211-5" in page.evaluate("navigator.clipboard.readText()")


def test_the_pages_work_without_javascript(
    visit: Callable[..., Any], assistant: Assistant, browser: Any, token: str
) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{assistant.address}/fiche/{token}")
    assert not page.get_by_role("button", name="Imprimer").is_visible()
    page.get_by_text("Ajouter ou corriger une date").click()
    day = dt.date.today() - dt.timedelta(days=2)
    page.get_by_label("Jour de la déclaration de perte ou de vol").fill(day.isoformat())
    page.get_by_role("button", name="Recalculer la fiche").click()
    assert "rouler avec la déclaration" in page.locator("section.dates").inner_text()
    page.get_by_role("link", name="Version facile à lire").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ma carte grise\u00a0: que faire\u00a0?"
    page.get_by_role("button", name="Effacer cette fiche maintenant").click()
    page.get_by_role("heading", name="La fiche est effacée").wait_for()
    assert page.goto(f"{assistant.address}/fiche/{token}").status == 404
    context.close()
