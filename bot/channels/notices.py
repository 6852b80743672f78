"""What is said when the model itself cannot answer; read from the responses file, not from the model."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Dict

import yaml

from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.nlg.generator import SourcedResponseGenerator

NOTICES_FILE = ROOT / "data" / "nlu" / "responses" / "notices.yml"


def notice(name: str, **values: Any) -> Dict[str, Any]:
    """The notice's text, buttons and metadata; raises KeyError where the file does not hold it."""
    rendered = _generator().render(name, {}, "", values)
    if rendered is None:
        raise KeyError(name)
    return rendered


@lru_cache(maxsize=1)
def _generator() -> SourcedResponseGenerator:
    # Rasa takes seconds to import, and the list of channels says nothing.
    from bot.nlg.generator import SourcedResponseGenerator

    generator = SourcedResponseGenerator()
    generator.responses = yaml.safe_load(NOTICES_FILE.read_text(encoding="utf-8"))["responses"]
    return generator
