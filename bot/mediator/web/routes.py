"""What a page is: an address, who may see it, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from bot.mediator.security.roles import Role
from bot.mediator.web.visit import Visit

Handler = Callable[[Visit], Response]
EVERYBODY = None


@dataclass(frozen=True)
class Page:
    """One address of the desk.

    ``needs`` is the role that may see it, EVERYBODY for the few pages before the sign-in. ``by_itself``
    marks what an open page asks for without anybody's hand: it does not keep a session open.
    """

    method: str
    path: str
    handler: Handler
    needs: Role | None = Role.MEDIATOR
    by_itself: bool = False
    before_set_up: bool = False
    any_form: bool = False
