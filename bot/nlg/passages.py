"""The passages of an answer: the parts that can be said by themselves, and the answer begun with one.

A passage is a paragraph, a row of a list, a step, a list that continues its introduction ("Vous pouvez
rouler avec :"), or a question with the paragraph or steps that answer it. Texts are the templates of
``responses:``, one paragraph, row or step a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

_ROW = re.compile(r"^(?:[-•]|\d{1,2}\.)\s+")
_STEP = re.compile(r"^\d{1,2}\.\s+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀÉÈÊÎÔ])")
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Passage:
    """Lines of an answer, as ranks in it."""

    lines: tuple[int, ...]


def passages(text: str) -> tuple[Passage, ...]:
    """The passages of an answer, in order; each line belongs to one at most."""
    lines = text.strip().splitlines()
    found: list[Passage] = []
    rank = 0
    while rank < len(lines):
        rows = len(list(takewhile(_ROW.match, lines[rank + 1 :])))
        if _ROW.match(lines[rank]):
            found.append(Passage((rank,)))
            rank += 1
        elif _is_continued(lines, rank, rows) or (lines[rank].endswith("?") and rows):
            found.append(Passage(tuple(range(rank, rank + rows + 1))))
            rank += rows + 1
        else:
            if not lines[rank].rstrip().endswith((":", "?")) and len(lines[rank].split()) >= _FEWEST_WORDS:
                found.append(Passage((rank,)))
            rank += 1
    return tuple(found)


def sentences(text: str, passage: Passage) -> tuple[str, ...]:
    """The sentences of a passage in plain words, without marks and values, to be compared with a question."""
    lines = text.strip().splitlines()
    plain = (
        _PLACEHOLDER.sub("", _ROW.sub("", lines[rank])).replace("**", "").strip() for rank in passage.lines
    )
    return tuple(sentence for line in plain for sentence in _SENTENCE_END.split(line) if sentence)


def beginning_with(text: str, passage: Passage) -> str:
    """The whole answer with that passage first; a step is said first and stays among the others."""
    lines = text.strip().splitlines()
    if 0 in passage.lines:
        return text.strip()
    said = [lines[rank] for rank in passage.lines]
    if len(said) == 1:
        said = [_ROW.sub("", said[0])]
    moved = () if _STEP.match(lines[passage.lines[0]]) else passage.lines
    return "\n".join([*said, *(line for rank, line in enumerate(lines) if rank not in moved)])


def _is_continued(lines: list[str], rank: int, rows: int) -> bool:
    """Whether the rows below a line continue its sentence: each means something only behind it."""
    if not rows or not lines[rank].rstrip().endswith(":"):
        return False
    following = (_ROW.sub("", line) for line in lines[rank + 1 : rank + 1 + rows])
    return any(line[:1].islower() for line in following)
