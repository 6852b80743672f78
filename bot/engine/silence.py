"""Who comes back after a silence is told, once, that what they said before is still known.

Rasa would begin a new session after that time: forget the facts, refuse the buttons that still stand on the
screen and speak beside a person who has taken the conversation over. Here a conversation goes on until it is
erased or too old to be kept (domain.yml turns the sessions off).
"""

from __future__ import annotations

from itertools import islice

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY

from bot.procedures.registry import FACT_NAMES

SILENCE_SECONDS = 60 * 60
# The sentence.
WELCOME_BACK = "utter_welcome_back"
# Who begins anew keeps nothing.
_BEGIN_ANEW = frozenset({"restart_case", "other_case"})


def is_back(tracker: DialogueStateTracker) -> bool:
    """Whether the latest message, just read, comes after a silence, and there is something to go on from."""
    latest = tracker.latest_message
    if tracker.is_paused() or latest is None or latest.intent.get(INTENT_NAME_KEY) in _BEGIN_ANEW:
        return False
    said = (event for event in reversed(tracker.events) if isinstance(event, (UserUttered, BotUttered)))
    last_two = list(islice(said, 2))
    if len(last_two) < 2 or last_two[0].timestamp - last_two[1].timestamp < SILENCE_SECONDS:
        return False
    slots = tracker.current_slot_values()
    return bool(slots.get("guided_dialogue")) or any(slots.get(name) is not None for name in FACT_NAMES)
