"""Reaching a person: a place in the mediators' queue where somebody is there, a code to show at a desk."""

from __future__ import annotations

import contextlib
import json
import os
import urllib.request
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ConversationResumed, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import dialogue
from actions.dialogue import DialogueAction
from actions.turn import Turn
from bot import neighbours

# The desk answers in milliseconds; a citizen does not wait for one that hangs.
ANSWER_SECONDS = 3
# France Titres has a number of its own for those who do not call from mainland France.
_NUMBERS_OF_RESIDENCE = {"overseas": "utter_human_overseas", "abroad": "utter_human_abroad"}


class DeskAway(Exception):
    """The mediators' desk does not answer, or there is none."""


class ActionReachPerson(DialogueAction):
    """Offers to hand the conversation to a person, or says when one is there and what to do meanwhile."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_reach_person"

    def take(self, turn: Turn) -> None:
        """The place in the queue, the offer, the next opening, or the other ways without a desk."""
        try:
            desk = _ask_desk("status", turn)
        except DeskAway:
            say_other_ways(turn)
            dialogue.resume(turn)
            return
        if desk["status"] == "waiting":
            _say_place(turn, desk)
        elif desk["open"]:
            turn.say("utter_handoff_offer")
            turn.keep(pending_choice={"person": "now"})
            return
        else:
            _say_closed(turn, desk)
            if turn.slot("pending_choice"):
                return
        dialogue.resume(turn)


class ActionJoinQueue(DialogueAction):
    """Puts the conversation into the mediators' queue, with the consent that the button stands for."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_join_queue"

    def take(self, turn: Turn) -> None:
        """As ``join``."""
        join(turn)


class ActionLeaveQueue(DialogueAction):
    """Takes the conversation out of the queue, or away from the person who answers in it."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_leave_queue"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The events of the turn; the assistant answers again, even where the desk cannot be told."""
        was_with_person = tracker.is_paused()
        turn = Turn(dispatcher, tracker)
        turn.keep(pending_choice=None)
        if was_with_person:
            self._leave_person(turn)
        else:
            self.take(turn)
        return [*turn.events(), *([ConversationResumed()] if was_with_person else [])]

    def take(self, turn: Turn) -> None:
        """Says so, also where it was not in the queue."""
        try:
            _ask_desk("withdrawals", turn)
        except DeskAway:
            say_other_ways(turn)
        else:
            turn.say("utter_handoff_left")
        dialogue.resume(turn)

    def _leave_person(self, turn: Turn) -> None:
        # Where the desk does not answer, it finds out by itself: the conversation tells when it was left.
        with contextlib.suppress(DeskAway):
            _ask_desk("withdrawals", turn)
        turn.say("utter_handoff_left_person")
        dialogue.resume(turn)


class ActionShowCode(DialogueAction):
    """Gives the short code that opens this conversation at a desk."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_show_code"

    def take(self, turn: Turn) -> None:
        """The code and for how long it works, or the other ways where there is no desk."""
        try:
            desk = _ask_desk("codes", turn)
        except DeskAway:
            say_other_ways(turn)
        else:
            # Apart, so that it can be read aloud.
            spelled = " ".join(desk["code"])
            turn.say("utter_handoff_code", code=desk["code"], spelled=spelled, minutes=desk["minutes"])


def join(turn: Turn, later: bool = False) -> None:
    """A place in the queue, told with the likely wait; or the next opening where nobody is there any more.

    ``later`` leaves the conversation for whoever comes next, where nobody is there now.
    """
    try:
        desk = _ask_desk("messages" if later else "requests", turn)
    except DeskAway:
        say_other_ways(turn)
        return
    if desk["status"] == "waiting":
        _say_place(turn, desk)
    elif desk["status"] == "message":
        turn.say("utter_handoff_message_left", number=desk["number"], days=desk["days"])
    elif desk["status"] == "taken":
        turn.say("utter_handoff_taken")
    else:
        _say_closed(turn, desk)


def say_other_ways(turn: Turn) -> None:
    """The telephone for where the person is, the form, the places; all the numbers where that is unknown."""
    residence = {**turn.facts, **turn.said}.get("residence")
    turn.say(_NUMBERS_OF_RESIDENCE.get(str(residence), "utter_human"))


def _say_place(turn: Turn, desk: dict[str, Any]) -> None:
    first = desk["position"] == 1
    if desk["minutes"] is None:
        turn.say("utter_handoff_first" if first else "utter_handoff_queued", position=desk["position"])
    else:
        values = {"position": desk["position"], "minutes": desk["minutes"]}
        turn.say("utter_handoff_first_timed" if first else "utter_handoff_queued_timed", **values)


def _say_closed(turn: Turn, desk: dict[str, Any]) -> None:
    """When somebody is there again and the other ways; a message may be left where one would be read."""
    if desk["status"] == "message":
        turn.say("utter_handoff_message_kept", number=desk["number"], days=desk["days"])
        return
    if desk["within_hours"]:
        turn.say("utter_handoff_nobody_now")
    elif desk["next_opening"] is not None:
        turn.say("utter_handoff_closed", **_opening(desk))
    say_other_ways(turn)
    if desk["within_hours"] or desk["next_opening"] is not None:
        turn.say("utter_handoff_message_offer", days=desk["days"])
        turn.keep(pending_choice={"person": "later"})


def _opening(desk: dict[str, Any]) -> dict[str, str]:
    """The next opening as a sentence tells it."""
    opening = desk["next_opening"]
    return {"day": opening["day"], "time": time_of(opening)}


def time_of(opening: dict[str, str]) -> str:
    """The hour of an opening, "9 h 00"; with whose clock it is where that is not Paris's."""
    hour, _, minutes = opening["time"].partition(":")
    time = f"{int(hour)} h {minutes}".removesuffix(" 00")
    return f"{time} ({opening['clock']})" if "clock" in opening else time


def _ask_desk(what: str, turn: Turn) -> dict[str, Any]:
    """The desk's answer about this conversation; raises DeskAway without one."""
    address, secret = os.environ.get("DESK_URL"), os.environ.get("DESK_SECRET")
    if not address or not secret:
        raise DeskAway
    body = json.dumps({"conversation": turn.conversation, "subject": _subject(turn)}).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/internal/{what}", body, headers)
    try:
        with neighbours.open_url(request, ANSWER_SECONDS) as answer:
            told: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise DeskAway from error
    return told


def _subject(turn: Turn) -> str:
    """What the conversation is about: the topic of the last question, else the last guided dialogue."""
    question = (turn.last.get("question") or "").removeprefix("faq/").partition(".")[0]
    return question or turn.last.get("guide") or turn.running or ""
