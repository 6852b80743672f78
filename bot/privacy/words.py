"""French words that end a person's or a street's name: the sentence continues with them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import msgspec


def fold(word: str) -> str:
    """Lower case, without accents, apostrophes straight."""
    decomposed = unicodedata.normalize("NFD", word.replace("’", "'").lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_LISTS = msgspec.yaml.decode(Path(__file__).with_suffix(".yml").read_bytes(), type=dict[str, str])

PARTICLES = frozenset(_LISTS["particles"].split())
ROLES = frozenset(_LISTS["roles"].split())
AFTER_A_NAME = frozenset(_LISTS["after_a_name"].split())
GIVEN_NAMES = frozenset(_LISTS["given_names"].split())
MAKES = frozenset(_LISTS["makes"].split())
MODELS_LIKE_NAMES = frozenset(_LISTS["models_like_names"].split())
CARS = MAKES | frozenset(_LISTS["models"].split())
NEVER_A_NAME = AFTER_A_NAME | CARS | frozenset(_LISTS["never_a_name"].split())
AFTER_A_FOREIGN_NAME = frozenset(_LISTS["after_a_foreign_name"].split())
