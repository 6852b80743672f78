"""What the stored conversations tell the desk: messages not understood, and counts; nobody is followed."""

from __future__ import annotations

import collections
import datetime as dt
import json
import time
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterable, List
from zoneinfo import ZoneInfo

from rasa.core.tracker_store import SQLTrackerStore

from bot import settings
from bot.channels.site.feedback import FeedbackStore
from bot.channels.turns.conversations import unwrapped
from bot.engine import silence
from bot.privacy.masking import mask

PARIS = ZoneInfo("Europe/Paris")
DAY_SECONDS = 86_400
# What the bot says where it has no answer. What it took the message for decides nothing.
NO_ANSWER = {
    "utter_not_understood": "not_understood",
    "utter_not_understood_twice": "not_understood",
    "utter_close_call": "asked_between",
    "utter_out_of_scope": "out_of_scope",
}
ANSWERED, TO_A_PERSON, UNREAD = "answered", "to_a_person", "unread"
# A page must not read a year of a busy town's conversations one by one.
MOST_READ = 50_000
# The latest messages are looked through for the few that had no answer.
LOOKED_THROUGH = 100
NEAREST = 3


@dataclass(frozen=True)
class Said:
    """A message that somebody wrote; ``outcome`` is a value of ``NO_ANSWER``, ANSWERED or TO_A_PERSON.

    UNREAD where no answer is stored, as in the middle of a turn.
    """

    text: str
    parse: Dict[str, Any]
    at: float
    outcome: str

    @property
    def day(self) -> dt.date:
        """The day in France."""
        return self.moment.date()

    @property
    def moment(self) -> dt.datetime:
        """When it was written, on the clock of France."""
        return dt.datetime.fromtimestamp(self.at, PARIS)


def misunderstood(store: Any, limit: int) -> List[Dict[str, Any]]:
    """The latest different messages that had no answer, masked, with the nearest topics.

    What was written to a person is not among them: it was meant for that person alone.
    """
    found: Dict[str, Dict[str, Any]] = {}
    for said in reversed(_said(store, 0, min(limit * LOOKED_THROUGH, MOST_READ))):
        text = mask(said.text.strip())
        if said.outcome not in NO_ANSWER.values() or not text:
            continue
        ranking = said.parse.get("topic_ranking") or ()
        nearest = [topic["name"] for topic in ranking if topic.get("is_question")][:NEAREST]
        told = {"text": text, "outcome": said.outcome, "day": said.day.isoformat(), "nearest": nearest}
        found.setdefault(text.casefold(), told)
        if len(found) >= limit:
            break
    return list(found.values())


def statistics(store: Any, days: int) -> Dict[str, Any]:
    """Counts of the last days: messages written by topic, day, hour and outcome, opinions by reason.

    ``before`` has the totals of as many days before them. A button pressed is no message that may be
    misunderstood: only written ones count.
    """
    now = time.time()
    since = now - days * DAY_SECONDS
    written = _said(store, since - days * DAY_SECONDS, MOST_READ)
    recent = [said for said in written if said.at >= since]
    topics: collections.Counter[str] = collections.Counter()
    by_day: Dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    hours: collections.Counter[int] = collections.Counter()
    for said in recent:
        by_day[said.day.isoformat()][said.outcome] += 1
        hours[said.moment.hour] += 1
        if said.outcome != TO_A_PERSON:
            topics[_topic(said.parse) or (said.parse.get("intent") or {}).get("name") or ""] += 1
    return {
        "topics": dict(topics.most_common()),
        "days": {day: dict(counts) for day, counts in sorted(by_day.items())},
        "hours": {str(hour): hours[hour] for hour in range(24) if hours[hour]},
        "totals": _totals(recent),
        "before": _totals(said for said in written if said.at < since),
        "opinions": _opinions(days, 0),
        "opinions_before": _opinions(days, days),
    }


def _totals(written: Iterable[Said]) -> Dict[str, int]:
    return dict(collections.Counter(said.outcome for said in written))


def _topic(parse: Dict[str, Any]) -> str:
    found = (parse.get("response_selector") or {}).get("faq") or {}
    label = (found.get("response") or {}).get("intent_response_key") or ""
    is_question = (parse.get("intent") or {}).get("name") == "faq"
    return label.removeprefix("faq/").partition(".")[0] if is_question else ""


def _opinions(days: int, days_ago: int) -> Dict[str, Any]:
    """The opinions of that many days, which ended ``days_ago``."""
    until = dt.datetime.now(PARIS).date() - dt.timedelta(days=days_ago)
    since = until - dt.timedelta(days=days)
    reasons: collections.Counter[str] = collections.Counter()
    unhelpful: collections.Counter[str] = collections.Counter()
    helpful = 0
    for opinion in FeedbackStore(settings.get("FEEDBACK_DATABASE_URL")).all():
        if not since < opinion["day"] <= until:
            continue
        helpful += opinion["helpful"]
        if not opinion["helpful"]:
            reasons[opinion["reason"] or "none"] += 1
            unhelpful[opinion["response"]] += 1
    return {"helpful": helpful, "reasons": dict(reasons), "unhelpful": dict(unhelpful.most_common(50))}


def _said(store: Any, since: float, limit: int) -> List[Said]:
    """The messages that people wrote, oldest first; none from a store that cannot be asked."""
    store = unwrapped(store)
    if not isinstance(store, SQLTrackerStore):
        return []
    event = store.SQLEvent
    with store.session_scope() as session:
        told = session.query(event.sender_id, event.type_name, event.data)
        taken = told.filter(event.type_name.in_(("pause", "resume")), event.timestamp < since)
        recent = told.filter(
            event.type_name.in_(("user", "bot", "pause", "resume")), event.timestamp >= since
        )
        # Who was with a person when the time began still is.
        earlier = [(sender, kind) for sender, kind, _ in taken.order_by(event.id)]
        rows = list(recent.order_by(event.id.desc()).limit(limit))
    return _outcomes(dict(earlier), reversed(rows))


def _outcomes(state: Dict[str, str], rows: Iterable[Any]) -> List[Said]:
    """The messages with what came of each; ``state`` is each conversation's last pause or resume."""
    found: List[Said] = []
    open_at: Dict[str, int] = {}
    for sender, kind, data in rows:
        if kind in ("pause", "resume"):
            state[sender] = kind
            continue
        told = json.loads(data)
        if kind == "user":
            text = told.get("text") or ""
            if text.startswith("/"):
                open_at.pop(sender, None)
                continue
            is_with_person = state.get(sender) == "pause"
            parse = told.get("parse_data") or {}
            found.append(Said(text, parse, told["timestamp"], TO_A_PERSON if is_with_person else UNREAD))
            open_at[sender] = len(found) - 1
        elif sender in open_at:
            metadata = (told.get("metadata") or {}).get("metadata") or {}
            response = metadata.get("response") or ""
            if response == silence.WELCOME_BACK:
                # Said before the answer.
                continue
            rank = open_at.pop(sender)
            if found[rank].outcome == UNREAD:
                found[rank] = replace(found[rank], outcome=NO_ANSWER.get(response, ANSWERED))
    return found
