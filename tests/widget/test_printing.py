"""The conversation on paper: whole, whatever the panel is on the screen and whatever is folded in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from tests.widget.conftest import Widget, scripted

Visit = Callable[..., Widget]
MESSAGES = 30
SOURCES = [{"title": f"Texte numéro {rank}", "url": f"https://source.example/{rank}"} for rank in range(6)]
ANSWER = {
    "text": "x",
    "metadata": {"body": "Voici une réponse.\n" * 6 + "Fin de la réponse.", "sources": SOURCES},
}
SETTINGS = {
    "beside the page": ("/", {"viewport": {"width": 1280, "height": 800}}),
    "over the page": ("/", {"viewport": {"width": 390, "height": 844}}),
    "in the page": ("/assistant", {"viewport": {"width": 1280, "height": 800}}),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_message_and_source_is_printed(visit: Visit, setting: str) -> None:
    path, options = SETTINGS[setting]
    widget = visit(path, before=scripted(lambda _: [ANSWER]), **options)
    if path == "/":
        widget.open()
    for rank in range(MESSAGES):
        widget.ask(f"question numéro {rank}")
    focused = widget.focused()
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(widget.page.pdf())).pages)
    words = re.sub(r"\s+", " ", printed)
    assert [rank for rank in range(MESSAGES) if f"question numéro {rank}" not in words] == []
    assert words.count("Fin de la réponse.") == MESSAGES
    assert words.count("Texte numéro 5") == MESSAGES
    assert "https://source.example/5" in words
    assert widget.focused() == focused
    # On the screen all is as before.
    assert widget.page.locator("details[open]").count() == 0
    assert widget.page.get_by_role("button", name="Envoyer").is_visible()
    assert widget.page.locator("dialog:modal").count() == (1 if setting == "over the page" else 0)
