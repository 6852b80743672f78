"""The desk's way to the bot: its internal addresses, which answer to the shared secret alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import requests

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3
ANSWER_SECONDS = 30
# For what is asked every few seconds and may be missing once.
GLANCE_SECONDS = 3


class BotAway(Exception):
    """The bot does not answer; the page says so and nothing is lost."""


class Gone(Exception):
    """The conversation is not there any more: the person has erased it, or it reached its age."""


class Bridge:
    """Calls the bot's server; every call raises BotAway where it does not answer.

    Those on one conversation raise Gone where that is not there any more.
    """

    def __init__(self, address: str, secret: str) -> None:
        """Calls the server at ``address``."""
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}"}

    def conversation(self, conversation: str) -> dict[str, Any]:
        """All that was said, the facts told, and whether the bot is silent."""
        told = self._call("GET", _at(conversation))
        if not told["known"]:
            raise Gone
        return told

    def presence(self, conversations: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Of each conversation: whether it is there, when the person wrote, whether their window is open."""
        body = {"conversations": list(conversations)}
        told: dict[str, dict[str, Any]] = self._call("POST", "/presence", body, GLANCE_SECONDS)[
            "conversations"
        ]
        return told

    def take(self, conversation: str, at_desk: bool = False) -> None:
        """Silences the bot and tells the person that somebody is there; doing it twice changes nothing."""
        self._call("POST", _at(conversation, "take"), {"at_desk": at_desk})

    def give_back(self, conversation: str, by_time: bool = False) -> None:
        """Tells the person that the bot answers again, and lets it."""
        self._call("POST", _at(conversation, "give_back"), {"by_time": by_time})

    def pass_on(self, conversation: str) -> None:
        """Tells the person that a colleague goes on."""
        self._call("POST", _at(conversation, "pass_on"))

    def tell(self, conversation: str, what: str, **values: Any) -> None:
        """Tells a person who waits what has become of it."""
        self._call("POST", _at(conversation, "news"), {"what": what, "values": values})

    def show_typing(self, conversation: str) -> None:
        """Shows the person that somebody writes."""
        self._call("POST", _at(conversation, "typing"), seconds=GLANCE_SECONDS)

    def erase(self, conversation: str) -> None:
        """Erases the conversation with all that belongs to it; doing it twice changes nothing."""
        self._call("POST", _at(conversation, "erase"))

    def say(
        self, conversation: str, text: str, message_id: str, author: str = "", public: Iterable[str] = ()
    ) -> None:
        """Sends a mediator's message; one with a known id is not sent again.

        It is kept masked, but for the sentences that the desk publishes. ``author`` names nobody.
        """
        body = {"text": text, "message_id": message_id, "author": author, "public": list(public)}
        self._call("POST", _at(conversation, "messages"), body)

    def keep_facts(self, conversation: str, facts: dict[str, Any]) -> None:
        """Gives the bot the facts as the mediator corrected them."""
        self._call("POST", _at(conversation, "facts"), {"facts": facts})

    def ask(
        self, text: str, facts: dict[str, Any], wording: str | None = None, conversation: str | None = None
    ) -> list[dict[str, Any]]:
        """The bot's messages on a question in the light of those facts; the bot keeps nothing of it."""
        body = {"text": text, "facts": facts, "wording": wording, "conversation": conversation}
        return self._call("POST", "/answers", body)["messages"]

    def read(self, text: str, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts after ``text`` as the bot reads it (``facts``, ``told``, ``left_out``); none is kept."""
        return self._call("POST", "/facts", {"text": text, "facts": facts})

    def day(self, words: str) -> dict[str, Any]:
        """The ISO day or interval that the words of a field mean (``day``, None for none) and ``why`` not."""
        return self._call("POST", "/days", {"words": words})

    def misunderstood(self, limit: int) -> list[dict[str, Any]]:
        """The latest messages that were not understood or whose answer was judged unhelpful."""
        return self._call("GET", f"/misunderstood?limit={limit}")["messages"]

    def statistics(self, days: int) -> dict[str, Any]:
        """Counts of the last days: questions by topic, understood or not, opinions by reason."""
        return self._call("GET", f"/statistics?days={days}")

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        try:
            with requests.Session() as session:
                # A proxy named by the environment is for other sites, not for a neighbour on this machine.
                session.trust_env = False
                answer = session.request(
                    method,
                    f"{self._address}/desk{path}",
                    json=body,
                    headers=self._headers,
                    timeout=(CONNECT_SECONDS, seconds),
                    allow_redirects=False,
                )
            if answer.status_code == 404 and _is_no_conversation(answer):
                raise Gone
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            logger.error("the bot did not answer the desk: %s", type(error).__name__)
            raise BotAway from error
        return told


def _is_no_conversation(answer: requests.Response) -> bool:
    """Whether the bot says that it has no such conversation; a wrong secret is answered without a word."""
    try:
        return answer.json() == {"done": False}
    except ValueError:
        return False


def _at(conversation: str, action: str = "") -> str:
    path = f"/conversations/{quote(conversation, safe='')}"
    return f"{path}/{action}" if action else path
