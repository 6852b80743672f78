"""Two callbacks of our own: an answer is posted to an address of yours when it is ready.

``callback`` gives the messages as the REST channel does; ``mail`` gives them as a letter, for whatever
carries letters. Both directions are signed: X-Assistant-Timestamp and X-Assistant-Signature.

Rasa's own callback connector signs nothing, checks nothing, waits for the answer within the request, posts
each paragraph apart without buttons' sources, and tries once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sanic.request import Request

from bot.channels.delivery import markup
from bot.channels.delivery.rendering import Part, PlatformLimits
from bot.channels.delivery.types import Call, Incoming, Rate
from bot.channels.platforms import mail_text, signatures
from bot.channels.platforms.messaging_channel import (
    MalformedRequest,
    MessagingChannel,
    Variable,
    is_by_person,
    json_object,
    text_or_none,
    to_json,
)
from bot.channels.turns.system_messages import notice

logger = logging.getLogger(__name__)

MAX_TEXT = 100_000
MAX_IDENTIFIER = 256
SECRET_MEANING = "the secret that signs both directions"


class SignedCallback(MessagingChannel):
    """A callback with a shared secret; a subclass says by which variables it gets address and secret."""

    url: ClassVar[Variable]
    secret: ClassVar[Variable]
    shape = PlatformLimits(format=markup.plain, limit=MAX_TEXT)
    rate = Rate(per_second=50, burst=50)
    rate_of_one = Rate(per_second=5, burst=10)
    tells_misuse = True
    # Each request of a program and each letter wants an answer of its own.
    joins = False

    @property
    def key(self) -> str:
        """The shared secret."""
        return self.values[self.secret.name]

    def is_authentic(self, request: Request) -> bool:
        """True where X-Assistant-Signature signs the body with a recent timestamp."""
        headers = request.headers
        timestamp, given = headers.get("X-Assistant-Timestamp"), headers.get("X-Assistant-Signature")
        return signatures.ours(self.key, request.body, timestamp, given, time.time())

    def events(self, request: Request) -> Iterable[Any]:
        """The one event of the request."""
        return [json_object(request)]

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

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The message; a button's payload comes as "payload" beside its title."""
        key, sender = _identifier(event, "id"), _identifier(event, "sender")
        payload = text_or_none(event.get("payload"))
        text = text_or_none(event.get("message"))
        address = {"in_reply_to": key, "sender": sender}
        said = text if text or not payload else ""
        yield Incoming(f"{sender}\n{key}", sender, said, payload, address, attached=said is None)

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

    def messages(self, event: Any) -> Iterable[Incoming]:
        """The new words of the letter; none of one that a machine wrote, which would be answered for ever."""
        key, sender = _identifier(event, "message_id"), _identifier(event, "from")
        if mail_text.is_automatic(event):
            logger.info("mail: a letter that a machine wrote is not answered")
            return
        subject = text_or_none(event.get("subject"))
        text = (
            mail_text.new_words(str(event.get("text") or "")) or mail_text.bare_subject(subject or "") or None
        )
        address = {"to": sender, "subject": subject, "in_reply_to": key}
        yield Incoming(f"{sender}\n{key}", sender.casefold(), text, address=address, attached=text is None)

    def calls(
        self, parts: Sequence[Part], messages: Sequence[Mapping[str, Any]], address: Mapping[str, Any]
    ) -> list[Call]:
        """One letter an answer."""
        if not parts:
            return []
        own_subject = notice("utter_notice_mail_subject")["text"]
        subject = mail_text.bare_subject(address.get("subject") or "") or own_subject
        letter = {
            "to": address["to"],
            "subject": f"Re: {' '.join(subject.split())}",
            "text": "\n\n".join(part.text for part in parts),
            "in_reply_to": address["in_reply_to"],
            "headers": {} if any(map(is_by_person, messages)) else mail_text.OF_A_MACHINE,
        }
        return [Call("", letter, repeatable=True)]


def _identifier(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, (str, int)) or not 0 < len(str(value)) <= MAX_IDENTIFIER:
        raise MalformedRequest
    return str(value)
