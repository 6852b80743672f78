"""What the stored conversations tell the desk: messages not understood, and counts; nobody is followed."""

from __future__ import annotations

import collections
import datetime as dt
import json
import time
from typing import Any, Dict, Iterator, List
from zoneinfo import ZoneInfo

from rasa.core.tracker_store import SQLTrackerStore

from bot import settings
from bot.channels.conversations import _innermost
from bot.channels.feedback import Opinions
from bot.privacy.masking import mask

PARIS = ZoneInfo("Europe/Paris")
DAY_SECONDS = 86_400
MISSED = ("nlu_fallback", "ask_between", "out_of_scope")
NOT_UNDERSTOOD = ("nlu_fallback",)
# A page must not read a year of a busy town's conversations one by one.
MOST_READ = 50_000
NEAREST = 3


def misunderstood(store: Any, limit: int) -> List[Dict[str, Any]]:
    """The latest different messages that got no answer, masked, with the nearest topics."""
    found: Dict[str, Dict[str, Any]] = {}
    for told in _said(store, 0, limit * 4, MISSED):
        text = mask((told.get("text") or "").strip())
        if not text or text.startswith("/"):
            continue
        parse = told.get("parse_data") or {}
        ranking = [topic["name"] for topic in parse.get("topic_ranking") or () if topic.get("is_question")]
        day = dt.datetime.fromtimestamp(told["timestamp"], PARIS).date().isoformat()
        intent = (parse.get("intent") or {}).get("name")
        found.setdefault(
            text.casefold(), {"text": text, "intent": intent, "day": day, "nearest": ranking[:NEAREST]}
        )
        if len(found) >= limit:
            break
    return list(found.values())


def statistics(store: Any, days: int) -> Dict[str, Any]:
    """Counts of the last days: messages by topic and by day, how many were understood, opinions by reason."""
    topics: collections.Counter[str] = collections.Counter()
    messages: collections.Counter[str] = collections.Counter()
    missed: collections.Counter[str] = collections.Counter()
    for told in _said(store, time.time() - days * DAY_SECONDS, MOST_READ):
        parse = told.get("parse_data") or {}
        intent = (parse.get("intent") or {}).get("name") or ""
        day = dt.datetime.fromtimestamp(told["timestamp"], PARIS).date().isoformat()
        messages[day] += 1
        missed[day] += intent in NOT_UNDERSTOOD
        topics[_topic(parse) or intent] += 1
    return {
        "topics": dict(topics.most_common()),
        "messages": dict(sorted(messages.items())),
        "missed": dict(sorted(missed.items())),
        "opinions": _opinions(days),
    }


def _topic(parse: Dict[str, Any]) -> str:
    found = (parse.get("response_selector") or {}).get("faq") or {}
    label = (found.get("response") or {}).get("intent_response_key") or ""
    is_question = (parse.get("intent") or {}).get("name") == "faq"
    return label.removeprefix("faq/").partition(".")[0] if is_question else ""


def _opinions(days: int) -> Dict[str, Any]:
    since = dt.datetime.now(PARIS).date() - dt.timedelta(days=days)
    reasons: collections.Counter[str] = collections.Counter()
    unhelpful: collections.Counter[str] = collections.Counter()
    helpful = 0
    for opinion in Opinions(settings.get("FEEDBACK_DATABASE_URL")).all():
        if opinion["day"] < since:
            continue
        helpful += opinion["helpful"]
        if not opinion["helpful"]:
            reasons[opinion["reason"] or "none"] += 1
            unhelpful[opinion["response"]] += 1
    return {"helpful": helpful, "reasons": dict(reasons), "unhelpful": dict(unhelpful.most_common(50))}


def _said(store: Any, since: float, limit: int, intents: tuple[str, ...] = ()) -> Iterator[Dict[str, Any]]:
    """The stored messages of persons, the latest first; none from a store that cannot be asked."""
    store = _innermost(store)
    if not isinstance(store, SQLTrackerStore):
        return
    event = store.SQLEvent
    with store.session_scope() as session:
        query = session.query(event.data).filter(event.type_name == "user", event.timestamp >= since)
        if intents:
            query = query.filter(event.intent_name.in_(intents))
        for (data,) in query.order_by(event.id.desc()).limit(limit).yield_per(500):
            yield json.loads(data)
