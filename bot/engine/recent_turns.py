"""The last turns of a conversation, which is all that choosing and calling the next action needs.

Rasa's policies rebuild the state after every event since the beginning, twice a turn, to look at the last
few; and an action is sent every event ever stored. Both cost more at each turn.
"""

from __future__ import annotations

from itertools import islice

from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# What an action may look back at: the question under way, and what was said before an interruption.
TURNS = 6


def recent_events(tracker: DialogueStateTracker, turns: int = TURNS) -> list[Event]:
    """The tracker's events since the user message ``turns`` messages ago; all where there are fewer."""
    return list(islice(tracker.events, _first(tracker, turns), None))


def recent_tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker of the last turn, from which the rules choose as from the whole one: a rule spans one turn.

    That is the whole one where older events count: in a loop, before a follow-up action, or where a slot
    influences the conversation.
    """
    needs_all = tracker.followup_action or tracker.active_loop_name
    if needs_all or any(slot.influence_conversation for slot in tracker.slots.values()):
        return tracker
    recent = tracker.init_copy()
    for event in islice(tracker.events, _last_action(tracker, _first(tracker, turns=1)), None):
        recent.update(event)
    return recent


def _first(tracker: DialogueStateTracker, turns: int) -> int:
    """The index of the user message ``turns`` messages ago; 0 where there are fewer."""
    messages = (rank for rank, event in _latest_first(tracker) if isinstance(event, UserUttered))
    return next(islice(messages, turns - 1, None), 0)


def _last_action(tracker: DialogueStateTracker, before: int) -> int:
    """The index of the last action before that event; 0 where there is none."""
    ranked = _latest_first(tracker)
    return next((rank for rank, event in ranked if rank < before and isinstance(event, ActionExecuted)), 0)


def _latest_first(tracker: DialogueStateTracker) -> zip[tuple[int, Event]]:
    return zip(range(len(tracker.events) - 1, -1, -1), reversed(tracker.events), strict=True)
