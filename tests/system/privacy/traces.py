"""Whether a piece of personal data stands in what programs left behind: in the clear, or without its spaces.

Texts are compared without case, accents and escapes (JSON, addresses, HTML), since a program may have kept
a message in any of these forms. A piece that is also an ordinary word or a short number ("Roy", "13") is
looked for with the words around it in its message: alone it stands everywhere for other reasons.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.system.privacy.masking import Message

CHUNK_CHARACTERS = 4_000_000
# Longer than any piece with its neighbours, so that none is cut in two between chunks.
OVERLAP = 400
CONTEXT = 40
# Fewer letters and digits than SHORTEST, and numbers of fewer than TELLING, say little by themselves.
SHORTEST = 5
TELLING = 8
SQUEEZABLE = 7
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SPACES = re.compile(rb"\s+")
_SEPARATORS = re.compile(rb"[\s._/+-]+")
_READABLE = re.compile(rb"[\x09\x0a\x0d\x20-\x7e\x80-\xff]{4,}")
_ALPHANUMERIC = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True)
class Needle:
    """What is looked for: ``clear`` as a whole word, ``squeezed`` (where it is long enough) anywhere."""

    piece: str
    clear: bytes
    squeezed: bytes = b""


@dataclass
class Traces:
    """What a search met: how much was read, and for each needle found the text around it."""

    size: int = 0
    found: dict[Needle, str] = field(default_factory=dict)


def plain(text: str) -> bytes:
    """The text in the form in which it is compared."""
    text = html.unescape(unquote(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)))
    letters = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold().encode("ascii", "ignore")
    return _SPACES.sub(b" ", letters)


def squeeze(compared: bytes) -> bytes:
    """The compared text without what people put between digits and letters."""
    return _SEPARATORS.sub(b"", compared)


def needle(piece: str) -> Needle:
    """The needle of a piece that says enough by itself."""
    clear = plain(piece).strip()
    squeezed = squeeze(clear)
    return Needle(piece, clear, squeezed if len(squeezed) >= SQUEEZABLE else b"")


def needles(messages: Sequence[Message], ordinary: str) -> list[Needle]:
    """The needles of every piece of the messages; ``ordinary`` is text that holds none of them."""
    known = plain(ordinary)
    return [
        _telling(message.text, start, end, known) for message in messages for start, end in message.pieces
    ]


def _telling(text: str, start: int, end: int, known: bytes) -> Needle:
    alone = needle(text[start:end])
    length = len(re.findall(rb"[a-z0-9]", alone.clear))
    is_short = length < SHORTEST or (length < TELLING and not re.search(rb"[a-z]", alone.clear))
    if not is_short and _whole(alone.clear, known) < 0:
        return alone
    before, after = text[:start].split(), text[end:].split()
    for words in range(1, len(before) + len(after) + 1):
        left = before[-words:] if before else []
        right = after[: max(0, words - len(left))]
        around = plain(" ".join([*left, text[start:end], *right])).strip()
        if _whole(around, known) < 0:
            return Needle(alone.piece, around, squeeze(around))
    return alone


def search(content: Iterable[str | bytes], sought: Sequence[Needle]) -> Traces:
    """Which of the needles stand in the content; bytes are read as whatever text they hold."""
    traces = Traces()
    tail = b""
    for chunk in _chunks(content, traces):
        compared = tail + plain(chunk)
        tight = squeeze(compared)
        for each in sought:
            if each in traces.found:
                continue
            at, text = _whole(each.clear, compared), compared
            if at < 0 and each.squeezed:
                at, text = tight.find(each.squeezed), tight
            if at >= 0:
                around = text[max(0, at - CONTEXT) : at + len(each.clear) + CONTEXT]
                traces.found[each] = around.decode("ascii")
        tail = compared[-OVERLAP:]
    return traces


def _whole(word: bytes, text: bytes) -> int:
    """Where the word stands between what is neither letter nor digit; -1 where it does not."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        opens = at == 0 or text[at - 1] not in _ALPHANUMERIC
        if opens and (end == len(text) or text[end] not in _ALPHANUMERIC):
            return at
        at = text.find(word, at + 1)
    return -1


def _chunks(content: Iterable[str | bytes], traces: Traces) -> Iterator[str]:
    waiting: list[str] = []
    length = 0
    for part in content:
        if isinstance(part, bytes):
            traces.size += len(part)
            text = b"\n".join(_READABLE.findall(part)).decode("utf-8", "replace")
        else:
            traces.size += len(part.encode("utf-8", "replace"))
            text = part
        waiting.append(text)
        length += len(text)
        if length >= CHUNK_CHARACTERS:
            yield "\n".join(waiting)
            waiting, length = [], 0
    yield "\n".join(waiting)
