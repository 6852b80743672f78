"""Two callbacks of our own: an answer is posted to an address of yours when it is ready.

``callback`` gives the messages as the REST channel does; ``mail`` gives them as a letter, for whatever
carries letters. Both directions are signed: X-Assistant-Timestamp and X-Assistant-Signature.

Rasa's own callback connector signs nothing, checks nothing, waits for the answer within the request, posts
each paragraph apart without buttons' sources, and tries once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sanic.request import Request

from bot.channels import markup, signatures
from bot.channels.delivery import Rate
from bot.channels.mailbox import Call, Incoming
from bot.channels.messaging import MessagingChannel, Unreadable, Variable, json_object, text_or_none, to_json
from bot.channels.notices import notice
from bot.channels.rendering import Part, Shape

MAX_TEXT = 100_000
MAX_IDENTIFIER = 256
SECRET_MEANING = "the secret that signs both directions"
_QUOTED = re.compile(r"^\s*>")
_HISTORY = re.compile(
    r"^(?:(?:le|on)\b.{4,200}(?:a écrit|wrote)\s*:"
    r"|-{2,}\s*(?:message d.origine|original message|message transféré).*"
    r"|(?:de|from)\s*:.+@.+)$",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^(?:(?:re|rép|tr|fwd?)\s*:\s*)+", re.IGNORECASE)


class SignedCallback(MessagingChannel):
    """A callback with a shared secret; a subclass says by which variables it gets address and secret."""

    url: ClassVar[Variable]
    secret: ClassVar[Variable]
    shape = Shape(format=markup.plain, limit=MAX_TEXT)
    rate = Rate(per_second=50, burst=50)
    rate_of_one = Rate(per_second=5, burst=10)

    @property
    def key(self) -> str:
        """The shared secret."""
        return self.values[self.secret.name]

    def is_authentic(self, request: Request) -> bool:
        """True where X-Assistant-Signature signs the body with a recent timestamp."""
        headers = request.headers
        timestamp, given = headers.get("X-Assistant-Timestamp"), headers.get("X-Assistant-Signature")
        return signatures.ours(self.key, request.body, timestamp, given, time.time())

    def address_of(self, call: Call) -> str:
        """The address given in the variable."""
        return self.values[self.url.name]

    def encode(self, call: Call, key: str) -> tuple[bytes, dict[str, str]]:
        """Signed JSON, with a key by which the receiver drops a copy."""
        body, timestamp = to_json(call.body), str(int(time.time()))
        return body, {
            "Content-Type": "application/json; charset=utf-8",
            "X-Assistant-Timestamp": timestamp,
            "X-Assistant-Signature": signatures.sign_ours(self.key, body, timestamp),
            "Idempotency-Key": key,
        }


class CallbackChannel(SignedCallback):
    """Programs: {"id", "sender", "message"} in, {"in_reply_to", "sender", "messages"} out."""

    url = Variable("CALLBACK_URL", "the address that receives the answers")
    secret = Variable("CALLBACK_SECRET", SECRET_MEANING)
    variables = (url, secret)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "callback"

    def events(self, request: Request) -> Iterable[Incoming]:
        """The message; a button's payload comes as "payload" beside its title."""
        body = json_object(request)
        key, sender = _identifier(body, "id"), _identifier(body, "sender")
        payload = text_or_none(body.get("payload"))
        text = text_or_none(body.get("message"))
        address = {"in_reply_to": key, "sender": sender}
        yield Incoming(f"{sender}\n{key}", sender, text if text or not payload else "", payload, address)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One call an answer: the messages whole, with their buttons and sources."""
        shown = [
            {
                "text": message["text"],
                "buttons": [
                    {"title": button["title"], "payload": button["payload"]}
                    for button in message.get("buttons") or ()
                ],
                "sources": (message.get("metadata") or {}).get("sources") or [],
            }
            for message in messages
            if message.get("text")
        ]
        return [Call("", {**address, "messages": shown}, repeatable=True)] if shown else []


class MailChannel(SignedCallback):
    """Letters: {"message_id", "from", "subject", "text"} in, {"to", "subject", "text", "in_reply_to"} out."""

    url = Variable("MAIL_CALLBACK_URL", "the address that receives the letters to send")
    secret = Variable("MAIL_CALLBACK_SECRET", SECRET_MEANING)
    variables = (url, secret)

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "mail"

    def events(self, request: Request) -> Iterable[Incoming]:
        """The new words of the letter, without the letters it quotes and its signature."""
        body = json_object(request)
        key, sender = _identifier(body, "message_id"), _identifier(body, "from")
        subject = text_or_none(body.get("subject"))
        text = _new_words(str(body.get("text") or "")) or _REPLY.sub("", subject or "").strip() or None
        address = {"to": sender, "subject": subject, "in_reply_to": key}
        yield Incoming(f"{sender}\n{key}", sender.casefold(), text, address=address)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One letter an answer."""
        if not parts:
            return []
        own_subject = notice("utter_notice_mail_subject")["text"]
        subject = _REPLY.sub("", address.get("subject") or "").strip() or own_subject
        letter = {
            "to": address["to"],
            "subject": f"Re: {' '.join(subject.split())}",
            "text": "\n\n".join(part.text for part in parts),
            "in_reply_to": address["in_reply_to"],
        }
        return [Call("", letter, repeatable=True)]


def _identifier(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, (str, int)) or not 0 < len(str(value)) <= MAX_IDENTIFIER:
        raise Unreadable
    return str(value)


def _new_words(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if line.rstrip("\r") in ("--", "-- ") or _HISTORY.match(line.strip()):
            break
        if not _QUOTED.match(line):
            kept.append(line)
    return "\n".join(kept).strip()
