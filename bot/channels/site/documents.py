"""The addresses of personal sheets: pages, PDF, calendar and letters below /fiche; none of them lists any."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import lru_cache, partial
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings
from bot.channels.site import assets
from bot.channels.site.form_fields import fields
from bot.nlg.sentences import Sentences
from bot.takeaway import store
from bot.takeaway.case import CASE_DATES, PAGE_DATES
from bot.takeaway.pages import Answer, Pages


class DocumentsChannel(InputChannel):
    """The routes; no message comes through them."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "documents"

    def url_prefix(self) -> str:
        """The root of the server."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses; what each answers is decided by ``Pages``, in a thread."""
        routes = Blueprint("documents_channel")
        files = assets.read()
        pages = Pages(
            store.opened(),
            _sentences,
            lambda name: files[name].address,
            partial(dt.datetime.now, dt.UTC),
        )

        async def answer(call: Callable[..., Answer], *arguments: Any) -> HTTPResponse:
            made = await asyncio.to_thread(call, *arguments)
            return response.raw(made.body, made.status, made.headers, made.content_type)

        @routes.get("/fiche")
        async def show_nothing(_: Request) -> HTTPResponse:
            return await answer(pages.gone)

        @routes.get("/fiche/<token:str>")
        async def show(request: Request, token: str) -> HTTPResponse:
            return await answer(pages.show, token, request.args.get("version"))

        @routes.get("/fiche/<token:str>/lettre/<letter:str>")
        async def show_letter(_: Request, token: str, letter: str) -> HTTPResponse:
            return await answer(pages.letter, token, letter)

        @routes.post("/fiche/<token:str>/dates")
        async def set_dates(request: Request, token: str) -> HTTPResponse:
            form = fields(request)
            typed = {name: form[name] for name in (*PAGE_DATES, *CASE_DATES) if name in form}
            return await answer(pages.set_dates, token, typed)

        @routes.post("/fiche/<token:str>/effacer")
        async def erase(_: Request, token: str) -> HTTPResponse:
            return await answer(pages.erase, token)

        return routes


def _sentences() -> Sentences:
    """The sentences of the loaded model, or those of the files while there is none."""
    nlg = getattr(getattr(Sanic.get_app().ctx, "agent", None), "nlg", None)
    return nlg if isinstance(nlg, Sentences) and nlg.responses else _written_sentences()


@lru_cache(maxsize=1)
def _written_sentences() -> Sentences:
    return Sentences.read(settings.ROOT / "data")
