"""Improving the bot: messages without an answer, wrong answers, examples proposed and reviewed."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.mediator import clock
from bot.mediator.bridge import BotAway, Gone
from bot.mediator.desk import DATA
from bot.mediator.pages.case_sheet import LONGEST_QUESTION, said
from bot.mediator.security.roles import Role
from bot.mediator.sheet.answers import verdict
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit
from bot.mediator.work import handovers, proposals, reviews, training
from bot.procedures.registry import FACT_NAMES

MESSAGES = 60
OPINION_DAYS = 90


def show(visit: Visit) -> Response:
    """The messages without an answer, the wrong and unhelpful answers, the proposals."""
    return _page(visit)


def report_wrong(visit: Visit) -> Response:
    """Notes that an answer is wrong: the bot's in a conversation of mine, or the sheet's."""
    handover = visit.form.get("handover", "")
    if handover:
        return _report_of_conversation(visit, handover)
    on = clock.day_of_case(visit.form.values())
    facts, _ = visit.desk.form.read(visit.form, on)
    question = visit.form.get("question", "").strip()[:LONGEST_QUESTION]
    if not facts and not question:
        return visit.go("/fiche")
    found = verdict(visit.desk.sentences, facts, on, presumes=visit.form.get("presume") != "no")
    try:
        aside = visit.desk.bridge.ask(question, facts) if question else []
    except BotAway:
        aside = []
    messages = aside or [message for answer in found for message in answer.messages]
    _report(visit, question, messages, facts)
    shown = visit.desk.form.shown(facts)
    return visit.page("wrong_answer.html", shown=shown, question=question)


def handle_report(visit: Visit) -> Response:
    """Says that a wrong answer is dealt with, put aside, or open again."""
    status = _status(visit)
    if status is None:
        return _page(visit, 400, fault="choice")
    with visit.desk.database.transaction() as connection:
        number = visit.number("report")
        if reviews.handle_report(connection, number, status, visit.me.id):
            line = f"n° {number}: {status.value}"
            visit.desk.journal.note(connection, visit.now, visit.me.login, "wrong_answer_handled", line)
    return visit.go("/ameliorer#fausses")


def handle_message(visit: Visit) -> Response:
    """Says that a message is dealt with, put aside, or open again."""
    status, key = _status(visit), visit.form.get("message", "")
    if status is None or not _is_key(key):
        return _page(visit, 400, fault="choice")
    with visit.desk.database.transaction() as connection:
        reviews.handle_message(connection, key, status, visit.me.id, clock.today())
    return visit.go("/ameliorer#missed")


def propose(visit: Visit) -> Response:
    """Keeps an example for a subject, masked; its message is then dealt with."""
    example, key = visit.form.get("example", ""), visit.form.get("message", "")
    subject = visit.desk.subjects.find(visit.form.get("label", ""))
    if subject is None or not example.strip():
        return _page(visit, 400, fault="choice")
    with visit.desk.database.transaction() as connection:
        other = proposals.conflict(connection, subject.label, example)
        if other is None:
            if proposals.propose(connection, visit.me.id, subject.label, example, clock.today()):
                visit.desk.journal.note(connection, visit.now, visit.me.login, "proposed", subject.label)
            if _is_key(key):
                reviews.handle_message(connection, key, reviews.Status.DONE, visit.me.id, clock.today())
    if other is not None:
        return _page(visit, 409, fault="conflict", other=visit.desk.subjects.name(other))
    return visit.go("/ameliorer#propositions")


def judge(visit: Visit) -> Response:
    """Accepts or refuses a proposal; who made it may take it back, never accept it."""
    try:
        status = proposals.Status(visit.form.get("status", ""))
    except ValueError:
        return _page(visit, 400, fault="choice")
    number = visit.number("proposal")
    with visit.desk.database.transaction() as connection:
        row = proposals.find(connection, number)
        accepts = status is proposals.Status.ACCEPTED
        other = proposals.conflict(connection, row.label, row.example) if row and accepts else None
        is_judged = other is None and proposals.judge(connection, number, status, visit.me.id)
        if is_judged:
            line = f"n° {number}: {status.value}"
            visit.desk.journal.note(connection, visit.now, visit.me.login, "proposal_judged", line)
    if other is not None:
        return _page(visit, 409, fault="conflict", other=visit.desk.subjects.name(other))
    if row is not None and not is_judged:
        return _page(visit, 403, fault="own")
    return visit.go("/ameliorer#propositions")


def export(visit: Visit) -> Response:
    """The accepted examples that were not handed on yet (all of them with ``?tout=1``), as training data."""
    with visit.desk.database.transaction() as connection:
        accepted = [
            row
            for row in proposals.all_proposals(connection)
            if row.status == proposals.Status.ACCEPTED.value
            and (row.exported_on is None or visit.query.get("tout") == "1")
        ]
        text = proposals.as_training_data(accepted)
        proposals.mark_exported(connection, accepted, clock.today())
        visit.desk.journal.note(connection, visit.now, visit.me.login, "examples_exported")
    headers = {"Content-Disposition": 'attachment; filename="exemples.yml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _report_of_conversation(visit: Visit, handover: str) -> Response:
    rank = visit.form.get("rank", "")
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in (handover, rank)):
        return visit.page("problem.html", 400, problem=400)
    with visit.desk.database.transaction() as connection:
        row = handovers.find(connection, int(handover))
    is_mine = row is not None and row.account_id == visit.me.id and row.conversation is not None
    if row is None or not is_mine or row.status != handovers.Status.TAKEN.value:
        return visit.page("problem.html", 409, problem="not_mine")
    try:
        told = visit.desk.bridge.conversation(row.conversation)
    except Gone:
        return visit.page("problem.html", 409, problem="person_erased")
    except BotAway:
        return visit.page("problem.html", 503, problem=503)
    messages = told["messages"]
    reported = messages[int(rank)] if int(rank) < len(messages) else None
    # What the desk had the bot say is no answer: before it stands what was written to a person.
    if reported is None or reported["by"] != "bot" or (reported.get("metadata") or {}).get("pushed"):
        return visit.page("problem.html", 404, problem=404)
    asked = [each["text"] for each in messages[: int(rank)] if each["by"] == "person"]
    _report(visit, asked[-1] if asked else "", [reported], told["facts"])
    return visit.go(f"/conversations/{row.id}?signale={int(rank)}#message-{int(rank) + 1}")


def _report(visit: Visit, question: str, messages: list[dict[str, Any]], facts: dict[str, Any]) -> None:
    responses = [(message.get("metadata") or {}).get("response") or "" for message in messages]
    answer = "\n\n".join(str(message.get("text") or "") for message in messages)
    kept = {name: value for name, value in facts.items() if name in FACT_NAMES}
    with visit.desk.database.transaction() as connection:
        number = reviews.report(
            connection, visit.me.id, question, answer, filter(None, responses), kept, clock.today()
        )
        visit.desk.journal.note(connection, visit.now, visit.me.login, "wrong_answer", f"n° {number}")


def _status(visit: Visit) -> reviews.Status | None:
    try:
        return reviews.Status(visit.form.get("status", ""))
    except ValueError:
        return None


def _is_key(text: str) -> bool:
    """Whether the text is a hash of ours."""
    return len(text) == 64 and text.isascii() and text.isalnum()


def _page(visit: Visit, status: int = 200, fault: str | None = None, other: str = "") -> Response:
    try:
        found = visit.desk.bridge.misunderstood(MESSAGES)
        unhelpful = visit.desk.bridge.statistics(OPINION_DAYS)["opinions"]["unhelpful"]
        is_away = False
    except BotAway:
        found, unhelpful, is_away = [], {}, True
    with visit.desk.database.transaction() as connection:
        proposed = proposals.all_proposals(connection)
        handled = reviews.handled(connection)
        wrong = {each.value: reviews.reports(connection, each) for each in reviews.Status}
    messages = [
        {
            **each,
            "key": visit.desk.keys.digest("message", each["text"].casefold()),
            "near": list(filter(None, map(visit.desk.subject, each["nearest"]))),
        }
        for each in found
    ]
    subjects = visit.desk.subjects
    learnt = training.learnt(DATA)
    return visit.page(
        "improving.html",
        status,
        messages=[each for each in messages if each["key"] not in handled],
        handled=[(each, handled[each["key"]]) for each in messages if each["key"] in handled],
        wrong=wrong,
        facts_of={row.id: said(visit, row.facts) for rows in wrong.values() for row in rows},
        unhelpful=[(subjects.name(name), count) for name, count in unhelpful.items()],
        is_away=is_away,
        proposals=[(row, (row.label, row.example.casefold()) in learnt) for row in proposed],
        to_export=sum(row.status == "accepted" and row.exported_on is None for row in proposed),
        subjects=subjects,
        typed={name: visit.form.get(name, "") for name in ("message", "label", "example")},
        fault=fault,
        other=other,
    )


PAGES = (
    Page("GET", "/ameliorer", show, Role.EDITOR),
    Page("POST", "/ameliorer/signalements", report_wrong),
    Page("POST", "/ameliorer/signalements/{report:row}", handle_report, Role.EDITOR),
    Page("POST", "/ameliorer/messages", handle_message, Role.EDITOR),
    Page("POST", "/ameliorer/propositions", propose, Role.EDITOR),
    Page("POST", "/ameliorer/propositions/{proposal:row}", judge, Role.EDITOR),
    Page("GET", "/ameliorer/exemples.yml", export, Role.EDITOR),
)
