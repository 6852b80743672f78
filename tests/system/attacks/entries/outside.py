"""The ways into the assistant that are open to the world."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from hypothesis import strategies as st

from bot import neighbours
from tests.support.platforms import Platform
from tests.support.platforms.base import FORM, JSON, Webhook
from tests.system.attacks import hostile
from tests.system.attacks.attack import Outcome, send

PEOPLE = 5
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
KINDS = (JSON, FORM, "text/plain", "multipart/form-data; boundary=x", "", "application/json; charset=latin-1")
ORIGINS = ("http://localhost:1", "https://x.example", "null", "http://[")


def kind_of_content(data: st.DataObject, right: str) -> list[tuple[str, str]]:
    """The header that names the kind of content: mostly the right one."""
    return [("Content-Type", right if data.draw(st.integers(0, 5)) else data.draw(st.sampled_from(KINDS)))]


def rest(port: int) -> Callable[[st.DataObject], Outcome]:
    """The REST webhook."""
    right = {"sender": uuid.uuid4().hex, "message": "combien coûte un duplicata", "message_id": "1"}

    def shoot(data: st.DataObject) -> Outcome:
        body = hostile.json_body(data, {**right, "context_page": "mairie"})
        is_usual = data.draw(st.integers(0, 9))
        method = "POST" if is_usual else data.draw(st.sampled_from(METHODS))
        return send(port, method, b"/webhooks/rest/webhook", body, kind_of_content(data, JSON))

    return shoot


def webhook(platform: Platform, port: int) -> Callable[[st.DataObject], Outcome]:
    """The webhook of a platform: unsigned, forged, and rightly signed."""
    target = f"/webhooks/{platform.channel}/webhook".encode()
    people = [platform.person(rank) for rank in range(PEOPLE)]

    def shoot(data: st.DataObject) -> Outcome:
        if not data.draw(st.integers(0, 14)):
            names = ("hub.mode", "hub.challenge", "hub.verify_token")
            query = "&".join(f"{name}={quote(data.draw(hostile.texts), errors='replace')}" for name in names)
            return send(port, "GET", target + b"?" + query[:4000].encode())
        user = data.draw(st.sampled_from(people))
        if data.draw(st.integers(0, 3)):
            right = platform.says(user, data.draw(hostile.texts).encode("utf-8", "replace").decode() or "?")
        else:
            right = platform.sends(user, data.draw(st.sampled_from(platform.attachments)))
        kind = right.headers["Content-Type"]
        if kind == FORM:
            body = hostile.form_body(data, parse_qsl(right.body.decode(), keep_blank_values=True))
        else:
            body = hostile.json_body(data, json.loads(right.body))
        try:
            signed = platform.signed(body, kind)
        except UnicodeDecodeError:
            # The platform itself cannot sign what is no text.
            signed = right
        unsigned = Webhook(body, {"Content-Type": kind})
        choices = (signed, signed, signed, unsigned, *platform.attacks(signed))
        tried: Webhook = data.draw(st.sampled_from(choices))
        outcome = send(port, "POST", target, tried.body, list(tried.headers.items()))
        is_forged = tried != signed and signed is not right
        if is_forged and outcome.status == 200:
            return Outcome(200, fault=f"a forged request was taken: {tried}"[:300])
        return outcome

    return shoot


def takeaway(port: int, token: str) -> Callable[[st.DataObject], Outcome]:
    """The pages of a personal sheet, of one that exists and of others."""
    base = f"/fiche/{token}"
    addresses = [("GET", base), ("GET", f"{base}/lettre/gracious_appeal"), ("GET", "/fiche")]
    addresses += [("POST", f"{base}/dates")] * 3 + [("POST", "/fiche/none/effacer"), ("GET", f"{base}.ics")]
    dates = [(name, "2026-10-03") for name in ("requested_on", "refused_on", "appeal_on", "format")]

    def shoot(data: st.DataObject) -> Outcome:
        method, right = data.draw(st.sampled_from(addresses))
        is_near = data.draw(st.integers(0, 2))
        target = right.encode() if is_near else hostile.path(data, right)
        if method == "GET":
            target += b"?version=" + quote(data.draw(hostile.texts)[:500], errors="replace").encode()
        # Writing a file takes a process and a second.
        if target.partition(b"?")[0] == f"{base}.ics".encode() and data.draw(st.integers(0, 9)):
            target = f"/fiche/{token[:-1]}.ics".encode()
        body = hostile.form_body(data, dates) if method == "POST" else b""
        return send(port, method, target, body, kind_of_content(data, FORM))

    return shoot


def token_of_a_sheet(address: str) -> str:
    """The token of a sheet that was just made."""
    sender = uuid.uuid4().hex

    def say(text: str) -> list[dict[str, Any]]:
        body = json.dumps({"sender": sender, "message": text}).encode()
        request = urllib.request.Request(f"{address}/webhooks/rest/webhook", body, {"Content-Type": JSON})
        with neighbours.open_url(request, 60) as answer:
            told: list[dict[str, Any]] = json.load(answer)
            return told

    said = say("je voudrais ma fiche à imprimer")
    for text in ("/quote_fee", '/inform{"plate_format": "fni"}', *["/dont_know"] * 12):
        if any(button["payload"] == "/make_sheet" for button in said[-1].get("buttons") or ()):
            break
        said = say(text)
    address = say("/make_sheet")[0]["metadata"]["downloads"][0]["url"]
    return str(address.partition("/fiche/")[2].partition("?")[0])


def site(port: int) -> Callable[[st.DataObject], Outcome]:
    """The pages, the conversation without JavaScript, opinions, export and erasure."""
    conversation = uuid.uuid4().hex
    form = [("conversation", conversation), ("message", "bonjour"), ("message_id", "1"), ("payload", "")]
    form += [("export", ""), ("erase", "")]
    opinion = {"reference": uuid.uuid4().hex, "response": "utter_greet", "helpful": False, "reason": "wrong"}
    gets = ("/", "/assistant", "/cadre", "/cadre/exemple", "/sans-javascript", "/donnees-personnelles")
    gets += (f"/conversations/{conversation}", "/widget/assistant-carte-grise.js", "/static/x.css")
    gets += ("/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9&transport=x&sid=none")

    def shoot(data: st.DataObject) -> Outcome:
        origin = [("Origin", data.draw(st.sampled_from(ORIGINS)))]
        how = data.draw(st.integers(0, 3))
        if how == 0:
            body = hostile.form_body(data, form)
            return send(port, "POST", b"/sans-javascript", body, kind_of_content(data, FORM) + origin)
        if how == 1:
            body = hostile.json_body(data, opinion)
            return send(port, "POST", b"/feedback", body, kind_of_content(data, JSON) + origin)
        if how == 2:
            return send(port, "DELETE", hostile.path(data, f"/conversations/{conversation}"), b"", origin)
        method = data.draw(st.sampled_from(METHODS)) if not data.draw(st.integers(0, 4)) else "GET"
        return send(port, method, hostile.path(data, data.draw(st.sampled_from(gets))), b"", origin)

    return shoot


def machines(port: int, addresses: tuple[str, ...]) -> Callable[[st.DataObject], Outcome]:
    """Addresses that machines ask, with hostile methods, headers and paths."""

    def shoot(data: st.DataObject) -> Outcome:
        target = data.draw(st.sampled_from(addresses))
        query = quote(data.draw(hostile.texts)[:1000], errors="replace").encode()
        value = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
        names = ("Accept", "Accept-Encoding", "X-Forwarded-For", "Cookie", "Range", "If-None-Match")
        headers = [(data.draw(st.sampled_from(names)), value.strip())]
        method = data.draw(st.sampled_from(("GET", "GET", *METHODS)))
        path = target.encode() if data.draw(st.booleans()) else hostile.path(data, target)
        body = data.draw(hostile.raw) if method in ("POST", "PUT", "PATCH") else b""
        return send(port, method, path + b"?name[]=" + query, body, headers)

    return shoot
