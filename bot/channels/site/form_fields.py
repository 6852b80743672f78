"""The fields of a form that a page of ours sends."""

from __future__ import annotations

from typing import Dict
from urllib.parse import parse_qsl

from sanic.request import Request

FORM_TYPE = "application/x-www-form-urlencoded"


def fields(request: Request) -> Dict[str, str]:
    """The first value of each field; none where the body is no such form.

    Sanic's own logs a traceback for each body that is not in UTF-8; here such bytes are replaced.
    """
    if not (request.headers.get("content-type") or "").lower().startswith(FORM_TYPE):
        return {}
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(pairs))
