"""The renderings that are kept: a mark of every answer on every channel, and some answers in full.

``python -m tests.channels.golden`` writes them again.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from bot.channels import registry
from bot.channels.delivery.rendering import render
from bot.channels.delivery.types import Call
from bot.channels.platforms.messaging_channel import MessagingChannel
from tests.channels.catalogue import messages
from tests.support.platforms import PLATFORMS, Platform

FOLDER = Path(__file__).parent / "golden"
BASE = "http://platform.example"
EXAMPLES = (
    "utter_ask_address_changes_before",
    "utter_ask_fiscal_power",
    "utter_ask_vehicle_kind",
    "utter_decision",
    "utter_faq/cost",
    "utter_faq/cost short",
    "utter_faq/documents_needed",
    "utter_greet",
    "utter_notice_attachment",
    "utter_quote",
)
_KEYS = itertools.count()
ADDRESS = {
    "chat_id": 7,
    "psid": "4900000000000001",
    "to": "+33639980001",
    "channel": "D1",
    "channel_id": "channel1",
    "root_id": "post1",
    "in_reply_to": "1",
    "sender": "user1",
    "subject": "Carte grise perdue",
}
# What each channel's address holds, as its webhook gives it.
FIELDS = {
    "telegram": ("chat_id",),
    "messenger": ("psid",),
    "slack": ("channel",),
    "mattermost": ("channel_id", "root_id"),
    "callback": ("in_reply_to", "sender"),
    "mail": ("to", "subject", "in_reply_to"),
}


def channel_of(kind: type[Platform]) -> MessagingChannel:
    """The channel, pointed at the stand-in."""
    return next(
        channel for channel in registry.enabled(kind().environment(BASE)) if channel.name() == kind.channel
    )


def calls(channel: MessagingChannel, message: dict[str, Any]) -> list[Call]:
    """The calls that send the message."""
    address = {field: ADDRESS[field] for field in FIELDS.get(channel.name(), ("to",))}
    if channel.name() == "whatsapp_twilio":
        address["to"] = f"whatsapp:{ADDRESS['to']}"
    return channel.calls(render([message], channel.shape), [message], address)


def request(channel: MessagingChannel, call: Call) -> Any:
    """The call as the stand-in's web server would hand it over."""
    body, headers = channel.encode(call, str(next(_KEYS)))

    async def read() -> bytes:
        return body

    async def as_json() -> Any:
        return json.loads(body)

    async def as_form() -> dict[str, str]:
        return dict(parse_qsl(body.decode()))

    path = channel.address_of(call).removeprefix(BASE).lstrip("/")
    return SimpleNamespace(match_info={"path": path}, headers=headers, read=read, json=as_json, post=as_form)


def examples(kind: type[Platform]) -> str:
    """The bodies of the examples' calls, readable."""
    channel, found = channel_of(kind), dict(messages(kind.channel))
    shown = {
        name: [dict(call.body) for call in calls(channel, found[name])] for name in EXAMPLES if name in found
    }
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def example_file(kind: type[Platform]) -> Path:
    """Where a channel's examples are kept."""
    return FOLDER / f"{kind.channel}.json"


if __name__ == "__main__":
    for kind in PLATFORMS:
        example_file(kind).write_text(examples(kind), encoding="utf-8")
