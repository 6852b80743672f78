"""Improving the bot: what it did not understand, examples proposed for training, their review and export."""

from __future__ import annotations

from itertools import groupby

from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.security.roles import Role
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import proposals

MESSAGES = 60
OPINION_DAYS = 90


def show(visit: Visit) -> Response:
    """The messages not understood, the answers judged unhelpful, the proposals."""
    return _page(visit)


def propose(visit: Visit) -> Response:
    """Keeps an example for a label, masked."""
    label, example = visit.form.get("label", ""), visit.form.get("example", "")
    if label not in visit.desk.labels or not example.strip():
        return _page(visit, 400, fault="choice")
    with visit.desk.database.transaction() as connection:
        if proposals.propose(connection, visit.me.id, label, example, clock.today()):
            visit.desk.journal.note(connection, visit.now, visit.me.login, "proposed", label)
    return visit.go("/ameliorer#propositions")


def judge(visit: Visit) -> Response:
    """Accepts or refuses a proposal."""
    try:
        status = proposals.Status(visit.form.get("status", ""))
    except ValueError:
        return _page(visit, 400, fault="choice")
    with visit.desk.database.transaction() as connection:
        if proposals.judge(connection, visit.number("proposal"), status):
            number = f"n° {visit.number('proposal')}: {status.value}"
            visit.desk.journal.note(connection, visit.now, visit.me.login, "proposal_judged", number)
    return visit.go("/ameliorer#propositions")


def export(visit: Visit) -> Response:
    """The accepted examples as a file of training data."""
    with visit.desk.database.transaction() as connection:
        text = proposals.as_training_data(proposals.all_proposals(connection))
        visit.desk.journal.note(connection, visit.now, visit.me.login, "examples_exported")
    headers = {"Content-Disposition": 'attachment; filename="exemples.yml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _page(visit: Visit, status: int = 200, fault: str | None = None) -> Response:
    try:
        messages = visit.desk.bridge.misunderstood(MESSAGES)
        unhelpful = visit.desk.bridge.statistics(OPINION_DAYS)["opinions"]["unhelpful"]
        is_away = False
    except BotAway:
        messages, unhelpful, is_away = [], {}, True
    with visit.desk.database.transaction() as connection:
        proposed = proposals.all_proposals(connection)
    labels = visit.desk.labels
    by_topic = groupby(
        sorted(labels, key=lambda label: (labels[label][0], label)), lambda label: labels[label][0]
    )
    return visit.page(
        "improving.html",
        status,
        messages=[
            {**each, "near": list(filter(None, map(visit.desk.subject, each["nearest"])))}
            for each in messages
        ],
        unhelpful=unhelpful,
        is_away=is_away,
        proposals=proposed,
        labels=labels,
        by_topic=[(topic, list(group)) for topic, group in by_topic],
        fault=fault,
    )


PAGES = (
    Page("GET", "/ameliorer", show, Role.EDITOR),
    Page("POST", "/ameliorer/propositions", propose, Role.EDITOR),
    Page("POST", "/ameliorer/propositions/{proposal:row}", judge, Role.EDITOR),
    Page("GET", "/ameliorer/exemples.yml", export, Role.EDITOR),
)
