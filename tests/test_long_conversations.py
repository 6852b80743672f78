"""What keeps long conversations fast changes no answer: stored events read, and the end of a conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.slots import AnySlot, CategoricalSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.conversation import Conversation
from bot.engine.recent_turns import recent_events, recent_tracker
from bot.engine.stored_events import decoded, encoded, events
from bot.engine.tracker_store import RECENT_MESSAGES, ConversationStore

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


def test_policies_know_the_last_action_after_messages_that_a_person_answered() -> None:
    domain = Domain.from_dict(
        {"intents": ["inform"], "actions": ["action_take_answer"], "slots": {}, "responses": {}}
    )
    tracker = conversation(20)
    tracker.update(ActionExecuted("action_listen"))
    for rank in range(4):
        tracker.update(UserUttered(f"to a person {rank}", {"name": "inform"}))
    whole, recent = tracker.past_states(domain), recent_tracker(tracker).past_states(domain)
    assert len(recent) < len(whole)
    assert recent[-1] == whole[-1]
    assert recent[-1]["prev_action"] == {"action_name": "action_listen"}


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


@pytest.mark.parametrize(
    "undoing",
    [
        [],
        [SessionStarted(), ActionExecuted("action_listen")],
        [Restarted()],
        [ActionReverted()],
        [UserUtteranceReverted()],
        [ActiveLoop("some_form"), ActionExecuted("some_form"), ActionExecuted("action_listen")],
    ],
)
def test_the_events_that_still_count_are_those_that_rasa_finds(undoing: list[Event]) -> None:
    tracker = conversation(3)
    for event in [*undoing, *turn("one more")]:
        tracker.update(event)
    assert twin_of(tracker).applied_events() == tracker.applied_events()


def test_nothing_counts_of_a_conversation_without_events() -> None:
    assert Conversation("someone", SLOTS).applied_events() == []


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


@pytest.mark.parametrize("text", ["é ’ « 🙂 »", 'a "quoted" \\ word\n', "half \ud83d of an emoji"])
def test_an_event_is_read_back_as_it_was_stored(text: str) -> None:
    event = UserUttered(text, {"name": "inform", "confidence": 0.25}, message_id="1").as_dict()
    assert decoded(encoded(event)) == event


def test_a_confidence_of_numpy_is_stored_as_a_number() -> None:
    event = ActionExecuted("action_listen", "RulePolicy", np.float64(0.5)).as_dict()
    assert decoded(encoded(event))["confidence"] == 0.5


def test_what_has_no_form_in_json_is_named() -> None:
    with pytest.raises(TypeError, match="complex"):
        encoded({"event": "slot", "value": 1j})


def test_an_event_of_an_earlier_release_is_read() -> None:
    event = SlotSet("reason", "été").as_dict()
    assert decoded(json.dumps(event)) == event


DOMAIN = Domain.from_dict(
    {"slots": {name: {"type": "any", "mappings": []} for name in ("reason", "early", "emptied")}}
)


def stored(tmp_path: Path, events: Sequence[Event]) -> ConversationStore:
    store = ConversationStore(DOMAIN, f"sqlite:///{tmp_path / 'conversations.db'}")
    tracker = DialogueStateTracker.from_events("someone", list(events), DOMAIN.slots)
    asyncio.run(store.save(tracker))
    return store


def read(store: ConversationStore) -> tuple[DialogueStateTracker, DialogueStateTracker]:
    """The end of the conversation, as a turn reads it, and the whole."""
    whole = asyncio.run(store.retrieve("someone"))
    assert whole is not None
    return asyncio.run(store.get_or_create_tracker("someone")), whole


LASTING: dict[str, list[Event]] = {
    "facts told long ago": [SlotSet("early", "theft"), SlotSet("emptied", "no"), SlotSet("emptied", None)],
    "a person who took over": [ConversationPaused()],
    "a person who took over and left": [ConversationPaused(), ConversationResumed()],
    "facts that were all forgotten": [SlotSet("early", "theft"), AllSlotsReset(), SlotSet("emptied", "yes")],
    "a beginning after facts": [SlotSet("early", "theft"), SessionStarted()],
    "a restart": [SlotSet("early", "theft"), Restarted()],
}


@pytest.mark.parametrize("lasting", LASTING.values(), ids=LASTING.keys())
def test_the_end_of_a_long_conversation_holds_what_the_whole_holds(
    lasting: list[Event], tmp_path: Path
) -> None:
    said = [event for rank in range(70) for event in turn(f"message {rank}")]
    end, whole = read(stored(tmp_path, [SessionStarted(), *turn("hello"), *lasting, *said]))
    assert len(end.events) < len(whole.events) / 2
    told, all_told = end.current_state(), whole.current_state()
    assert told == all_told
    assert texts(end.events) == texts(whole.events)[-RECENT_MESSAGES:]
    assert recent_events(end) == recent_events(whole)


def test_the_end_of_a_conversation_with_a_person_holds_the_last_action_before(tmp_path: Path) -> None:
    said = [event for rank in range(70) for event in turn(f"message {rank}")]
    unanswered = [UserUttered(f"to a person {rank}") for rank in range(30)]
    end, whole = read(stored(tmp_path, [SessionStarted(), *said, ConversationPaused(), *unanswered]))
    assert end.latest_action_name == whole.latest_action_name == "action_take_answer"


def test_what_follows_the_end_of_a_long_conversation_is_stored_once(tmp_path: Path) -> None:
    said = [event for rank in range(70) for event in turn(f"message {rank}")]
    store = stored(tmp_path, [SessionStarted(), *said])
    for rank in range(3):
        end, _ = read(store)
        for event in turn(f"more {rank}"):
            end.update(event)
        asyncio.run(store.save(end))
    _, whole = read(store)
    assert texts(whole.events) == [f"message {rank}" for rank in range(70)] + ["more 0", "more 1", "more 2"]
    assert len(whole.events) == 1 + 5 * 73


def test_a_new_session_after_a_long_one_is_read_alone(tmp_path: Path) -> None:
    said = [event for rank in range(70) for event in turn(f"message {rank}")]
    store = stored(tmp_path, [SessionStarted(), *said])
    end, _ = read(store)
    for event in [SessionStarted(), *turn("anew")]:
        end.update(event)
    asyncio.run(store.save(end))
    end, whole = read(store)
    assert texts(whole.events) == texts(end.events) == ["anew"]


def test_a_short_conversation_is_read_whole(tmp_path: Path) -> None:
    end, whole = read(stored(tmp_path, [SessionStarted(), *turn("one"), *turn("two")]))
    assert list(end.events) == list(whole.events)
