"""The local site: a page of an imaginary town hall that embeds the widget, and the other ways to show it.

/                 the town hall's page, with the widget in a corner
/assistant        the widget as a full page
/cadre            the widget for an <iframe>; /cadre/exemple embeds it
/sans-javascript  the same conversation by plain forms; its id travels in the form, so no cookie is set
/donnees-personnelles  what is kept, for how long, and how to erase it
/conversations/<id>    everything held of a conversation, as a file

The pages name each other by relative addresses, so that they work below a path of another site too.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from pathlib import Path
from typing import Any, Awaitable, Callable

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings
from bot.channels.site import assets, cors, data_protection, history
from bot.channels.site.form_fields import fields
from bot.channels.turns import maintenance
from bot.channels.turns.conversations import erase
from bot.channels.turns.message_handler import handle_message
from bot.nlg import formatting
from bot.nlg.sources import SHOWN
from bot.privacy import retention

FOLDER = Path(__file__).parent / "templates"
# Ids that were drawn and that no one guesses: whoever has one may read the conversation.
DRAWN_ID = re.compile(r"(?:[a-z_]{2,20}-)?(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
MOST_DIGITS = 6
THEMES = ("mairie", "dsfr", "contraste")


class SiteChannel(InputChannel):
    """The pages, the files they load, and the conversation without JavaScript."""

    @classmethod
    def name(cls) -> str:
        """The name that conditions and the tracker see."""
        return "site"

    def url_prefix(self) -> str:
        """The root of the server."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The pages and files."""
        routes = Blueprint("site_channel")
        files = assets.read()
        assets.serve(routes, files)
        pages = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
        pages.globals["announcement"] = maintenance.announcement
        pages.globals["sources_shown"] = SHOWN
        pages.tests["match_address"] = formatting.is_address

        def page(request: Request, name: str, **values: Any) -> HTTPResponse:
            root = assets.root(request.path)
            values = {"root": root, "address": lambda file: root + files[file].address.lstrip("/"), **values}
            return response.html(pages.get_template(name).render(**values))

        def plain_page(
            request: Request, conversation: str, said: list[history.Said], told: str = ""
        ) -> HTTPResponse:
            message_id = uuid.uuid4().hex
            values = {"conversation": conversation, "message_id": message_id, "said": said, "told": told}
            return page(request, "plain_page.html", **values)

        @routes.get("/")
        async def show_town_hall(request: Request) -> HTTPResponse:
            theme = request.args.get("theme")
            return page(request, "town_hall.html", theme=theme if theme in THEMES else None, themes=THEMES)

        @routes.get("/assistant")
        async def show_full_page(request: Request) -> HTTPResponse:
            return page(request, "full_page.html")

        @routes.get("/cadre")
        async def show_frame(request: Request) -> HTTPResponse:
            answer = page(request, "frame.html")
            answer.headers["Content-Security-Policy"] = policy("frame-ancestors", *cors.allowed())
            return answer

        @routes.get("/cadre/exemple")
        async def show_framing_page(request: Request) -> HTTPResponse:
            answer = page(request, "framing_page.html")
            answer.headers["Content-Security-Policy"] = policy("frame-src")
            return answer

        @routes.get("/donnees-personnelles")
        async def show_data_protection(request: Request) -> HTTPResponse:
            return page(request, "data_protection.html", **data_protection.facts())

        @routes.get("/conversations/<conversation:str>")
        @cors.readable_by_sites
        async def give_export(_: Request, conversation: str) -> HTTPResponse:
            if not DRAWN_ID.fullmatch(conversation):
                return response.json({"status": 404}, status=404)
            return await export(conversation)

        async def export(conversation: str) -> HTTPResponse:
            held = await asyncio.to_thread(retention.export, settings.get, conversation)
            body = json.dumps({"conversation": conversation, **held}, ensure_ascii=False, indent=2)
            name = 'attachment; filename="conversation.json"'
            headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
            return response.text(body, headers=headers, content_type="application/json; charset=utf-8")

        @routes.get("/sans-javascript")
        async def show_plain_page(request: Request) -> HTTPResponse:
            return plain_page(request, uuid.uuid4().hex, [])

        @routes.post("/sans-javascript")
        async def receive(request: Request) -> HTTPResponse:
            form = fields(request)
            conversation = form.get("conversation") or ""
            if not DRAWN_ID.fullmatch(conversation):
                conversation = uuid.uuid4().hex
            if form.get("export"):
                return await export(conversation)
            if form.get("erase"):
                await erase(Sanic.get_app().ctx.agent, conversation)
                return page(request, "erased.html")
            if form.get("look"):
                said = history.of(await _events(conversation))
                return plain_page(
                    request, conversation, said, _what_is_new(len(said), form.get("seen") or "")
                )
            text = form.get("payload") or form.get("message")
            said = await self._talk(conversation, text, form.get("message_id"))
            return plain_page(request, conversation, said)

        return routes

    async def _talk(self, conversation: str, text: str | None, message_id: str | None) -> list[history.Said]:
        """The whole conversation after the message was answered; a page sent twice is answered once."""
        app = Sanic.get_app()
        before = await _events(conversation)
        messages = await handle_message(app, text, conversation, self.name(), None, message_id)
        after = await _events(conversation)
        if len(after) > len(before) or message_id in (getattr(event, "message_id", "") for event in after):
            return history.of(after)
        # Notices (an empty message, no model) are no part of the conversation's events.
        return [*history.of(before), history.by_user(text or "…"), *map(history.by_bot, messages)]


async def _events(conversation: str) -> list[Any]:
    agent = getattr(Sanic.get_app().ctx, "agent", None)
    tracker = await agent.tracker_store.retrieve(conversation) if agent else None
    return list(tracker.events) if tracker else []


def _what_is_new(count: int, seen: str) -> str:
    """How many messages have come since the page that showed ``seen`` of them."""
    new = count - (int(seen) if seen.isascii() and seen.isdigit() and len(seen) < MOST_DIGITS else count)
    if new <= 0:
        return "Pas de nouveau message pour le moment."
    return f"{new} nouveaux messages." if new > 1 else "1 nouveau message."


def policy(directive: str, *sources: str) -> str:
    """The pages' content security policy with one more directive, for this server and ``sources``."""
    own = ("script-src", "style-src", "img-src", "connect-src", "form-action", directive)
    return "; ".join(
        (
            "default-src 'none'",
            *(" ".join((name, "'self'", *(sources if name == directive else ()))) for name in own),
            "base-uri 'none'",
        )
    )
