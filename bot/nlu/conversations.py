"""The written conversations of ``data/stories/conversations``: each message in its place, for the classifier.

They are written as Rasa's end-to-end stories: what the person says (``user``) with what it wants (``intent``,
two joined by "+"), and, where the assistant had just asked for a fact, that question (``action``). Its
answers follow from the intents and are left out. Rasa's policies do not learn from them: the rules decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu import facts
from bot.nlu.dialogue_context import DialogueContext

FOLDER = "conversations"
# The key of a training example under which its context stands.
CONTEXT = "dialogue_context"
_QUESTION = "utter_ask_"
# The facts of training conversations count no days: any day will do.
_DAY = dt.date(2026, 11, 30)


class ConversationError(ValueError):
    """A conversation file cannot be read; the message names the file and the story."""


@dataclass(frozen=True)
class Turn:
    """A message in its place: what it says, the labels it wants (the first one first), what stood before."""

    text: str
    labels: tuple[str, ...]
    context: DialogueContext


def is_conversation_file(path: str | Path) -> bool:
    """Whether the file holds written conversations rather than Rasa's stories and rules."""
    return Path(path).parent.name == FOLDER


def read(path: Path) -> Iterator[tuple[str, list[Turn]]]:
    """The conversations of a file, by title; raises ConversationError where one is malformed."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}
    for story in content.get("stories") or ():
        try:
            yield story["story"], list(_turns(story["steps"]))
        except (KeyError, TypeError, AttributeError) as error:
            title = story.get("story") if isinstance(story, dict) else story
            raise ConversationError(f"{path.name}: {title}: {error!r}") from error


def _turns(steps: list[dict[str, Any]]) -> Iterator[Turn]:
    context = DialogueContext()
    asked: str | None = None
    for step in steps:
        if "action" in step:
            asked = step["action"].removeprefix(_QUESTION)
            continue
        text, labels = step["user"], tuple(step["intent"].split("+"))
        context = DialogueContext(context.last, context.earlier, asked, context.facts, context.text)
        yield Turn(text, labels, context)
        told = {fact.name: fact.value for fact in facts.find(text, _DAY)}
        context = context.after(labels[-1], text, told, None)
        asked = None
