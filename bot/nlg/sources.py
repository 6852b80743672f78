"""The source line that ends every substantive answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bot.law import freshness
from bot.law.parameters import Source, cite
from bot.nlg import french


@dataclass(frozen=True)
class CitedSource:
    """One source of an answer, as a client shows it: name with articles, address, dates (ISO)."""

    title: str
    url: str
    verified_on: str
    edition: str | None
    expired: bool


def cited(references: Iterable[str], on: dt.date) -> tuple[CitedSource, ...]:
    """The sources behind ``references``, in order, the articles of one text gathered; unknown ids raise."""
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
            verified_on=source.verified_on.isoformat(),
            edition=source.edition.isoformat() if source.edition else None,
            expired=freshness.is_expired(source, on),
        )
        for source, articles in gathered.values()
    )


def line(sources: tuple[CitedSource, ...]) -> str:
    """The sources in one line with the oldest check date, or "" without any."""
    if not sources:
        return ""
    label = "Source" if len(sources) == 1 else "Sources"
    checked = min(dt.date.fromisoformat(source.verified_on) for source in sources)
    names = f"{french.NBSP}; ".join(source.title for source in sources)
    verified = "vérifiée" if len(sources) == 1 else "vérifiées"
    return f"{label}{french.NBSP}: {names}, {verified} le {french.short_date(checked)}."


def _title(source: Source, articles: list[str]) -> str:
    if not articles:
        return source.title
    return f"{source.title}, art.{french.NBSP}{french.enumeration(articles)}"
