"""``python -m bot.evaluation turn``: what our own parts save of a turn, each beside Rasa's way of doing it.

On one conversation of 10 turns and on one of 200, made of the test dialogues as the model reads them. Both
ways are measured in turn, so that whatever else the machine does slows them alike; printed are the medians
in milliseconds of one call.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from bot import settings, training
from bot.engine import model_loading, stored_events
from bot.engine.conversation import Conversation
from bot.engine.recent_turns import recent_tracker
from bot.engine.steady_action import SteadyRemoteAction
from bot.engine.tracker_store import ConversationStore
from bot.evaluation.speed import dialogues
from bot.nlu.ngrams import Ngrams, characters, words

LENGTHS = (10, 200)
TIMES = 15
SENDER = "someone"
Way = Callable[[], object]


@dataclass(frozen=True)
class Part:
    """A part of a turn: how Rasa does it, how ours does, and where."""

    name: str
    rasas: Way
    ours: Way
    where: str


@dataclass(frozen=True)
class Assistant:
    """What a turn needs of a trained model."""

    domain: Domain
    runner: DaskGraphRunner
    core: str
    nlu: str

    @classmethod
    def of(cls, model: Path) -> Assistant:
        """The model at that place."""
        _, metadata, runner = model_loading.load(model)
        assert isinstance(runner, DaskGraphRunner) and metadata.core_target and metadata.nlu_target
        return cls(metadata.domain, runner, metadata.core_target, metadata.nlu_target)

    def parse(self, text: str) -> dict[str, Any]:
        """What the model reads in a message."""
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: self.conversation(())}
        (message,) = self.runner.run(inputs, [self.nlu])[self.nlu]
        return {"entities": [], **message.as_dict(only_output_properties=True)}

    def conversation(self, events: Iterator[Event] | tuple[()]) -> Conversation:
        """A conversation in which that happened."""
        return Conversation.from_events(SENDER, list(events), self.domain.slots)

    def talk(self, turns: int) -> Conversation:
        """A conversation of so many questions, each answered, that waits for the next action."""
        said = itertools.cycle(text for talk in dialogues.read() for text in talk.messages)
        begun = [ActionExecuted("action_session_start"), SessionStarted()]
        turned = (event for text in itertools.islice(said, turns) for event in self._turn(text))
        return self.conversation(itertools.islice(itertools.chain(begun, turned), 2 + 6 * turns - 4))

    def _turn(self, text: str) -> list[Event]:
        parse = self.parse(text)
        answer = self.domain.responses["utter_faq/cost"][0]
        return [
            ActionExecuted("action_listen"),
            UserUttered(text, parse["intent"], parse["entities"], parse),
            ActionExecuted("action_answer_question"),
            BotUttered(answer["text"], {"buttons": answer["buttons"]}, answer["metadata"]),
            SlotSet("last_answer", {"question": "faq/cost"}),
            SlotSet("pending_choice", None),
        ]


def parts(here: Assistant, turns: int, folder: Path) -> list[Part]:
    """The parts of the last turn of a conversation of so many."""
    tracker = here.talk(turns)
    plain = DialogueStateTracker.from_events(SENDER, list(tracker.events), here.domain.slots)
    stored = [event.as_dict() for event in tracker.events]
    rasas_action, our_action = RemoteAction("action_recap", None), SteadyRemoteAction("action_recap", None)
    values = [SlotSet(f"slot_{rank}", rank).as_dict() for rank in range(4)]
    result = {"events": values, "responses": [{"response": "utter_faq/cost", "values": {"total": 1376}}]}
    inputs, last = {PLACEHOLDER_TRACKER: recent_tracker(tracker)}, {PLACEHOLDER_TRACKER: plain}
    rasas_store = SQLTrackerStore(here.domain, db=str(folder / f"rasa-{turns}.db"))
    our_store = ConversationStore(here.domain, f"sqlite:///{folder / f'ours-{turns}.db'}")

    def turn_in(store: SQLTrackerStore) -> Way:
        asyncio.run(store.save(tracker))

        async def take() -> None:
            found = await store.get_or_create_tracker(SENDER)
            for _ in range(6):
                found.update(ActionExecuted("action_listen"))
            await store.save(found)
            # As long as it was before the next time.
            with store.session_scope() as session:
                newest = session.query(store.SQLEvent.id).order_by(store.SQLEvent.id.desc()).limit(6)
                kept = [row.id for row in newest]
                session.query(store.SQLEvent).filter(store.SQLEvent.id.in_(kept)).delete()
                session.commit()

        return lambda: asyncio.run(take())

    def call(action: RemoteAction) -> Way:
        return lambda: json.dumps(action._action_call_format(plain, here.domain))

    return [
        Part(
            "components run in order",
            lambda: DaskGraphRunner.run(here.runner, inputs, [here.core]),
            lambda: here.runner.run(inputs, [here.core]),
            "engine/graph_runner.py",
        ),
        Part(
            "states that the rules look at",
            lambda: here.runner.run(last, [here.core]),
            lambda: here.runner.run({PLACEHOLDER_TRACKER: recent_tracker(tracker)}, [here.core]),
            "engine/recent_turns.py",
        ),
        Part("conversation copied before an action", plain.copy, tracker.copy, "engine/conversation.py"),
        Part("call of an action", call(rasas_action), call(our_action), "engine/steady_action.py"),
        Part(
            "check of its answer",
            lambda: rasas_action._validate_action_result(result),
            lambda: our_action._validate_action_result(result),
            "engine/steady_action.py",
        ),
        Part(
            "stored events made into objects",
            lambda: deserialise_events(stored),
            lambda: stored_events.events(stored),
            "engine/stored_events.py",
        ),
        Part(
            "conversation read and written",
            turn_in(rasas_store),
            turn_in(our_store),
            "engine/tracker_store.py",
        ),
        _features(),
    ]


def _features() -> Part:
    texts = [text for talk in dialogues.read() for text in talk.messages]
    ngrams = Ngrams(rarest=2)
    ngrams.fit_transform(texts)
    union = FeatureUnion(
        [
            (analyzer.__name__, TfidfVectorizer(analyzer=analyzer, min_df=2, sublinear_tf=True))
            for analyzer in (characters, words)
        ]
    ).fit(texts)
    one = [max(texts, key=len)]
    return Part(
        "n-grams of a message (scikit-learn's way)",
        lambda: union.transform(one),
        lambda: ngrams.transform(one),
        "nlu/ngrams.py",
    )


def measured(part: Part, times: int) -> tuple[float, float]:
    """Medians in milliseconds of Rasa's way and of ours, called in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for way, own in zip((part.rasas, part.ours), taken, strict=True):
            begun = time.perf_counter()
            way()
            own.append(1000 * (time.perf_counter() - begun))
    return median(taken[0]), median(taken[1])


def main(arguments: list[str]) -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation turn")
    parser.add_argument("--model", type=Path, help="by default today's, trained where it is missing")
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(arguments)
    settings.apply()
    logging.disable(logging.WARNING)
    here = Assistant.of(options.model or training.train_if_needed()[0])
    rows: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turns in LENGTHS:
            for part in parts(here, turns, Path(folder)):
                rasas, ours = measured(part, options.times)
                cells = rows.setdefault(part.name, [f"`bot/{part.where}`"])
                cells += [f"{rasas:.2f}", f"{ours:.2f}"]
    columns = [f"turn {turns}, {who}" for turns in LENGTHS for who in ("Rasa's way", "ours")]
    print("| milliseconds | where | " + " | ".join(columns) + " |")
    print("|---|---|" + "---|" * len(columns))
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells) + " |")
