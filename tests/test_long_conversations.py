"""What keeps long conversations fast changes no answer: stored events read, and the end of a conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.slots import AnySlot, CategoricalSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.conversation import Conversation
from bot.engine.recent_turns import recent_events, recent_tracker
from bot.engine.stored_events import events
from bot.engine.tracker_store import ConversationStore

SLOTS = [AnySlot("reason", mappings=[])]


def turn(text: str) -> list[Event]:
    return [
        ActionExecuted("action_listen"),
        UserUttered(text, {"name": "inform"}),
        SlotSet("reason", text),
        ActionExecuted("action_take_answer"),
        BotUttered(f"answer to {text}"),
    ]


def conversation(turns: int, slots: Sequence[Slot] = SLOTS) -> DialogueStateTracker:
    begun = [ActionExecuted("action_session_start"), SessionStarted()]
    said = [event for rank in range(turns) for event in turn(f"message {rank}")]
    return DialogueStateTracker.from_events("someone", [*begun, *said], slots)


def texts(of: Sequence[Event]) -> list[str]:
    return [event.text for event in of if isinstance(event, UserUttered) and event.text]


def test_recent_events_begin_with_the_sixth_last_message() -> None:
    found = recent_events(conversation(20))
    assert isinstance(found[0], UserUttered)
    assert texts(found) == [f"message {rank}" for rank in range(14, 20)]


@pytest.mark.parametrize("turns", [0, 1, 5])
def test_all_events_of_a_short_conversation_are_recent(turns: int) -> None:
    tracker = conversation(turns)
    assert recent_events(tracker) == list(tracker.events)


def test_policies_see_the_same_last_states_of_a_long_conversation() -> None:
    domain = Domain.from_dict(
        {"intents": ["inform"], "actions": ["action_take_answer"], "slots": {}, "responses": {}}
    )
    tracker = conversation(20)
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered("last", {"name": "inform"}))
    for states, event in ((1, ActionExecuted("action_take_answer")), (2, ActionExecuted("action_listen"))):
        whole, recent = tracker.past_states(domain), recent_tracker(tracker).past_states(domain)
        assert len(recent) < len(whole)
        assert recent[-states:] == whole[-states:]
        tracker.update(event)


def test_a_tracker_in_a_loop_stays_whole() -> None:
    tracker = conversation(20)
    tracker.update(ActiveLoop("some_form"))
    assert recent_tracker(tracker) is tracker


def test_a_tracker_with_a_follow_up_action_stays_whole() -> None:
    tracker = conversation(20)
    tracker.followup_action = "action_recap"
    assert recent_tracker(tracker) is tracker


def test_a_tracker_whose_slots_influence_the_conversation_stays_whole() -> None:
    wording = CategoricalSlot("wording", mappings=[], values=["easy"], influence_conversation=True)
    tracker = conversation(20, [*SLOTS, wording])
    assert recent_tracker(tracker) is tracker


def twin_of(tracker: DialogueStateTracker) -> Conversation:
    return Conversation.from_events(tracker.sender_id, list(tracker.events), tracker.slots.values())


def test_a_copied_conversation_is_in_the_state_that_rasa_would_reach_by_its_events() -> None:
    tracker = conversation(4)
    for event in (ActiveLoop("some_form"), ActionExecuted("action_listen")):
        tracker.update(event)
    copied, told_again = twin_of(tracker).copy(), tracker.copy()
    assert copied.current_state() == told_again.current_state()
    assert list(copied.events) == list(told_again.events)
    assert copied.active_loop == told_again.active_loop
    assert copied.init_copy().current_state() == told_again.init_copy().current_state()


def test_what_happens_to_a_copy_leaves_the_conversation_as_it_was() -> None:
    original = twin_of(conversation(2))
    original.update(ActiveLoop("some_form"))
    before = original.current_state()
    copied = original.copy()
    for event in (SlotSet("reason", "other"), UserUttered("more"), ActionExecuted("some_form")):
        copied.update(event)
    copied.interrupt_loop(is_interrupted=True)
    assert original.current_state() == before
    assert copied.get_slot("reason") == "other"


def test_the_conversation_itself_is_left_as_it_was() -> None:
    tracker = conversation(20)
    before = list(tracker.events)
    recent_tracker(tracker).update(ActionExecuted("action_listen"))
    assert list(tracker.events) == before


def test_stored_events_are_read_as_rasa_reads_them() -> None:
    stored = [json.loads(json.dumps(event.as_dict())) for event in conversation(3).events]
    assert events(stored) == deserialise_events(stored)


def test_an_unknown_kind_of_event_is_named() -> None:
    with pytest.raises(ValueError, match="telepathy"):
        events([{"event": "telepathy"}])


def test_the_store_gives_back_what_it_was_given_and_appends_what_is_new(tmp_path: Path) -> None:
    domain = Domain.from_dict({"slots": {"reason": {"type": "any", "mappings": []}}})
    store = ConversationStore(domain, f"sqlite:///{tmp_path / 'conversations.db'}")
    asyncio.run(store.save(conversation(3)))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    for event in turn("one more"):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    found = asyncio.run(store.retrieve("someone"))
    assert found is not None
    assert list(found.events) == list(tracker.events)
    assert texts(found.events) == ["message 0", "message 1", "message 2", "one more"]
    assert found.get_slot("reason") == "one more"
