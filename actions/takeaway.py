"""What a person takes away: the sheet of the case, and its letters."""

from __future__ import annotations

import datetime as dt

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import PARIS, AnsweringAction, facts_of, facts_said_now, now
from bot.guides.facts import Facts
from bot.law.local_days import day_of_case
from bot.takeaway import addresses, letters, store
from bot.takeaway.answers import answers
from bot.takeaway.case import SheetCase, kept, kept_guide
from bot.takeaway.deadlines import deadlines


class ActionMakeSheet(AnsweringAction):
    """Keeps the facts of the case under a secret address, and gives it."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_make_sheet"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The addresses of the sheet and its files, or that there is nothing to put on it yet."""
        case = _case(tracker)
        given = answers(case, case.made_on)
        if given.is_empty:
            dispatcher.utter_message(response="utter_sheet_empty")
            return []
        token = _make(case, tracker.sender_id)
        easy = tracker.get_slot("wording") == "easy"
        files = [
            ("utter_sheet_download_page", addresses.sheet(token, easy), ""),
            ("utter_sheet_download_pdf", addresses.pdf(token, easy), "PDF"),
        ]
        if any(day.day >= case.made_on for day in deadlines(case.facts, given.plan, case.made_on)):
            files.append(("utter_sheet_download_calendar", addresses.calendar(token), "ICS"))
        dispatcher.utter_message(
            response="utter_sheet_ready",
            address=addresses.sheet(token, easy),
            expires_on=_expires_on(token),
            downloads=_downloads(files),
            choices=_choices(letters.fitting(given)),
        )
        return []


class ActionWriteLetter(AnsweringAction):
    """Drafts the letter asked for, or offers those that fit the case."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_write_letter"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The address of the letter; the choice where several fit, or where the case says nothing."""
        case = _case(tracker)
        fitting = letters.fitting(answers(case, case.made_on))
        asked = _letter_of(tracker)
        if asked is None and len(fitting) != 1:
            response = "utter_letter_choose" if fitting else "utter_letter_choose_any"
            dispatcher.utter_message(response=response, choices=_choices(fitting or letters.NAMES))
            return []
        name = asked or fitting[0]
        token = _make(case, tracker.sender_id)
        files = [
            ("utter_letter_download_page", addresses.letter(token, name), ""),
            ("utter_letter_download_file", addresses.letter_file(token, name), "DOCX"),
        ]
        dispatcher.utter_message(
            response="utter_letter_ready",
            letter={"response": f"utter_letter_{name}_title"},
            address=addresses.letter(token, name),
            expires_on=_expires_on(token),
            downloads=_downloads(files),
        )
        return []


def _case(tracker: Tracker) -> SheetCase:
    facts: Facts = kept({**facts_of(tracker), **facts_said_now(tracker)})
    last = tracker.get_slot("last_answer") or {}
    return SheetCase(facts, kept_guide(last.get("guide")), day_of_case(facts.values(), now()))


def _make(case: SheetCase, conversation: str) -> str:
    return store.opened().make(case.facts, case.guide, case.made_on, _now(), conversation)


def _expires_on(token: str) -> str:
    found = store.opened().find(token, _now())
    if found is None:
        raise LookupError("a sheet just made cannot be found")
    return found.expires_at.replace(tzinfo=dt.UTC).astimezone(PARIS).date().isoformat()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _letter_of(tracker: Tracker) -> str | None:
    entities = tracker.latest_message.get("entities") or []
    named = (entity["value"] for entity in entities if entity["entity"] == "letter")
    return next((name for name in named if name in letters.NAMES), None)


def _downloads(files: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"title": title, "url": url, "detail": kind} for title, url, kind in files]


def _choices(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"title": f"utter_letter_{name}_button", "payload": f'/write_letter{{"letter": "{name}"}}'}
        for name in names
    ]
