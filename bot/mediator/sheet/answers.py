"""The right half of the sheet: what each guided dialogue says of the facts, by the bot's own sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from bot.guides import side_by_side
from bot.guides.facts import CASE_FIELDS, Facts
from bot.law.situation import FIELDS
from bot.nlg.sentences import Sentences

# The channel of no messaging service: the wording that the site's own pages show.
CHANNEL = ""
# The guided dialogues in the order of a person's questions.
ORDER = ("eligibility", "price", "remedy")
# A remedy is told where the file has a history, the rest where the case has one.
_HISTORY = frozenset(CASE_FIELDS) - {"residence", "urgent", "refusal_states_remedies"}


@dataclass(frozen=True)
class Answer:
    """What one guided dialogue says: its messages as the bot renders them, the questions still open."""

    guide: str
    messages: tuple[dict[str, Any], ...]
    questions: tuple[tuple[str, str], ...]


def answers(sentences: Sentences, facts: Facts, on: dt.date, wording: str | None = None) -> list[Answer]:
    """The answers that the facts call for, none where nothing was told.

    Each is what the bot says once every question that is still open was answered by "I don't know".
    """
    return [_answer(sentences, name, facts, on, wording) for name in ORDER if _is_called_for(name, facts)]


def _is_called_for(guide: str, facts: Facts) -> bool:
    if guide == "remedy":
        return bool(_HISTORY & facts.keys())
    return bool((set(FIELDS) | {"operation"}) & facts.keys())


def _answer(sentences: Sentences, name: str, facts: Facts, on: dt.date, wording: str | None) -> Answer:
    slots: dict[str, Any] = {**facts, "wording": wording}
    replies = side_by_side.replies(name, facts, on)
    rendered = [sentences.render(reply.response, slots, CHANNEL, reply.values, on) for reply in replies]
    asked = []
    for fact in side_by_side.questions(name, facts, on):
        question = sentences.render(f"utter_ask_{fact}", slots, CHANNEL, {}, on)
        asked.append((fact, question["text"] if question else fact))
    return Answer(name, tuple(message for message in rendered if message), tuple(asked))
