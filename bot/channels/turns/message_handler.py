"""One turn of a conversation for any channel: a checked text in, messages out, never an exception."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Dict, List

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from sanic import Sanic
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.turns import maintenance, rate_limits
from bot.channels.turns.conversations import answered
from bot.channels.turns.system_messages import notice
from bot.operations.metrics import measured
from bot.privacy.masking import mask

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 4000
# The database is away, in maintenance, or has no room: another wording of the question would not help.
_OUTAGES = (SQLAlchemyError, TimeoutError, OSError)
CONTEXT_PAGE = re.compile(r"[a-z0-9_-]{1,64}")


class MessageCollector(CollectingOutputChannel):
    """Collects messages whole, with their metadata; Rasa's own splits them and drops it."""

    def __init__(self, name: str) -> None:
        """Collects for the channel of that name."""
        super().__init__()
        self._name = name

    def name(self) -> str:
        """The name that conditions and the tracker see."""
        return self._name

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Keeps the parts of a message that a client can show."""
        self.messages.append(shown(recipient_id, message))


def shown(recipient_id: str, message: Dict[str, Any]) -> Dict[str, Any]:
    """The parts of a message that a client can show."""
    parts = {key: message[key] for key in ("text", "buttons", "image", "custom") if message.get(key)}
    return {"recipient_id": recipient_id, **parts, "metadata": message.get("metadata") or {}}


@measured
async def handle_message(
    app: Sanic[Any, Any],
    text: object,
    sender_id: str,
    channel: str,
    metadata: Dict[str, Any] | None = None,
    message_id: str | None = None,
    missed: Callable[[Any], Awaitable[List[Dict[str, Any]]]] | None = None,
) -> List[Dict[str, Any]]:
    """The messages that answer ``text`` in the conversation ``sender_id``; at least one, whatever fails.

    A conversation that a person has taken over answers nothing, which is meant. A ``message_id`` that this
    conversation has answered before gets the same answer again. ``missed``, called with the agent while
    nothing else happens in the conversation, gives messages that go before the answer.
    """
    refusal = maintenance.closed() or await rate_limits.refusal(sender_id) or _refusal(text)
    if refusal is not None:
        return [_message(sender_id, refusal)]
    # Before anything else holds the text: what a person is called by goes no further than here.
    text = mask(_in_whole_characters(str(text)))
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return [_message(sender_id, notice("utter_notice_no_model"))]
    collector = MessageCollector(channel)
    before: List[Dict[str, Any]] = []
    message = UserMessage(
        text, collector, sender_id, input_channel=channel, message_id=message_id, metadata=metadata
    )
    apology = "utter_notice_failure"
    try:
        # The lock is the agent's own: a message sent again waits here for the first one's answer.
        async with agent.lock_store.lock(sender_id):
            before = await missed(agent) if missed is not None else []
            if message_id and await answered(agent.tracker_store, sender_id, message_id, collector):
                return [*before, *collector.messages]
            await agent.processor.handle_message(message)
        if collector.messages or await _is_paused(agent, sender_id):
            return [*before, *collector.messages]
        logger.error("a turn ended without a word")
    except Exception as error:
        # The text of the message may stand in the exception's frames: only its type is logged.
        logger.error("a turn failed: %s", type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
        if isinstance(error, _OUTAGES):
            # What was answered before it could not be stored is right, only forgotten.
            apology = "utter_notice_not_kept" if collector.messages else "utter_notice_unavailable"
    return [*before, *collector.messages, _message(sender_id, notice(apology))]


def client_metadata(body: object) -> Dict[str, Any]:
    """What a client says of where the message comes from: the kind of page that it is on, nothing else."""
    page = body.get("context_page") if isinstance(body, dict) else None
    return {"context_page": page} if isinstance(page, str) and CONTEXT_PAGE.fullmatch(page) else {}


def _in_whole_characters(text: str) -> str:
    """The text with a replacement character for each half of one: an emoji that a telephone cut in two."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refusal(text: object) -> Dict[str, Any] | None:
    if not isinstance(text, str):
        return notice("utter_notice_bad_request")
    if not text.strip(" \t\r\n\0\u200b\ufeff"):
        return notice("utter_notice_empty")
    if len(text) > MAX_CHARACTERS:
        return notice("utter_notice_too_long", limit=MAX_CHARACTERS)
    return None


async def _is_paused(agent: Any, sender_id: str) -> bool:
    tracker = await agent.tracker_store.retrieve(sender_id)
    return bool(tracker and tracker.is_paused())


def _message(sender_id: str, rendered: Dict[str, Any]) -> Dict[str, Any]:
    parts = {"text": rendered["text"], "metadata": rendered["metadata"]}
    if rendered["buttons"]:
        parts["buttons"] = rendered["buttons"]
    return {"recipient_id": sender_id, **parts}
