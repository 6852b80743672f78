"""Requests of the shapes that the platforms document, posted to a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from tests.channels.world import World, run, texts, world
from tests.support.platforms import PLATFORMS, Platform
from tests.support.platforms.base import FORM, as_json

PAYLOADS = yaml.safe_load(Path(__file__).with_name("payloads.yml").read_text(encoding="utf-8"))
# What is answered to what is no words.
POLITE = {"photo": "je ne peux ouvrir", "wordless": "Je ne sais lire que du texte"}


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.channel)
def test_documented_requests_bring_what_they_say(kind: type[Platform], tmp_path: Path) -> None:
    async def steps() -> None:
        async with world(kind, tmp_path) as here:
            for payload in PAYLOADS[kind.channel]:
                await _check(here, payload)

    run(steps)


async def _check(here: World, payload: dict[str, Any]) -> None:
    taken, shown = len(here.agent.texts()), sum(map(len, here.platform.shown.values()))
    if "form" in payload:
        webhook = here.platform.signed(urlencode(payload["form"]).encode(), FORM)
    else:
        webhook = here.platform.signed(as_json(payload["body"]))
    assert await here.post(webhook) == [200], payload
    new = [message for messages in here.platform.shown.values() for message in messages][shown:]
    if payload["takes"] in POLITE:
        assert POLITE[payload["takes"]] in "".join(map(texts, here.platform.shown.values()))
    is_turn = payload["takes"] not in (*POLITE, "nothing")
    assert here.agent.texts()[taken:] == [payload["takes"]] * is_turn
    assert bool(new) is (payload["takes"] != "nothing"), payload
