"""Mattermost: outgoing webhooks in public channels, a slash command everywhere, buttons.

Rasa's own connector checks no token and nothing on a button, so anyone may speak for anyone; answers within
the webhook with blocking calls; puts all people of a server that share an id in one conversation, whatever
the channel; gives buttons no id, which newer servers refuse; and drops a message that the server refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from sanic.request import Request

from bot.channels.delivery import markup
from bot.channels.delivery.rendering import ChoiceStyle, Part, PlatformLimits
from bot.channels.delivery.types import Call, Incoming, Rate
from bot.channels.platforms import signatures
from bot.channels.platforms.messaging_channel import (
    PUBLIC_URL,
    MalformedRequest,
    MessagingChannel,
    Variable,
    identifier,
    parse_object,
    text_or_none,
)
from bot.channels.platforms.signatures import hmac_sha256

MAX_TEXT = 16383
# What a call without words asks for.
HELP = "aide"


class MattermostChannel(MessagingChannel):
    """A bot account of a Mattermost server."""

    variables = (
        Variable("MATTERMOST_URL", "the server's address, such as https://chat.example.fr"),
        Variable("MATTERMOST_BOT_TOKEN", "the bot account's access token"),
        Variable("MATTERMOST_WEBHOOK_TOKENS", "tokens of the outgoing webhook and slash command, by commas"),
        Variable(PUBLIC_URL, "the server's public address, which the buttons call", shared=True),
    )
    shape = PlatformLimits(
        format=markup.mattermost,
        limit=MAX_TEXT,
        styles=(ChoiceStyle("actions", most=15, title=64, payload=1000, text=MAX_TEXT),),
    )
    rate = Rate(per_second=10, burst=20)
    rate_of_one = Rate(per_second=2, burst=5)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "mattermost"

    @property
    def key(self) -> str:
        """The bot's access token."""
        return self.values["MATTERMOST_BOT_TOKEN"]

    def is_authentic(self, request: Request) -> bool:
        """True where the request bears a token of ours or, for a button, the seal that we gave it."""
        try:
            fields = _fields(request)
        except MalformedRequest:
            return False
        context = fields.get("context")
        if isinstance(context, dict):
            seal = self._seal(
                str(fields.get("channel_id")), str(context.get("payload")), str(context.get("title"))
            )
            return signatures.same(str(context.get("seal")), seal)
        given = str(fields.get("token") or "")
        tokens = [token.strip() for token in self.values["MATTERMOST_WEBHOOK_TOKENS"].split(",")]
        return any([signatures.same(given, token) for token in tokens])

    def events(self, request: Request) -> Iterable[Any]:
        """The request's fields."""
        return [_fields(request)]

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message, command or pressed button."""
        user, channel = identifier(event.get("user_id")), identifier(event.get("channel_id"))
        context = event.get("context")
        payload, attached = None, False
        if isinstance(context, dict):
            root = str(context.get("root") or "")
            key, text, payload = event["trigger_id"], context["title"], context["payload"]
        elif "command" in event:
            root = str(event.get("root_id") or "")
            key, text = event["trigger_id"], text_or_none(event.get("text")) or HELP
        else:
            root = str(event.get("root_id") or event["post_id"])
            key, attached = event["post_id"], bool(event.get("file_ids"))
            text = _without_trigger(event) or (None if attached else HELP)
        address = {"channel_id": channel, "root_id": root}
        yield Incoming(key, ":".join([user, channel, root]), text, payload, address, attached)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One post a part, in the thread of the question."""
        return [Call("api/v4/posts", self._body(part, address)) for part in parts]

    def address_of(self, call: Call) -> str:
        """The API's address."""
        return f"{self.values['MATTERMOST_URL'].rstrip('/')}/{call.path}"

    def authorization(self) -> dict[str, str]:
        """The bot's token."""
        return {"Authorization": f"Bearer {self.values['MATTERMOST_BOT_TOKEN']}"}

    def _body(self, part: Part, address: Mapping[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {**address, "message": part.text}
        if part.choices:
            channel = address["channel_id"]
            actions = [
                {
                    "id": f"choice{rank}",
                    "type": "button",
                    "name": choice.title,
                    "integration": {
                        "url": f"{self.values[PUBLIC_URL].rstrip('/')}/webhooks/{self.name()}/webhook",
                        # Kept by the server and given back when the button is pressed; people never see it.
                        "context": {
                            "payload": choice.wire,
                            "title": choice.title,
                            "root": address["root_id"],
                            "seal": self._seal(channel, choice.wire, choice.title),
                        },
                    },
                }
                for rank, choice in enumerate(part.choices, start=1)
            ]
            body["props"] = {"attachments": [{"fallback": part.text, "actions": actions}]}
        return body

    def _seal(self, channel: str, payload: str, title: str) -> str:
        return hmac_sha256(self.key, f"{channel}\n{payload}\n{title}".encode())


def _fields(request: Request) -> dict[str, Any]:
    """The request's fields, sent as JSON or as a form after the webhook's settings."""
    if (request.headers.get("Content-Type") or "").startswith("application/json"):
        return parse_object(request.body)
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _without_trigger(fields: Mapping[str, Any]) -> str:
    """The words after the one that triggered the webhook."""
    return str(fields.get("text") or "").strip().removeprefix(str(fields.get("trigger_word") or "")).strip()
