"""Examples that editors propose for the bot's training, to be reviewed before anybody adds them to it."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, PROPOSALS
from bot.privacy.masking import mask

LONGEST_EXAMPLE = 300
# Rasa reads "[words](…)" and "[words]{…}" as entities, and a line break as the next example. Brackets alone
# are what a mask leaves in messages, as "[plaque SIV]": an example keeps them so.
_ENTITY = re.compile(r"\[([^\[\]]*)\]\s*(?=[({])")
_MARKUP = str.maketrans({"{": "(", "}": ")", "\n": " ", "\r": " ", "\t": " "})
_JUDGES = ACCOUNTS.alias("judge")


class Status(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def cleaned(example: str) -> str:
    """The example as it is kept: masked, on one line, without marks of Rasa's."""
    text = _ENTITY.sub(r"(\1) ", mask(example)).translate(_MARKUP)
    return " ".join(text.split())[:LONGEST_EXAMPLE].strip("-• ")


def conflict(connection: Connection, label: str, example: str) -> str | None:
    """The other label for which the same example stands already, unless refused; None for none."""
    other = sa.select(PROPOSALS.c.label).where(
        sa.func.lower(PROPOSALS.c.example) == cleaned(example).lower(),
        PROPOSALS.c.label != label,
        PROPOSALS.c.status != Status.REFUSED.value,
    )
    found = connection.scalar(other)
    return str(found) if found else None


def propose(connection: Connection, account_id: int, label: str, example: str, on: dt.date) -> bool:
    """Whether the example is kept: masked, on one line, not proposed for that label before."""
    text = cleaned(example)
    same = sa.select(PROPOSALS.c.id).where(PROPOSALS.c.label == label, PROPOSALS.c.example == text)
    if not text or connection.execute(same).first():
        return False
    values = {"label": label, "example": text, "status": Status.PROPOSED.value}
    connection.execute(PROPOSALS.insert().values(account_id=account_id, proposed_on=on, **values))
    return True


def judge(connection: Connection, proposal_id: int, status: Status, judge_id: int) -> bool:
    """Whether the proposal was there and ``judge_id`` may judge it: nobody accepts what they proposed."""
    may = sa.true() if status is Status.REFUSED else PROPOSALS.c.account_id != judge_id
    changed = connection.execute(
        PROPOSALS.update()
        .where(PROPOSALS.c.id == proposal_id, may)
        .values(status=status.value, judge_id=judge_id)
    )
    return changed.rowcount == 1


def find(connection: Connection, proposal_id: int) -> Row | None:
    """The proposal of that number."""
    return connection.execute(sa.select(PROPOSALS).where(PROPOSALS.c.id == proposal_id)).first()


def all_proposals(connection: Connection) -> list[Row]:
    """Every proposal with who made it and who judged it: those to be judged first, the newest first."""
    rows = connection.execute(
        sa.select(PROPOSALS, ACCOUNTS.c.login, _JUDGES.c.login.label("judge"))
        .join(ACCOUNTS, PROPOSALS.c.account_id == ACCOUNTS.c.id)
        .join(_JUDGES, PROPOSALS.c.judge_id == _JUDGES.c.id, isouter=True)
    ).all()
    return sorted(rows, key=lambda row: (row.status != Status.PROPOSED.value, -row.id))


def mark_exported(connection: Connection, rows: Iterable[Row], on: dt.date) -> None:
    """Notes the day on which these were handed on, where they were not before."""
    for row in rows:
        fresh = PROPOSALS.update().where(PROPOSALS.c.id == row.id, PROPOSALS.c.exported_on.is_(None))
        connection.execute(fresh.values(exported_on=on))


def as_training_data(rows: Iterable[Row]) -> str:
    """The accepted examples as a file that Rasa reads, for a developer to review and merge."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.status == Status.ACCEPTED.value:
            by_label[row.label].append(row.example)
    nlu = [
        {"intent": label, "examples": "".join(f"- {example}\n" for example in sorted(examples))}
        for label, examples in sorted(by_label.items())
    ]
    return yaml.dump({"version": "3.1", "nlu": nlu}, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, as the data files do."""


def _as_block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _as_block)
