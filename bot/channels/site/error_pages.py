"""What is answered where a request fails: a French page to who asks for one, else a line of JSON."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.site import assets
from bot.channels.turns import maintenance

FOLDER = Path(__file__).parent / "templates"
_PAGES = ("text/html", "application/xhtml+xml")
_DATA = ("application/json",)


def answer(request: Request, status: int, headers: dict[str, str] | None = None) -> HTTPResponse:
    """The answer of that status, with nothing of the error itself."""
    if wants_page(request.headers.get("accept", "")):
        root = assets.root(request.path)
        values = {"root": root, "address": lambda name: root + _files()[name].address.lstrip("/")}
        page = _templates().get_template("problem.html").render(status=status, **values)
        made = response.html(page, status=status, headers=headers)
    else:
        made = response.json({"status": status}, status=status, headers=headers)
    made.headers["Cache-Control"] = "no-store"
    made.headers["Vary"] = "Accept"
    return made


def wants_page(accept: str) -> bool:
    """Whether an Accept header names pages, as browsers do where one follows a link or sends a form.

    Programs send ``*/*`` or ask for JSON.
    """
    pages = max((_weight(entry, _PAGES) for entry in accept.split(",")), default=0.0)
    data = max((_weight(entry, _DATA) for entry in accept.split(",")), default=0.0)
    return pages > 0 and pages >= data


def _weight(entry: str, kinds: tuple[str, ...]) -> float:
    """The weight of an entry of the header, 0 where it is of another kind or cannot be read."""
    kind, *parameters = (part.strip().lower() for part in entry.split(";"))
    if kind not in kinds:
        return 0.0
    weights = [one.removeprefix("q=") for one in parameters if one.startswith("q=")]
    try:
        return float(weights[0]) if weights else 1.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    made.globals["announcement"] = maintenance.announcement
    return made


@lru_cache(maxsize=1)
def _files() -> dict[str, assets.Asset]:
    return assets.read()
