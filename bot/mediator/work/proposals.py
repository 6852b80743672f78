"""Examples that editors propose for the bot's training, to be reviewed before anybody adds them to it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, PROPOSALS
from bot.nlg.sentences import Sentences
from bot.privacy.masking import mask

LONGEST_EXAMPLE = 300
QUESTION = "utter_faq/"
# Rasa reads these as the marks of an entity, and a line break as the next example.
MARKUP = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\n": " ", "\r": " ", "\t": " "})
OTHER_SUBJECT = "out_of_scope"


class Status(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def labels(sentences: Sentences) -> dict[str, tuple[str, str]]:
    """What an example may mean: label → the name of its topic and the first line of its answer."""
    found = {OTHER_SUBJECT: ("Autre sujet", "")}
    for response in sorted(name for name in sentences.responses if name.startswith(QUESTION)):
        label = response.removeprefix("utter_")
        topic = sentences.variation(f"utter_topic_{label.removeprefix('faq/').partition('.')[0]}", {}, "")
        if topic:
            found[label] = (str(topic["text"]).strip(), label.partition(".")[2].replace("_", " "))
    return found


def propose(connection: Connection, account_id: int, label: str, example: str, on: dt.date) -> bool:
    """Whether the example is kept: masked, on one line, not proposed for that label before."""
    text = " ".join(mask(example).translate(MARKUP).split())[:LONGEST_EXAMPLE].strip("-• ")
    same = sa.select(PROPOSALS.c.id).where(PROPOSALS.c.label == label, PROPOSALS.c.example == text)
    if not text or connection.execute(same).first():
        return False
    values = {"label": label, "example": text, "status": Status.PROPOSED.value}
    connection.execute(PROPOSALS.insert().values(account_id=account_id, proposed_on=on, **values))
    return True


def judge(connection: Connection, proposal_id: int, status: Status) -> bool:
    """Whether there was such a proposal."""
    changed = connection.execute(
        PROPOSALS.update().where(PROPOSALS.c.id == proposal_id).values(status=status.value)
    )
    return changed.rowcount == 1


def all_proposals(connection: Connection) -> list[Row]:
    """Every proposal with who made it: those to be judged first, the newest first."""
    rows = connection.execute(sa.select(PROPOSALS, ACCOUNTS.c.login).join(ACCOUNTS)).all()
    return sorted(rows, key=lambda row: (row.status != Status.PROPOSED.value, -row.id))


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
