"""Browsers of a few years ago: what they lack is taken out before the widget loads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.widget.conftest import WIDGET, Widget

Visit = Callable[..., Widget]
# What came after the oldest browsers that docs/widget.md names.
LACKING = """
  delete AbortSignal.timeout; delete AbortSignal.any; delete Object.hasOwn; delete window.structuredClone;
  delete Array.prototype.at; delete String.prototype.at; delete Array.prototype.findLast; delete Array.prototype.toSorted;
  delete Element.prototype.checkVisibility;
  for (const name of ["showPopover", "hidePopover", "togglePopover", "popover"]) delete HTMLElement.prototype[name];
  for (const name of ["withResolvers", "any"]) delete Promise[name];
  delete window.visualViewport;
"""


def test_a_conversation_is_held_without_what_is_newer(visit: Visit) -> None:
    def older(page: Any) -> None:
        page.add_init_script(LACKING)

    widget = visit(before=older, viewport={"width": 390, "height": 700}).open()
    assert "13,76" in widget.ask("combien coûte un duplicata ?")
    widget.page.reload()
    widget.open()
    assert widget.said.count() == 1
    widget.page.get_by_role("button", name="Fermer").click()
    assert widget.page.get_by_role("button", name="Une question").is_visible()


def test_requests_need_nothing_newer_either(visit: Visit) -> None:
    def older(page: Any) -> None:
        page.add_init_script(LACKING)
        page.route("**/socket.io/**", lambda route: route.abort())
        page.add_init_script("window.WebSocket = class { constructor() { throw new Error(); } };")

    assert "13,76" in visit(before=older).open().ask("combien coûte un duplicata ?")


def test_a_browser_without_what_cannot_be_done_without_keeps_the_link(visit: Visit) -> None:
    def oldest(page: Any) -> None:
        page.add_init_script("delete Document.prototype.adoptedStyleSheets;")

    page = visit(before=oldest).page
    assert page.get_by_role("link", name="Poser une question sur la carte grise").is_visible()


def test_every_length_that_is_newer_has_an_older_one_before_it() -> None:
    css = (WIDGET / "src" / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"^(?!@supports).*\d(?:dvh|svh|lvh|dvw|cqi).*$", css, re.MULTILINE) == []
    assert ":has(" not in css
