"""The journal, for administrators: who did what, and whether every line is as it was written."""

from __future__ import annotations

from sqlalchemy.engine import Row
from starlette.responses import Response

from bot.mediator.security.roles import Role
from bot.mediator.web.routes import Page
from bot.mediator.web.visit import Visit

LINES = 100
# Actions whose object is a code of ours.
CODED = frozenset(
    ("account_made", "invited", "invitation_revoked", "second_factor_required", "sign_in_failed")
)
# … or ends in one, after a name or number: "marie: closed".
ENDING_IN_CODE = frozenset(("account_changed", "proposal_judged", "wrong_answer_handled", "case_changed"))
WORDS = {
    "mediator": "médiateur",
    "editor": "éditeur",
    "administrator": "administrateur",
    "closed": "fermé",
    "proposed": "proposé",
    "accepted": "accepté",
    "refused": "refusé",
    "open": "rouvert",
    "done": "traité",
    "set_aside": "mis de côté",
    "citizen": "à la personne d’agir",
    "administration": "chez l’administration",
    "desk": "à nous d’agir",
    "solved": "réglé",
    "given_up": "abandonné",
    "provider_expired": "retour du fournisseur trop tard",
    "provider_replayed": "retour du fournisseur déjà utilisé",
    "provider_refused": "refus chez le fournisseur",
    "provider_unproven": "réponse du fournisseur sans preuve",
    "provider_uninvited": "sans compte ouvert",
    "provider_subject_taken": "identité qui a déjà un compte",
}


def show(visit: Visit) -> Response:
    """The newest lines and the verdict on all."""
    before = visit.query.get("avant", "")
    rank = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    visit.desk.watch_journal(all_of_it=True)
    with visit.desk.database.transaction() as connection:
        lines = visit.desk.journal.latest(connection, LINES, rank)
    fault = visit.desk.journal_fault
    return visit.page("journal.html", lines=lines, fault=fault, said=_said, page_length=LINES)


def _said(line: Row) -> str:
    """What a line is about, its codes in French; what a person named stays as it was written."""
    if line.action in CODED:
        return ", ".join(WORDS.get(part, part) for part in str(line.object).split(", "))
    if line.action in ENDING_IN_CODE:
        of, _, state = str(line.object).rpartition(": ")
        return f"{of}\u00a0: {WORDS.get(state, state)}"
    return str(line.object)


PAGES = (Page("GET", "/journal", show, Role.ADMINISTRATOR),)
