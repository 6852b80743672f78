"""FeedbackStore on answers: POST /feedback, and DELETE /conversations/<id> which erases a conversation.

An opinion holds the answer's name, whether it helped, why not, and the day: neither what was said nor in
which conversation. Its reference is drawn by the client, so that a change of mind replaces the first one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from typing import Any, Awaitable, Callable, Dict
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings
from bot.channels.site.cors import open_to_sites
from bot.channels.turns.conversations import erase
from bot.operations import databases

logger = logging.getLogger(__name__)

PARIS = ZoneInfo("Europe/Paris")
REASONS = ("wrong", "unclear", "too_long", "off_topic", "other")
REFERENCE = re.compile(r"[A-Za-z0-9-]{8,64}")
RESPONSE = re.compile(r"utter_[a-z0-9_./]{1,120}")

TABLES = sa.MetaData()
FEEDBACK = sa.Table(
    "feedback",
    TABLES,
    sa.Column("reference", sa.String(64), primary_key=True),
    sa.Column("response", sa.String(128), nullable=False, index=True),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(16)),
    sa.Column("day", sa.Date, nullable=False),
)


class FeedbackStore:
    """The table of opinions."""

    def __init__(self, url: str) -> None:
        """Opens the database at ``url`` and makes the table where it is missing."""
        self._engine = databases.engine(url)
        databases.make_tables(self._engine, TABLES)

    def keep(self, opinion: Dict[str, Any]) -> None:
        """Stores an opinion; one with the same reference is replaced."""
        with self._engine.begin() as connection:
            connection.execute(FEEDBACK.delete().where(FEEDBACK.c.reference == opinion["reference"]))
            connection.execute(FEEDBACK.insert().values(**opinion))

    def all(self) -> list[Dict[str, Any]]:
        """Every opinion, by day."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(FEEDBACK).order_by(FEEDBACK.c.day))
            return [dict(row._mapping) for row in rows]


def opinion_in(body: Any, on: dt.date) -> Dict[str, Any] | None:
    """The opinion that a request states, or None where it is not one; nothing else is taken from it."""
    if not isinstance(body, dict) or not isinstance(body.get("helpful"), bool):
        return None
    reference, name, reason = body.get("reference"), body.get("response"), body.get("reason")
    if not (isinstance(reference, str) and REFERENCE.fullmatch(reference)):
        return None
    if not (isinstance(name, str) and RESPONSE.fullmatch(name)):
        return None
    if reason is not None and (body["helpful"] or reason not in REASONS):
        return None
    return {
        "reference": reference,
        "response": name,
        "helpful": body["helpful"],
        "reason": reason,
        "day": on,
    }


class FeedbackChannel(InputChannel):
    """What a person may do about a conversation besides talking: judge an answer, erase everything."""

    @classmethod
    def name(cls) -> str:
        """The channel's name; no message comes through it."""
        return "feedback"

    def url_prefix(self) -> str:
        """The root of the server."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two routes."""
        routes = Blueprint("feedback_channel")
        opinions = FeedbackStore(settings.get("FEEDBACK_DATABASE_URL"))

        @routes.post("/feedback")
        @open_to_sites(routes, "/feedback", "POST")
        async def judge(request: Request) -> HTTPResponse:
            opinion = opinion_in(_json(request), dt.datetime.now(PARIS).date())
            if opinion is None:
                return response.json({"status": 400}, status=400)
            await asyncio.to_thread(opinions.keep, opinion)
            return response.json({"status": "ok"})

        @routes.delete("/conversations/<conversation:str>")
        @open_to_sites(routes, "/conversations/<conversation:str>", "DELETE")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            try:
                await erase(Sanic.get_app().ctx.agent, conversation)
            except NotImplementedError as error:
                logger.error("%s", error)
                return response.json({"erased": False}, status=501)
            return response.json({"erased": True})

        return routes


def _json(request: Request) -> Any:
    try:
        return request.json
    except Exception:
        return None
