"""A tracker whose state is copied instead of being replayed from the first event.

Rasa walks through all events before each action, to copy the state, and several times a turn, to find what
was undone: the longer a conversation, the slower each of its turns.
"""

from __future__ import annotations

import copy

from rasa.shared.core.events import (
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

# Events that reset the conversation, and events that may revert earlier ones.
_BEGINS = frozenset({Restarted, SessionStarted})
_MAY_UNDO = frozenset({ActionReverted, UserUtteranceReverted, ActiveLoop})


class Conversation(DialogueStateTracker):
    """Rasa's tracker, whose turns take about as long at the end of a conversation as at its beginning.

    ``left_out``: how many stored events of the session were not read, because nothing of them lasts.
    """

    left_out = 0

    def applied_events(self) -> list[Event]:
        """The events since the last restart or session start, without reverted ones."""
        events = list(self.events)
        kinds = list(map(type, events))
        if not _MAY_UNDO.isdisjoint(kinds):
            return super().applied_events()
        if _BEGINS.isdisjoint(kinds):
            return events
        first = next(place for place in range(len(kinds), 0, -1) if kinds[place - 1] in _BEGINS)
        return events[first:]

    def copy(self) -> Conversation:
        """An independent copy with the same state."""
        twin = copy.copy(self)
        twin.events = self.events.copy()
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy.copy(self.active_loop)
        return twin

    def init_copy(self) -> Conversation:
        """A tracker with the same slot definitions and no events."""
        fresh = Conversation(
            self.sender_id, (), self._max_event_history, is_rule_tracker=self.is_rule_tracker
        )
        fresh.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        fresh._reset_slots()
        return fresh


def _twin(slot: Slot) -> Slot:
    # What copy.copy() does, in a third of its time: there are dozens, and a turn copies them all ten times.
    twin = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin
