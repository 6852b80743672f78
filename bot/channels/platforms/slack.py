"""Slack, by the Events API.

Rasa's own connector does check the signature. It answers a mention in a channel twice (Slack sends it as
two events), takes a retry for a new message unless it follows a time-out, gives the challenge back as JSON
text, above five buttons shows none, sends ``&``, ``<`` and ``>`` as they are, and drops a message that the
platform refuses.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.delivery import markup
from bot.channels.delivery.refusals import UNREACHABLE
from bot.channels.delivery.rendering import ChoiceStyle, Part, PlatformLimits
from bot.channels.delivery.types import Call, DeliveryResult, Incoming, Rate
from bot.channels.platforms import signatures
from bot.channels.platforms.messaging_channel import (
    MalformedRequest,
    MessagingChannel,
    Variable,
    by_status,
    identifier,
    json_object,
    parse_object,
    text_or_none,
)
from bot.channels.turns.system_messages import notice

MAX_SECTION = 3000
FORM = "application/x-www-form-urlencoded"
PASSING_ERRORS = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
# What a person writes: plain, with a file, or in a thread and shown in its channel too.
OF_PEOPLE = frozenset({None, "file_share", "thread_broadcast"})
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>\s*")
_LABELLED = re.compile(r"<(?:[^|>]+)\|([^>]+)>")
_BARE = re.compile(r"<(?:mailto:)?([^>]+)>")


class SlackChannel(MessagingChannel):
    """An app of Slack: private messages, and mentions in channels, answered in a thread."""

    variables = (
        Variable("SLACK_BOT_TOKEN", "the bot's token (xoxb-…)"),
        Variable("SLACK_SIGNING_SECRET", "the app's signing secret"),
        Variable("SLACK_API_URL", "the Web API's address", default="https://slack.com/api"),
    )
    shape = PlatformLimits(
        format=markup.slack,
        limit=MAX_SECTION,
        styles=(ChoiceStyle("actions", most=25, title=75, payload=2000, text=MAX_SECTION),),
    )
    rate = Rate(per_second=10, burst=20)
    rate_of_one = Rate(per_second=1, burst=3)
    known_refusals = {
        code: UNREACHABLE
        for code in (
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "user_disabled",
            "account_inactive",
        )
    }

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "slack"

    @property
    def key(self) -> str:
        """The app's signing secret."""
        return self.values["SLACK_SIGNING_SECRET"]

    def is_authentic(self, request: Request) -> bool:
        """True where X-Slack-Signature signs the body with a recent timestamp."""
        headers = request.headers
        timestamp, given = headers.get("X-Slack-Request-Timestamp"), headers.get("X-Slack-Signature")
        return signatures.slack(self.key, request.body, timestamp, given, time.time())

    def events(self, request: Request) -> Iterable[Any]:
        """The event or the pressed buttons; none of a command or a check of the address."""
        if not _is_form(request):
            body = json_object(request)
            return [body.get("event")] if body.get("type") == "event_callback" else []
        return _form(request).get("payload", [])

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message, mention or pressed button; what bots and Slack itself write is left out."""
        return _press(parse_object(event)) if isinstance(event, str) else _message(event)

    def acknowledge(self, request: Request) -> HTTPResponse:
        """The challenge where Slack checks the address, to a command where to write, else nothing."""
        if not _is_form(request):
            body = json_object(request)
            if body.get("type") == "url_verification":
                return response.text(str(body.get("challenge") or ""))
        elif "command" in _form(request):
            # Only the person who typed the command sees it: the app may not write in every channel.
            told = {"response_type": "ephemeral", "text": notice("utter_notice_slack_command")["text"]}
            return response.json(told, ensure_ascii=False)
        return response.empty(status=200)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One chat.postMessage a part."""
        return [Call("chat.postMessage", _body(part, address)) for part in parts]

    def address_of(self, call: Call) -> str:
        """The method's address."""
        return f"{self.values['SLACK_API_URL']}/{call.path}"

    def authorization(self) -> dict[str, str]:
        """The bot's token."""
        return {"Authorization": f"Bearer {self.values['SLACK_BOT_TOKEN']}"}

    def verdict(self, status: int, headers: Mapping[str, str], content: bytes) -> DeliveryResult:
        """By the status, then by "ok": Slack refuses with status 200."""
        verdict = by_status(status, headers)
        if verdict.outcome != "sent":
            return verdict
        try:
            reply = parse_object(content)
        except MalformedRequest:
            return DeliveryResult("uncertain", "no JSON in the reply")
        if reply.get("ok") is True:
            return verdict
        error = str(reply.get("error"))
        return DeliveryResult("retry" if error in PASSING_ERRORS else "refused", error)


def _message(event: Mapping[str, Any]) -> Iterable[Incoming]:
    is_private = event.get("type") == "message" and event.get("channel_type") == "im"
    if not is_private and event.get("type") != "app_mention":
        return
    if event.get("bot_id") or event.get("subtype") not in OF_PEOPLE or not event.get("user"):
        return
    text = text_or_none(_words(event.get("text") or ""))
    address = {"channel": identifier(event["channel"])}
    # The pane of an assistant is a thread of the private chat: an answer outside it is seen by nobody.
    thread = event.get("thread_ts") or (None if is_private else event["ts"])
    if thread:
        address["thread_ts"] = thread
    user = ":".join([event["user"], *address.values()])
    key = f"{event['channel']}:{event['ts']}"
    yield Incoming(key, user, text, address=address, attached=bool(event.get("files")))


def _press(body: Mapping[str, Any]) -> Iterable[Incoming]:
    if body.get("type") != "block_actions":
        return
    container = body["container"]
    address = {"channel": container["channel_id"]}
    if container.get("thread_ts"):
        address["thread_ts"] = container["thread_ts"]
    user = ":".join([body["user"]["id"], *address.values()])
    for action in body["actions"]:
        if action.get("type") == "button" and action.get("value"):
            key = f"{body['user']['id']}:{action['action_ts']}:{action['value']}"
            yield Incoming(key, user, action["text"]["text"], action["value"], address)


def _words(text: str) -> str:
    """The text as it was typed: without mentions, links as their label, entities decoded."""
    return html.unescape(_BARE.sub(r"\1", _LABELLED.sub(r"\1", _MENTION.sub("", text)))).strip()


def _is_form(request: Request) -> bool:
    return (request.headers.get("Content-Type") or "").startswith(FORM)


def _form(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.body.decode("utf-8", "replace"))


def _body(part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": part.text}}]
    if part.choices:
        buttons = [
            {
                "type": "button",
                "action_id": f"choice-{rank}",
                "text": {"type": "plain_text", "text": choice.title, "emoji": False},
                "value": choice.wire,
            }
            for rank, choice in enumerate(part.choices, start=1)
        ]
        blocks.append({"type": "actions", "elements": buttons})
    # The text is what notifications and screen readers say; the blocks are what is shown.
    return {**address, "text": part.text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
