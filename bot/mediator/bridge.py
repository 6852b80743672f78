"""The desk's way to the bot: its internal addresses, which answer to the shared secret alone."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import requests

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3
ANSWER_SECONDS = 30


class BotAway(Exception):
    """The bot does not answer; the page says so and nothing is lost."""


class Bridge:
    """Calls the bot's server; every call raises BotAway where it does not answer."""

    def __init__(self, address: str, secret: str) -> None:
        """Calls the server at ``address``."""
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}"}

    def conversation(self, conversation: str) -> dict[str, Any]:
        """What was said in the current session, the facts told, and whether the bot is silent."""
        return self._call("GET", _at(conversation))

    def take(self, conversation: str) -> None:
        """Silences the bot and tells the person that somebody is there; doing it twice changes nothing."""
        self._call("POST", _at(conversation, "take"))

    def give_back(self, conversation: str) -> None:
        """Tells the person that the bot answers again, and lets it."""
        self._call("POST", _at(conversation, "give_back"))

    def say_nobody_came(self, conversation: str) -> None:
        """Tells a person who has waited too long that nobody could come."""
        self._call("POST", _at(conversation, "nobody_came"))

    def erase(self, conversation: str) -> None:
        """Erases the conversation with all that belongs to it; doing it twice changes nothing."""
        self._call("POST", _at(conversation, "erase"))

    def say(self, conversation: str, text: str, message_id: str) -> None:
        """Sends a mediator's message, which is kept masked; one with a known id is not sent again."""
        self._call("POST", _at(conversation, "messages"), {"text": text, "message_id": message_id})

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

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            with requests.Session() as session:
                # A proxy named by the environment is for other sites, not for a neighbour on this machine.
                session.trust_env = False
                answer = session.request(
                    method,
                    f"{self._address}/desk{path}",
                    json=body,
                    headers=self._headers,
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    allow_redirects=False,
                )
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            logger.error("the bot did not answer the desk: %s", type(error).__name__)
            raise BotAway from error
        return told


def _at(conversation: str, action: str = "") -> str:
    path = f"/conversations/{quote(conversation, safe='')}"
    return f"{path}/{action}" if action else path
