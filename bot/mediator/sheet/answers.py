"""The right half of the sheet: what each guided dialogue says of the facts, by the bot's own sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.guides import GUIDES, side_by_side
from bot.guides.facts import CASE_FIELDS, Facts, told
from bot.guides.guide import Line, Reply
from bot.guides.price import is_out_of_reach
from bot.law.situation import FIELDS
from bot.mediator.sheet.usual import presumed
from bot.nlg.sentences import Sentences

# The channel of no messaging service: the wording that the site's own pages show.
CHANNEL = ""
# The guided dialogues in the order of a person's questions; a request made and refused comes before all.
ORDER = ("eligibility", "price", "remedy")
REQUESTED = ("remedy", "eligibility", "price")
# Where the reason is still unknown, the desk says what to ask for: "I cannot answer you yet" helps nobody.
INCOMPLETE, TO_ASK = "utter_outcome_incomplete", "utter_desk_outcome_incomplete"
# A remedy is told where the file has a history, the rest where the case has one.
_HISTORY = frozenset(CASE_FIELDS) - {"residence", "urgent", "refusal_states_remedies"}


@dataclass(frozen=True)
class Answer:
    """What one guided dialogue says: its messages as the bot renders them, the questions still open."""

    guide: str
    messages: tuple[dict[str, Any], ...]
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Headline:
    """The answer of one guided dialogue in a line."""

    guide: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """The right half: the answers, their headlines, and what they presume, in words."""

    answers: tuple[Answer, ...]
    headlines: tuple[Headline, ...]
    presumed: tuple[str, ...]

    def __iter__(self) -> Iterator[Answer]:
        """The answers, in order."""
        return iter(self.answers)


def verdict(
    sentences: Sentences, facts: Facts, on: dt.date, wording: str | None = None, presumes: bool = True
) -> Verdict:
    """What the sheet says: with the usual case presumed where ``presumes``, else as the bot says it."""
    usual = presumed(facts) if presumes else {}
    known = {**usual, **facts}
    found = answers(sentences, known, on, wording)
    if presumes:
        found = [_said_at_the_desk(sentences, answer, known, on, wording) for answer in found]
    # All are told together, since who applies is named by whose card it is.
    lines = [_line(sentences, each, on) for each in told(known) if each["values"].keys() <= usual.keys()]
    return Verdict(tuple(found), tuple(_headlines(sentences, found, known, on)), tuple(filter(None, lines)))


def answers(sentences: Sentences, facts: Facts, on: dt.date, wording: str | None = None) -> list[Answer]:
    """The answers that the facts call for, none where nothing was told.

    Each is what the bot says once every question that is still open was answered by "I don't know".
    """
    order = REQUESTED if _is_called_for("remedy", facts) else ORDER
    return [_answer(sentences, name, facts, on, wording) for name in order if _is_called_for(name, facts)]


def _is_called_for(guide: str, facts: Facts) -> bool:
    if guide == "remedy":
        return bool(_HISTORY & facts.keys())
    if guide == "eligibility" and "reason" not in facts and _is_another_operation(facts):
        return False
    return bool((set(FIELDS) | {"operation"}) & facts.keys())


def _is_another_operation(facts: Facts) -> bool:
    return not str(facts.get("operation", "duplicate")).startswith("duplicate")


def _answer(sentences: Sentences, name: str, facts: Facts, on: dt.date, wording: str | None) -> Answer:
    return _rendered(sentences, name, side_by_side.replies(name, facts, on), facts, on, wording)


def _rendered(
    sentences: Sentences, name: str, replies: list[Reply], facts: Facts, on: dt.date, wording: str | None
) -> Answer:
    slots: dict[str, Any] = {**facts, "wording": wording}
    rendered = [sentences.render(reply.response, slots, CHANNEL, reply.values, on) for reply in replies]
    asked = []
    for fact in side_by_side.questions(name, facts, on):
        question = sentences.render(f"utter_ask_{fact}", slots, CHANNEL, {}, on)
        asked.append((fact, question["text"] if question else fact))
    return Answer(name, tuple(message for message in rendered if message), tuple(asked))


def _said_at_the_desk(
    sentences: Sentences, answer: Answer, facts: Facts, on: dt.date, wording: str | None
) -> Answer:
    """The answer, led by the fact to ask for where the bot would say that it cannot answer yet."""
    replies = side_by_side.replies(answer.guide, facts, on)
    led = [
        Reply(reply.response, {**reply.values, "answer": {"response": TO_ASK}})
        if _is_incomplete(reply)
        else reply
        for reply in replies
    ]
    return answer if led == replies else _rendered(sentences, answer.guide, led, facts, on, wording)


def _is_incomplete(reply: Reply) -> bool:
    return (reply.values.get("answer") or {}).get("response") == INCOMPLETE


def _headlines(sentences: Sentences, found: list[Answer], facts: Facts, on: dt.date) -> Iterator[Headline]:
    for answer in found:
        if answer.guide == "price" and is_out_of_reach(facts, on):
            # A "no" has no price beside it.
            continue
        line = GUIDES[answer.guide].gist(facts, on).headline
        text = _line(sentences, {**line, "response": TO_ASK} if line["response"] == INCOMPLETE else line, on)
        if text:
            yield Headline(answer.guide, text)


def _line(sentences: Sentences, line: Line, on: dt.date) -> str:
    rendered = sentences.render(line["response"], {}, CHANNEL, line.get("values") or {}, on)
    return str(rendered["metadata"]["body"]).replace("**", "") if rendered else ""
