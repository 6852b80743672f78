"""Statistics without tracking: what is asked, what is understood, how people are served."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.responses import Response

from bot.mediator.bridge import BotAway
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import figures

PERIODS = (7, 30, 90, 365)
USUAL = 30
MOST_BARS = 12


def show(visit: Visit) -> Response:
    """Charts, each with its table."""
    asked = visit.query.get("jours", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    try:
        told = visit.desk.bridge.statistics(days)
    except BotAway:
        told = None
    with visit.desk.database.transaction() as connection:
        handed_over = figures.handovers(connection, visit.now - dt.timedelta(days=days))
    return visit.page(
        "statistics.html",
        days=days,
        periods=PERIODS,
        charts=_charts(visit, told) if told else [],
        told=told,
        handed_over=handed_over,
        outcomes=figures.bars(handed_over.outcomes),
    )


def _charts(visit: Visit, told: dict[str, Any]) -> list[dict[str, Any]]:
    topics: dict[str, int] = {}
    for name, count in told["topics"].items():
        words = visit.desk.subject(name)
        if words:
            topics[words] = topics.get(words, 0) + count
    topics = dict(sorted(topics.items(), key=lambda pair: -pair[1]))
    understood = {
        day: round(100 * (count - told["missed"].get(day, 0)) / count)
        for day, count in told["messages"].items()
    }
    return [
        {"name": "topics", "bars": figures.bars(topics, MOST_BARS), "rows": list(topics.items())},
        {"name": "messages", "bars": figures.bars(told["messages"]), "rows": list(told["messages"].items())},
        {"name": "understood", "bars": figures.bars(understood), "rows": list(understood.items())},
        {
            "name": "reasons",
            "bars": figures.bars(told["opinions"]["reasons"]),
            "rows": list(told["opinions"]["reasons"].items()),
        },
    ]


PAGES = (Page("GET", "/statistiques", show),)
