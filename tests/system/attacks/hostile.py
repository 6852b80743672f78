"""Hostile inputs for Hypothesis to draw: texts, values, bodies, and right inputs with something wrong."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import strategies as st

DEEP = 100_000
TEXTS = (
    "",
    " \t\n ",
    "\0",
    "carte\x00 grise\x07 perdue\x1b[31m",
    "\u200b\u202eperdue\u2066",
    "بطاقة التسجيل ضاعت",
    "🚗💥👩‍👩‍👧‍👦" * 50,
    "e\u0301" * 300,
    "Z" + "\u0335" * 500,
    "\ud7ff\ue000\uffff",
    "'; DROP TABLE events; --",
    "<script>alert(7)</script>",
    "{{7*7}} ${7*7} {contacts.phone} %s %n",
    "../../../../etc/passwd",
    "a\r\nSet-Cookie: x=1",
    '/inform{"reason": "theft"}',
    '/inform{"reason": ',
    "/restart",
    "/faq/cost",
    "/" + "a" * 3000,
    "perdue " * 500,
    "9" * 400,
    "a" * 20_000,
    "(((((((((((((((((((((((((((((",
    "a@" * 1500,
    "AB-123-" * 500,
    "combien coûte un duplicata",
    "où en est-on ?",
    "NaN",
    "1e400",
    "2026-02-30",
)
SCALARS = (None, True, False, 0, -1, 2**31, 2**63, -(2**70), 1.5, 1e308, float("nan"), float("inf"))

texts = st.sampled_from(TEXTS) | st.text(max_size=60)
values = st.recursive(
    st.sampled_from(SCALARS) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
raw = st.sampled_from(
    (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"',
        b"\xff\xfe{\x00}",
        b"\xef\xbb\xbf{}",
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"message": "\\ud800"}',
        b'{"message": "\xc3\x28"}',
        b'{"message": 1e999999}',
        b'{"message": ' + b"9" * 5000 + b"}",
        b"x" * 300_000,
        b"a=1&" * 5000,
    )
) | st.binary(max_size=120)


def mutated(data: st.DataObject, right: Any) -> Any:
    """A copy of ``right`` in which one to three places hold something else, or are missing, or come twice."""
    changed = copy.deepcopy(right)
    for _ in range(data.draw(st.integers(1, 3))):
        changed = _changed(data, changed)
    return changed


def _changed(data: st.DataObject, value: Any) -> Any:
    places = list(_places(value))
    if not places or not data.draw(st.integers(0, 11)):
        return data.draw(values)
    holder, key = data.draw(st.sampled_from(places))
    how = data.draw(st.integers(0, 5))
    if how == 0:
        del holder[key]
    elif how == 1:
        holder[key] = [holder[key], holder[key]]
    elif how == 2:
        holder[key] = {"": holder[key]}
    elif how == 3 and isinstance(holder[key], str):
        holder[key] = holder[key] + data.draw(texts)
    elif how == 4 and isinstance(holder[key], str):
        holder[key] = data.draw(texts)
    else:
        holder[key] = data.draw(values)
    return value


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


def json_body(data: st.DataObject, right: Any) -> bytes:
    """A body near the JSON of ``right``, or far from it."""
    if not data.draw(st.integers(0, 4)):
        return data.draw(raw)
    # Lone surrogates and infinities are written as some programs do write them.
    return as_json(mutated(data, right), data.draw(st.booleans()))


def as_json(value: Any, ascii_only: bool = True) -> bytes:
    """The value as JSON, also where JSON has no such value."""
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


def form_body(data: st.DataObject, right: list[tuple[str, str]]) -> bytes:
    """A form near ``right``, or far from it."""
    if not data.draw(st.integers(0, 4)):
        return data.draw(raw)
    fields = [list(field) for field in right]
    for _ in range(data.draw(st.integers(1, 3))):
        rank = data.draw(st.integers(0, len(fields) - 1)) if fields else 0
        how = data.draw(st.integers(0, 3))
        if fields and how == 0:
            del fields[rank]
        elif fields and how == 1:
            fields[rank][1] = data.draw(texts)
        elif fields and how == 2:
            fields.append(list(fields[rank]))
        else:
            fields.append([data.draw(texts), data.draw(texts)])
    return urlencode([(_bytes(name), _bytes(value)) for name, value in fields]).encode()


def path(data: st.DataObject, right: str) -> bytes:
    """A path near ``right``: parts replaced, repeated, climbing up, or in bytes that are no text."""
    parts = right.encode().split(b"/")
    for _ in range(data.draw(st.integers(0, 2))):
        rank = data.draw(st.integers(0, len(parts) - 1))
        odd = st.sampled_from((b"..", b"%2e%2e", b"%00", b"%ff", b"%", b"", b"*", b"%2f", b"a" * 3000))
        drawn = odd | st.binary(max_size=20).map(lambda content: quote_from_bytes(content, safe="").encode())
        parts[rank] = data.draw(drawn)
    joined = b"/".join(parts)
    return joined if joined.startswith(b"/") else b"/" + joined


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
