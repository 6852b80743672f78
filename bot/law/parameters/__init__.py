"""Dated, sourced values: what the law said on a given day, and where we read it.

A key is ``<file>.<name>``: ``fees.fixed_tax`` is the node ``fixed_tax`` of ``fees.yml``. All files are
read and checked once, at the first use; nothing ever defaults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

T = TypeVar("T")

FOLDER = Path(__file__).parent
SOURCES_FILE = FOLDER.parent / "sources.yml"

# The highest first.
Authority = Literal["law", "official_page", "dated_copy", "press", "commercial"]
# What a text is, where its date is said: a version of a law, a sheet, a page, an article.
Kind = Literal["code", "sheet", "page", "press"]
Unit = Literal[
    "eur_cents",
    "percent",
    "years",
    "months",
    "days",
    "working_days",
    "minutes",
    "count",
    "date",
    "phone",
    "url",
    "form_number",
    "text",
]


class ParameterError(Exception):
    """A parameter file or a key, date or source in it is missing or wrong; the message names it."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text an answer may rest on; ``edition`` is the text's own date, ``verified_on`` our last reading.

    ``kind`` follows from the authority where it is not given. ``historical`` marks a text kept for what it
    said of a past day: its age is no fault.
    """

    title: str
    publisher: str
    authority: Authority
    url: str
    verified_on: dt.date
    edition: dt.date | None = None
    kind: Kind | None = None
    historical: bool = False

    @property
    def kind_of_text(self) -> Kind:
        """The kind given, else the usual one of the authority."""
        if self.kind:
            return self.kind
        return "code" if self.authority == "law" else "press" if self.authority == "press" else "page"


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a parameter is worth from ``since`` until the next value (or until ``until``, excluded).

    ``certain`` is false where the fact base marks the value as unconfirmed; ``note`` says why.
    """

    value: int | str
    since: dt.date
    reference: str
    verified_on: dt.date
    until: dt.date | None = None
    certain: bool = True
    note: str = ""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named value through time, oldest first; amounts are integer cents, rates cents per unit.

    ``valid: yearly`` marks what is set for one year at a time: a value without ``until`` ends with the year
    it starts in, and the next year needs its own.
    """

    label: str
    unit: Unit
    values: list[Value]
    valid: Literal["yearly"] | None = None

    def on(self, key: str, day: dt.date) -> Value:
        """The value in force on ``day``; raises ParameterError naming the key and the day where none is."""
        for value in reversed(self.values):
            end = self.end_of(value)
            if value.since <= day and (end is None or day < end):
                return value
        raise ParameterError(f"{key} has no value on {day.isoformat()}")

    def last_known(self, key: str, day: dt.date) -> Value:
        """The value in force on ``day``; that of the year before where a yearly one has no successor yet.

        A value with an ``until`` of its own has ended for good. Raises ParameterError where ``on`` does and
        the year before has no such value either.
        """
        last = self.values[-1]
        if self.valid == "yearly" and last.until is None and last.since.year == day.year - 1:
            return last
        return self.on(key, day)

    def end_of(self, value: Value) -> dt.date | None:
        """The first day on which that value holds no more, whatever follows it; None where none is set."""
        if value.until is None and self.valid == "yearly":
            return dt.date(value.since.year + 1, 1, 1)
        return value.until


class Citation(msgspec.Struct, frozen=True):
    """A source, and the article in it where there is one."""

    source_id: str
    source: Source
    article: str = ""


def parameter(key: str) -> Parameter:
    """The parameter named ``key``; raises ParameterError naming an unknown key."""
    try:
        return _parameters()[key]
    except KeyError:
        raise ParameterError(f"unknown parameter {key!r}") from None


def value_on(key: str, on: dt.date) -> Value:
    """The value of ``key`` in force on that day; raises ParameterError naming the key or the day."""
    return parameter(key).on(key, on)


def last_known(key: str, on: dt.date) -> Value:
    """The value of ``key`` on that day, or of the year before where that year's is not known yet.

    Raises ParameterError naming the key or the day where neither is.
    """
    return parameter(key).last_known(key, on)


def number_on(key: str, on: dt.date) -> int:
    """The integer value of ``key`` on that day, in the parameter's unit; raises ParameterError otherwise."""
    value = value_on(key, on).value
    if not isinstance(value, int):
        raise ParameterError(f"{key} is no number: {value!r}")
    return value


def cite(reference: str) -> Citation:
    """The source and article that ``source_id:article`` stands for; raises ParameterError if unknown."""
    source_id, _, article = reference.partition(":")
    try:
        return Citation(source_id, _sources()[source_id], article)
    except KeyError:
        raise ParameterError(f"unknown source {source_id!r} (in {reference!r})") from None


def keys() -> tuple[str, ...]:
    """Every parameter key, sorted."""
    return tuple(sorted(_parameters()))


def source_ids() -> tuple[str, ...]:
    """Every source id, sorted."""
    return tuple(sorted(_sources()))


def validate() -> None:
    """Reads everything again; raises ParameterError naming the first file, key or source that is wrong."""
    _sources.cache_clear()
    _parameters.cache_clear()
    _parameters()


@lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    return dict(_decode(SOURCES_FILE, Source))


@lru_cache(maxsize=1)
def _parameters() -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for name, node in _decode(path, Parameter):
            key = f"{path.stem}.{name}"
            _check(key, node)
            found[key] = node
    if not found:
        raise ParameterError(f"no parameter file in {FOLDER.name}/")
    return found


def _decode[T](path: Path, type_: type[T]) -> Iterator[tuple[str, T]]:
    """Each node of the file with its name, in order."""
    try:
        nodes = msgspec.yaml.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        # A day that no calendar has, or a number of thousands of digits, is no MsgspecError.
        raise ParameterError(f"{path.name}: {error}") from error
    if not isinstance(nodes, dict):
        raise ParameterError(f"{path.name}: names with their nodes were expected")
    for name, node in nodes.items():
        try:
            yield msgspec.convert(name, str), msgspec.convert(node, type_)
        except (ValueError, RecursionError, msgspec.MsgspecError) as error:
            raise ParameterError(f"{path.name}: {path.stem}.{name}: {error}") from error


def _check(key: str, node: Parameter) -> None:
    if not node.values:
        raise ParameterError(f"{key} has no value")
    for value in node.values:
        try:
            cite(value.reference)
        except ParameterError as error:
            raise ParameterError(f"{key}: {error}") from error
        if value.until is not None and value.until <= value.since:
            raise ParameterError(f"{key}: the value of {value.since} ends before it starts")
        _check_unit(key, node.unit, value)
    starts = [value.since for value in node.values]
    if starts != sorted(set(starts)):
        raise ParameterError(f"{key}: values must follow each other by date")


def _check_unit(key: str, unit: Unit, value: Value) -> None:
    words = {"date", "phone", "url", "form_number", "text"}
    if isinstance(value.value, str) is not (unit in words):
        raise ParameterError(f"{key}: {value.value!r} is no {unit}")
    if unit == "date":
        try:
            dt.date.fromisoformat(str(value.value))
        except ValueError as error:
            raise ParameterError(f"{key}: {error}") from error
    if unit == "url" and not str(value.value).startswith("https://"):
        raise ParameterError(f"{key}: {value.value!r} is no https address")
