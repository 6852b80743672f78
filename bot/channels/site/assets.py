"""The files that browsers load, under names that hold their hash: a browser may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings

WIDGET = settings.ROOT / "bot" / "widget"
STATIC = Path(__file__).parent / "static"
FOLDER = "/widget"
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
HASH_CHARACTERS = 12
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file, its plain name (``site.css``) and its address with the hash."""

    name: str
    content: bytes
    compressed: bytes

    @property
    def address(self) -> str:
        """The address that changes with the content."""
        return f"{FOLDER}/{self.hashed_name}"

    @property
    def hashed_name(self) -> str:
        """The name that changes with the content."""
        stem, dot, ending = self.name.rpartition(".")
        return f"{stem}.{hashlib.sha256(self.content).hexdigest()[:HASH_CHARACTERS]}{dot}{ending}"


def read() -> dict[str, Asset]:
    """Every asset by its plain name."""
    files = [*(WIDGET / "dist").glob("*.js"), *(WIDGET / "themes").glob("*.css"), *STATIC.iterdir()]
    return {file.name: _asset(file) for file in sorted(files)}


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    return Asset(file.name, content, gzip.compress(content, 9, mtime=0))


def root(path: str) -> str:
    """The way from the page at ``path`` up to the server's root, whatever path stands before both outside."""
    return "../" * (path.count("/") - 1) or "./"


def serve(routes: Blueprint, assets: dict[str, Asset]) -> None:
    """Adds the addresses with a hash, and for each plain name or older hash a short-lived redirection."""
    by_address = {asset.address: asset for asset in assets.values()}

    @routes.get(f"{FOLDER}/<name:str>")
    async def give(request: Request, name: str) -> HTTPResponse:
        asset = by_address.get(f"{FOLDER}/{name}")
        if asset is None:
            current = assets.get(name) or assets.get(_without_hash(name))
            # Relative, as every address here: a proxy may put the server below a path of another site.
            answer = response.redirect(current.hashed_name) if current else response.empty(status=404)
            answer.headers["Cache-Control"] = BRIEFLY
        else:
            zipped = "gzip" in request.headers.get("accept-encoding", "")
            content = asset.compressed if zipped else asset.content
            answer = response.raw(content, content_type=TYPES[Path(asset.name).suffix])
            if zipped:
                answer.headers["Content-Encoding"] = "gzip"
            answer.headers["Vary"] = "Accept-Encoding"
            answer.headers["Cache-Control"] = FOR_EVER
        # Public files, the same for everyone: any site may load the widget, and check it by its hash.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer


def _without_hash(name: str) -> str:
    parts = name.split(".")
    return ".".join([*parts[:-2], parts[-1]]) if len(parts) > 2 else name
