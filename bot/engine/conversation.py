"""A conversation's state that is copied, not told again from its first event."""

from __future__ import annotations

import copy

from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker


class Conversation(DialogueStateTracker):
    """Rasa's tracker; before each action Rasa copies it, by applying every event since the beginning."""

    def copy(self) -> Conversation:
        """The same state; what happens to the copy leaves this one as it is."""
        twin = copy.copy(self)
        twin.events = self.events.copy()
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy.copy(self.active_loop)
        return twin

    def init_copy(self) -> Conversation:
        """A conversation with the same slots in which nothing was said."""
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
