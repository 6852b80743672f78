"""The questions of one message, each in its own words. Plain functions."""

from __future__ import annotations

import re

from bot.nlu.manner import asks
from bot.nlu.text import fold

# A long story asks one thing, however many sentences it takes.
MAX_WORDS = 40
MIN_PART_WORDS = 2
MAX_PARTS = 3
# What is shorter asks one thing.
MIN_CUT_WORDS = 6
# The longest question that is read with the story before it alone.
MAX_WORDS_OF_STORY = 4
# Each costs two readings of the message.
MAX_CUTS = 4
_MAY_BEGIN = re.compile(
    r"\s*(?P<mark>[?!;]+|\.(?=\s)|,(?=\s))\s*(?:(?:et|puis|ensuite|mais|sinon|ou)\s+)?"
    r"|\s+(?:et|puis|ensuite|sinon)\s+(?:aussi\s+|sinon\s+|puis\s+|du coup\s+)?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=[a-zé)])\.\s+|\s*;\s*")
_INTERROGATIVE = (
    r"(?:combien|cmb|comment|coment|ou (?=est|dois|puis|faut|aller|je|on)|quand|quels? |quelles? |qui "
    r"|que faire|est[- ]?ce que|esk|c.est quoi|quoi|faut[- ]il|il faut|puis[- ]je|je peux|peut[- ]on"
    r"|on peut|dois[- ]je|je dois|ca (?:coute|prend|met|dure)|c.est (?:combien|cher|long|payant|obligatoire))"
)
_COORDINATION = re.compile(
    rf",?\s+(?:et|ou|puis|ensuite|aussi)(?: aussi| sinon)?\s+(?={_INTERROGATIVE})|,\s+(?={_INTERROGATIVE})"
)


def questions_in(text: str) -> tuple[str, ...]:
    """The parts of ``text`` (normalised) that each ask something, () where it asks at most one thing.

    A sentence that asks nothing goes with the question after it, whose case it tells.
    """
    if len(text.split()) > MAX_WORDS:
        return ()
    parts: list[str] = []
    told: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        for clause in _clauses(sentence or ""):
            if asks(clause) and len(clause.split()) >= MIN_PART_WORDS:
                parts.append(" ".join([*told, clause]))
                told = []
            elif clause:
                told.append(clause)
    return tuple(parts) if 1 < len(parts) <= MAX_PARTS else ()


def cuts_of(text: str) -> tuple[tuple[str, str], ...]:
    """Each way to part ``text`` (normalised) in two where another request may begin, the likeliest first.

    Cuts at a mark of punctuation come before those at "et": there the classifier has to decide.
    """
    if not MIN_CUT_WORDS <= len(text.split()) <= MAX_WORDS:
        return ()
    found = []
    for match in _MAY_BEGIN.finditer(text):
        parts = (text[: match.start()].strip(" ,"), text[match.end() :].strip(" ,"))
        # A short question means what was told before it: "le facteur est passé, je dois signer ?" asks once.
        is_of_story = not asks(parts[0]) and asks(parts[1]) and len(parts[1].split()) <= MAX_WORDS_OF_STORY
        if not is_of_story and all(len(part.split()) >= MIN_PART_WORDS for part in parts):
            found.append((match["mark"] is None, parts))
    found.sort(key=lambda cut: cut[0])
    return tuple(parts for _, parts in found[:MAX_CUTS])


def _clauses(sentence: str) -> list[str]:
    """The sentence cut where a second question is joined to the first."""
    cuts = [0]
    folded = fold(sentence)
    for match in _COORDINATION.finditer(folded):
        if asks(sentence[cuts[-1] : match.start()]):
            cuts.append(match.end())
    ends = [*cuts[1:], len(sentence)]
    clauses = [sentence[start:end] for start, end in zip(cuts, ends, strict=True)]
    return [
        re.sub(r",?\s+(?:et|ou|puis|ensuite|aussi)(?: aussi| sinon)?\s*$", "", c).strip(" ,") for c in clauses
    ]
