"""One request as a page's handler sees it: who asks, what the form holds, and how to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.mediator.security.accounts import Account
from bot.mediator.work import places
from bot.mediator.work.places import Place
from bot.mediator.work.presence import Live

if TYPE_CHECKING:
    from bot.mediator.desk import Desk


@dataclass(frozen=True)
class Visit:
    """A checked request: the session holds, the role suffices, the form's token is ours."""

    desk: Desk
    request: Request
    now: dt.datetime
    form: Mapping[str, str]
    csrf: str
    account: Account | None
    # What every page shows of the desk's life, where somebody is signed in.
    live: Live | None = None

    @property
    def me(self) -> Account:
        """Who is signed in; a page that needs a role always has somebody."""
        if self.account is None:
            raise PermissionError("this page needs somebody signed in")
        return self.account

    @property
    def where(self) -> Place:
        """The place whose time the page shows: that of the person's desk."""
        return places.known(self.account.place) if self.account else places.MAINLAND

    @property
    def is_open_line(self) -> bool:
        """Whether a browser came over plain http from another machine: it then keeps no cookie of ours.

        Browsers tell where a request comes from (``Sec-Fetch-…``) only over https and to their own machine:
        a proxy that ends TLS and does not say so is not mistaken for an open line.
        """
        url = self.request.url
        is_told = any(name.startswith("sec-fetch-") for name in self.request.headers)
        return url.scheme == "http" and not is_told and url.hostname not in ("127.0.0.1", "localhost", "::1")

    @property
    def query(self) -> Mapping[str, str]:
        """The address's parameters, the first of each name, without control characters."""
        return {name: plain(value) for name, value in self.request.query_params.items()}

    @property
    def place(self) -> str:
        """The client's IP address, by which attempts that failed are counted."""
        return self.request.client.host if self.request.client else ""

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A number of the path; the route admits nine digits at most."""
        return int(self.request.path_params[name])

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page, never kept by a browser's or proxy's store."""
        text = self.desk.templates.get_template(template).render(visit=self, **values)
        return HTMLResponse(text, status)

    def go(self, address: str) -> Response:
        """On to another page of the desk, which is then asked for anew."""
        return RedirectResponse(address, 303)


def plain(text: str) -> str:
    """The text without what no store or page can hold: NUL, other control characters, half characters."""
    kept = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    return kept.encode("utf-8", "ignore").decode()
