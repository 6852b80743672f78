"""A stable, irreversible pseudonym for a conversation, used where its id must not be stored."""

from __future__ import annotations

import hashlib


def pseudonym(conversation: str) -> str:
    """The hash of a conversation's id; ids are drawn at random or keyed hashes, so that it needs no salt."""
    return hashlib.sha256(f"conversation\0{conversation}".encode("utf-8", "surrogatepass")).hexdigest()
