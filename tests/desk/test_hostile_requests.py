"""A small share of ``python -m tests.system desk``: no server error, nothing beyond a session or a role."""

from __future__ import annotations

from bot.mediator.security.keys import new_token
from tests.system.attacks import desk

REQUESTS = 300


def test_hostile_requests_meet_no_error_and_no_open_door() -> None:
    found = desk.attack(REQUESTS, start=7, bot=desk.NO_BOT, secret=new_token())
    assert found.faults == []
    assert sum(found.statuses.values()) >= REQUESTS
    assert {200, 303, 401, 403, 404} <= found.statuses.keys()
