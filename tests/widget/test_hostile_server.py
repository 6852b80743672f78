"""Whatever a server sends is shown as text: nothing of it runs, and no odd shape breaks the widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.widget.conftest import Widget, scripted

Visit = Callable[..., Widget]
ATTACKS = [
    "<img src=x onerror='window.attacked = true'>",
    "<script>window.attacked = true</script>",
    '"><svg onload=window.attacked=true>',
    "javascript:window.attacked=true",
    "**<b onclick=window.attacked=true>x</b>**",
    'https://x.example/"onmouseover=window.attacked=true',
    "- <iframe srcdoc='<script>parent.attacked=true</script>'></iframe>",
    "{{constructor.constructor('window.attacked=true')()}}",
]
FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "text": lambda attack: {"text": attack},
    "body": lambda attack: {"text": "x", "metadata": {"body": attack}},
    "list": lambda attack: {"text": f"- {attack}\n- {attack}"},
    "steps": lambda attack: {"text": f"1. {attack}"},
    "price": lambda attack: {"text": f"{attack} :\n- {attack} : 11 €"},
    "bold": lambda attack: {"text": f"**{attack}**"},
    "button title": lambda attack: {"text": "x", "buttons": [{"title": attack, "payload": "/x"}]},
    "button payload": lambda attack: {"text": "x", "buttons": [{"title": "Bouton piégé", "payload": attack}]},
    "response": lambda attack: {"text": "x", "metadata": {"response": attack, "sources": [{"title": "s"}]}},
    "source title": lambda attack: {"text": "x", "metadata": {"sources": [{"title": attack, "url": "https://a.example"}]}},
    "source address": lambda attack: {"text": "x", "metadata": {"sources": [{"title": "Lien piégé", "url": attack}]}},
    "source date": lambda attack: {"text": "x", "metadata": {"sources": [{"title": "s", "url": "", "dated": attack}]}},
    "caution": lambda attack: {"text": "x", "metadata": {"caution": attack}},
    "download title": lambda attack: {"text": "x", "metadata": {"downloads": [{"title": attack, "url": "/x"}]}},
    "download address": lambda attack: {"text": "x", "metadata": {"downloads": [{"title": "Fichier piégé", "url": attack}]}},
    "download detail": lambda attack: {"text": "x", "metadata": {"downloads": [{"title": "f", "url": "/x", "detail": attack}]}},
}  # fmt: skip
ODD = [
    {},
    {"text": None, "metadata": None, "buttons": None},
    {"text": 3, "metadata": [], "buttons": {}},
    {"text": "x", "metadata": {"body": [], "sources": "x", "downloads": 4}},
    {"text": "x", "buttons": [None, 1, {}, {"title": 3, "payload": "x"}, {"title": "x"}]},
    {"text": "x", "metadata": {"sources": [None, {}, {"title": 4}, {"title": "a", "url": 5, "dated": []}], "caution": {}}},
    {"text": "x" * 20000},
    {"custom": {"html": "<script>window.attacked = true</script>"}, "image": "javascript:window.attacked=true"},
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_runs_anything(visit: Visit, field: str) -> None:
    widget = visit(before=scripted(lambda _: [FIELDS[field](attack) for attack in ATTACKS])).open()
    widget.send("question")
    widget.answers.nth(len(ATTACKS)).wait_for()
    page = widget.page
    page.evaluate(
        """() => document.querySelector("assistant-carte-grise").shadowRoot.querySelectorAll(".bot button, .bot li")
          .forEach((each) => each.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })))"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.attacked") is None
    found = """() => [...document.querySelector("assistant-carte-grise").shadowRoot
      .querySelectorAll(".log script, .log iframe, .log img, .log svg:not(.icon), .log [onerror], .log [onclick]")].length"""
    assert page.evaluate(found) == 0
    addresses = """() => [...document.querySelector("assistant-carte-grise").shadowRoot.querySelectorAll("a")]
      .map((each) => each.protocol)"""
    assert set(page.evaluate(addresses)) <= {"http:", "https:"}


def test_what_a_person_types_is_shown_as_text(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    for attack in ATTACKS:
        widget.send(attack)
    assert widget.said.count() == len(ATTACKS)
    widget.page.reload()
    assert widget.said.count() == len(ATTACKS)
    assert widget.page.evaluate("window.attacked") is None


def test_odd_shapes_break_nothing(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: ODD)).open()
    widget.send("question")
    widget.answers.nth(len(ODD)).wait_for()
    before = widget.answers.count()
    widget.send("encore")
    widget.wait_for_answer(before)


@pytest.mark.parametrize(
    "kept", ["null", "3", "{}", "[", '{"id": 3}', '{"id": "x", "entries": {}, "outbox": []}']
)
def test_a_spoilt_storage_starts_a_new_conversation(visit: Visit, kept: str) -> None:
    widget = visit(before=scripted(lambda _: [{"text": "Voici."}])).open()
    widget.ask("question")
    widget.page.evaluate("(kept) => sessionStorage.setItem(Object.keys(sessionStorage)[0], kept)", kept)
    widget.page.evaluate("() => { document.querySelector('assistant-carte-grise').remove(); }")
    widget.page.reload()
    widget.open()
    assert "Voici." in widget.ask("question")


def test_a_greeting_is_text(visit: Visit, assistant, other_site) -> None:
    page = other_site(
        "<!doctype html><html lang=fr><title>x</title>"
        "<assistant-carte-grise open greeting='&lt;img src=x onerror=window.attacked=true&gt;'></assistant-carte-grise>"
        f"<script src='{assistant.address}/widget/assistant-carte-grise.js'></script>",
        {},
    )
    widget = visit(page)
    assert "<img src=x" in widget.answers.first.inner_text()
    assert widget.page.evaluate("window.attacked") is None
