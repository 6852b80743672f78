"""The local web page: the same conversation in any browser, with or without JavaScript.

Without JavaScript each message is a plain form; the conversation's id travels in the form, so no cookie
is set. With JavaScript the page does the same through the REST channel without reloading.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Awaitable, Callable, Text

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import turn

FOLDER = Path(__file__).parent


class SiteChannel(InputChannel):
    """The page at the root of the server."""

    @classmethod
    def name(cls) -> str:
        """The name that conditions and the tracker see."""
        return "site"

    def url_prefix(self) -> str:
        """The root of the server."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The page, its form and its two static files."""
        routes = Blueprint("site_channel")
        page = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
        ).get_template("page.html")

        @routes.get("/")
        async def show(_: Request) -> HTTPResponse:
            return response.html(page.render(conversation=uuid.uuid4().hex, exchanges=[]))

        @routes.post("/")
        async def receive(request: Request) -> HTTPResponse:
            conversation = request.form.get("conversation") or uuid.uuid4().hex
            text = request.form.get("payload") or request.form.get("message")
            said = await _history(conversation)
            messages = await turn.take(Sanic.get_app(), text, conversation, self.name())
            said += [("user", {"text": request.form.get("message") or ""})]
            said += [("bot", message) for message in messages]
            return response.html(page.render(conversation=conversation, exchanges=said))

        routes.static("/page.css", str(FOLDER / "page.css"), content_type="text/css; charset=utf-8")
        routes.static("/page.js", str(FOLDER / "page.js"), content_type="text/javascript; charset=utf-8")
        return routes


async def _history(conversation: str) -> list[tuple[str, dict[str, Any]]]:
    """What was said before in the conversation, oldest first."""
    agent = getattr(Sanic.get_app().ctx, "agent", None)
    tracker = await agent.tracker_store.retrieve(conversation) if agent else None
    said: list[tuple[str, dict[str, Any]]] = []
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered) and event.text:
            said.append(("user", {"text": _as_said(event.text, said)}))
        elif isinstance(event, BotUttered):
            said.append(("bot", {"text": event.text or "", "buttons": event.data.get("buttons") or []}))
    return said


def _as_said(text: str, said: list[tuple[str, dict[str, Any]]]) -> str:
    """A payload shown as the title of the button that sent it."""
    for speaker, message in reversed(said):
        for button in message.get("buttons", []) if speaker == "bot" else []:
            if button.get("payload") == text:
                return str(button["title"])
    return text
