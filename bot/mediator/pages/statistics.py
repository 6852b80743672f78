"""Statistics without tracking: what is asked, what is understood, how people are served, and the reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import activity, figures

PERIODS = (7, 30, 90, 365)
USUAL = 30
MOST_BARS = 12
# What counts as misunderstood: also a message put aside as another subject, and "A or B?".
MISSED = ("not_understood", "asked_between", "out_of_scope")
MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120)
NOT_COUNTED = "unread"


def show(visit: Visit) -> Response:
    """Charts, each with its table, beside the same length of time before."""
    asked = visit.query.get("jours", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    return _page(visit, days)


def count_help(visit: Visit) -> Response:
    """Notes one person helped: where, how long, about what."""
    try:
        place = activity.Place(visit.form.get("place", ""))
        minutes = int(visit.form.get("minutes", ""))
    except ValueError:
        return _page(visit, USUAL, 400, fault="help")
    if minutes not in MINUTES:
        return _page(visit, USUAL, 400, fault="help")
    subject = visit.form.get("subject", "")
    subject = subject if subject in visit.desk.subjects_of_cases() else ""
    with visit.desk.database.transaction() as connection:
        activity.note(connection, clock.today(), visit.me.id, activity.HELP, subject, "done", minutes, place)
    return visit.go("/statistiques?compte=1#rapport")


def export(visit: Visit) -> Response:
    """The anonymous lines between two days, as a table for a spreadsheet."""
    return _export(visit, activity.as_csv, "activite")


def export_for_coop(visit: Visit) -> Response:
    """The helps between two days, in the columns of La Coop de la médiation numérique."""
    return _export(visit, activity.as_coop_csv, "coop")


def _export(visit: Visit, written: Any, name: str) -> Response:
    try:
        since = dt.date.fromisoformat(visit.query.get("du", ""))
        until = dt.date.fromisoformat(visit.query.get("au", ""))
    except ValueError:
        since, until = _month_ago(), clock.today()
    with visit.desk.database.transaction() as connection:
        text = written(activity.lines(connection, since, until), visit.desk.case_subject)
        visit.desk.journal.note(
            connection, visit.now, visit.me.login, "activity_exported", f"{since} – {until}"
        )
    headers = {"Content-Disposition": f'attachment; filename="{name}-{since}-{until}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _page(visit: Visit, days: int, status: int = 200, fault: str | None = None) -> Response:
    length = dt.timedelta(days=days)
    try:
        told = visit.desk.bridge.statistics(days)
    except BotAway:
        told = None
    today = clock.today()
    with visit.desk.database.transaction() as connection:
        now = figures.handovers(connection, visit.now - length, visit.now)
        before = figures.handovers(connection, visit.now - 2 * length, visit.now - length)
        lines = activity.lines(connection, today - length + dt.timedelta(days=1), today)
        lines_before = activity.lines(connection, today - 2 * length + dt.timedelta(days=1), today - length)
    return visit.page(
        "statistics.html",
        status,
        fault=fault,
        days=days,
        periods=PERIODS,
        charts=_charts(visit, told) if told else [],
        told=told,
        messages=_messages(told) if told else [],
        handed_over=now,
        handed_over_before=before,
        outcomes=figures.bars(now.outcomes),
        hours=now.hours,
        counted=activity.counts(lines),
        counted_before=activity.counts(lines_before),
        by_desk=activity.by_desk(lines),
        kinds=activity.KIND_NAMES,
        subjects=visit.desk.subjects_of_cases(),
        minutes=MINUTES,
        places=activity.PLACE_NAMES,
        is_counted=visit.query.get("compte") == "1",
        today=today,
        since=_month_ago(),
    )


def _messages(told: dict[str, Any]) -> list[tuple[str, int | str | None, int | str | None]]:
    """The totals: their name, now and before."""
    found: list[tuple[str, int | str | None, int | str | None]] = []
    for name in ("written", "understood", *MISSED, "to_a_person"):
        now, before = _total(name, told["totals"]), _total(name, told["before"])
        found.append((name, now, before))
    opinions, earlier = told["opinions"], told["opinions_before"]
    found.append(("helpful", opinions["helpful"], earlier["helpful"]))
    found.append(("unhelpful", sum(opinions["reasons"].values()), sum(earlier["reasons"].values())))
    return found


def _total(name: str, totals: dict[str, int]) -> int | str | None:
    to_bot = sum(count for what, count in totals.items() if what not in ("to_a_person", NOT_COUNTED))
    if name == "written":
        return to_bot
    if name == "understood":
        percent = figures.share(totals.get("answered", 0), to_bot)
        return f"{percent} %" if percent is not None else None
    return totals.get(name, 0)


def _charts(visit: Visit, told: dict[str, Any]) -> list[dict[str, Any]]:
    topics: dict[str, int] = {}
    for name, count in told["topics"].items():
        words = visit.desk.subject(name)
        if words:
            topics[words] = topics.get(words, 0) + count
    topics = dict(sorted(topics.items(), key=lambda pair: -pair[1]))
    written, understood = {}, {}
    for day, counts in told["days"].items():
        to_bot = int(_total("written", counts) or 0)
        if to_bot:
            shown = f"{dt.date.fromisoformat(day):%d/%m/%Y}"
            written[shown] = to_bot
            understood[shown] = figures.share(counts.get("answered", 0), to_bot) or 0
    hours = {f"{hour} h": count for hour, count in told["hours"].items()}
    reasons = told["opinions"]["reasons"]
    return [
        {"name": "topics", "bars": figures.bars(topics, MOST_BARS), "rows": list(topics.items())},
        {"name": "messages", "bars": figures.bars(written, MOST_BARS), "rows": list(written.items())},
        {"name": "understood", "bars": figures.bars(understood, MOST_BARS), "rows": list(understood.items())},
        {"name": "hours", "bars": figures.bars(hours), "rows": list(hours.items())},
        {"name": "reasons", "bars": figures.bars(reasons), "rows": list(reasons.items())},
    ]


def _month_ago() -> dt.date:
    return clock.today() - dt.timedelta(days=30)


PAGES = (
    Page("GET", "/statistiques", show),
    Page("POST", "/activite", count_help),
    Page("GET", "/activite.csv", export),
    Page("GET", "/activite-coop.csv", export_for_coop),
)
