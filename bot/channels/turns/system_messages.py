"""What is said when the model itself cannot answer; read from the responses file, not from the model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict

from bot.nlg.sentences import Sentences
from bot.settings import ROOT

NOTICES_FILE = ROOT / "data" / "nlu" / "responses" / "notices.yml"


def notice(name: str, **values: Any) -> Dict[str, Any]:
    """The notice's text, buttons and metadata; raises KeyError where the file does not hold it."""
    rendered = _sentences().render(name, {}, "", values)
    if rendered is None:
        raise KeyError(name)
    return rendered


@lru_cache(maxsize=1)
def _sentences() -> Sentences:
    return Sentences.read(NOTICES_FILE)
