"""The source line that ends every substantive answer: each text with its own date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from bot.law import freshness
from bot.law.parameters import Authority, Source, cite
from bot.nlg import french

# A client shows these; the others are behind « toutes les sources ».
SHOWN = 3
RANKS: tuple[Authority, ...] = get_args(Authority)


@dataclass(frozen=True)
class CitedSource:
    """One source of an answer, as a client shows it: name with articles, address, the text's date in words.

    ``dated`` is "" where the text carries no date. ``edition`` is that date and ``read_on`` our last reading,
    for programs (ISO).
    """

    title: str
    url: str
    dated: str
    edition: str | None
    read_on: str
    expired: bool


def citable(references: Iterable[str]) -> tuple[str, ...]:
    """The references that a citizen is shown, in order; an unknown id raises ParameterError.

    Never a commercial text; the press only where nothing better is among them.
    """
    ranked = {reference: cite(reference).source.authority for reference in references}
    official = tuple(name for name, authority in ranked.items() if authority not in ("press", "commercial"))
    return official or tuple(name for name, authority in ranked.items() if authority == "press")


def cited(references: Iterable[str], on: dt.date) -> tuple[CitedSource, ...]:
    """The texts behind ``references``, the highest authority first, then in order of citation.

    The articles of one text are gathered; an unknown id raises ParameterError.
    """
    gathered: dict[str, tuple[Source, list[str]]] = {}
    for reference in references:
        citation = cite(reference)
        _, articles = gathered.setdefault(citation.source_id, (citation.source, []))
        if citation.article and citation.article not in articles:
            articles.append(citation.article)
    return tuple(
        CitedSource(
            title=_title(source, articles),
            url=source.url,
            dated=french.edition(source.kind_of_text, source.edition) if source.edition else "",
            edition=source.edition.isoformat() if source.edition else None,
            read_on=source.verified_on.isoformat(),
            expired=freshness.is_expired(source, on),
        )
        for source, articles in sorted(gathered.values(), key=lambda each: RANKS.index(each[0].authority))
    )


def needs_caution(references: Iterable[str], on: dt.date) -> bool:
    """Whether a statement cites a source that was last read too long ago.

    What rests on better texts does not lean on a commercial one, however old its reading.
    """
    given = tuple(references)
    return any(freshness.is_expired(cite(name).source, on) for name in citable(given) or given)


def line(sources: tuple[CitedSource, ...]) -> str:
    """The first sources in one line, each with its date, or "" without any."""
    if not sources:
        return ""
    label = "Source" if len(sources) == 1 else "Sources"
    names = (", ".join(filter(None, (source.title, source.dated))) for source in sources[:SHOWN])
    return f"{label}{french.NBSP}: {f'{french.NBSP}; '.join(names)}."


def _title(source: Source, articles: list[str]) -> str:
    if not articles:
        return source.title
    return f"{source.title}, art.{french.NBSP}{french.enumeration(articles)}"
