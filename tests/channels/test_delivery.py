"""Pauses, rates and the mailbox."""

from __future__ import annotations

import pytest

from bot.channels.delivery.message_queue import DAY, SEEN_DAYS, Mailbox
from bot.channels.delivery.types import Call, Incoming, Rate
from bot.channels.delivery.workers import Bucket, RetryPolicy
from bot.channels.platforms.messaging_channel import by_status

EVENT = Incoming("1", "user", "bonjour")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(":memory:")


def put(mailbox: Mailbox, *calls: Call) -> None:
    mailbox.answer(None, "telegram", "telegram-1", {"chat_id": 1}, calls, now=0.0)


def test_pauses_double_up_to_the_longest() -> None:
    patience = RetryPolicy(first=1.0, longest=10.0)
    pauses = [patience.pause(attempts, None) for attempts in range(8)]
    assert all(
        low <= pause <= low * 1.25 for pause, low in zip(pauses, [1, 2, 4, 8, 10, 10, 10, 10], strict=True)
    )


def test_a_pause_that_the_platform_asks_for_is_kept() -> None:
    assert RetryPolicy(first=1.0).pause(0, 35.0) == 35.0


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), now=0.0)
    assert [bucket.take(0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert bucket.take(10.0) == 0.0


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "sent"), (201, "sent"), (429, "retry"), (500, "retry"), (503, "retry"), (504, "uncertain")]
    + [(400, "refused"), (401, "refused"), (403, "refused"), (302, "refused")],
)
def test_a_status_says_whether_to_try_again(status: int, outcome: str) -> None:
    assert by_status(status, {}).outcome == outcome


def test_the_seconds_of_a_retry_after_are_read() -> None:
    assert by_status(429, {"Retry-After": "30"}).seconds == 30.0
    assert by_status(429, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}).seconds is None


def test_an_event_is_seen_again_a_year_later_only(mailbox: Mailbox) -> None:
    assert mailbox.accept("telegram", "telegram-1", EVENT, 0.0, 9) == "received"
    mailbox.purge((SEEN_DAYS - 1) * DAY)
    assert mailbox.accept("telegram", "telegram-1", EVENT, 1.0, 9) == "duplicates"
    mailbox.purge((SEEN_DAYS + 1) * DAY)
    assert mailbox.accept("telegram", "telegram-1", EVENT, 2.0, 9) == "received"


def test_two_channels_may_use_the_same_key(mailbox: Mailbox) -> None:
    assert mailbox.accept("telegram", "telegram-1", EVENT, 0.0, 9) == "received"
    assert mailbox.accept("slack", "slack-1", EVENT, 0.0, 9) == "received"


def test_an_answer_takes_its_event_away(mailbox: Mailbox) -> None:
    mailbox.accept("telegram", "telegram-1", EVENT, 0.0, 9)
    waiting = mailbox.events("telegram-1")
    assert len(waiting) == 1
    mailbox.answer(waiting[0].row, "telegram", "telegram-1", {}, [Call("sendMessage", {})], now=1.0)
    assert mailbox.events("telegram-1") == []
    assert mailbox.next_call("telegram-1") is not None


def test_a_failed_part_takes_the_rest_of_its_answer_with_it_but_not_the_next_answer(mailbox: Mailbox) -> None:
    put(mailbox, Call("a", {}), Call("b", {}))
    mailbox.answer(7, "telegram", "telegram-1", {}, [Call("c", {})], now=1.0)
    first = mailbox.next_call("telegram-1")
    assert first is not None
    mailbox.fail(first, "refused", now=2.0)
    assert [failure.path for failure in mailbox.failures()] == ["a", "b"]
    left = mailbox.next_call("telegram-1")
    assert left is not None and left.call.path == "c"


def test_a_receipt_that_fails_stops_nothing(mailbox: Mailbox) -> None:
    put(mailbox, Call("receipt", {}, optional=True), Call("b", {}))
    first = mailbox.next_call("telegram-1")
    assert first is not None
    mailbox.fail(first, "refused", now=2.0)
    assert mailbox.failures() == []
    left = mailbox.next_call("telegram-1")
    assert left is not None and left.call.path == "b"


def test_a_call_that_was_on_its_way_when_the_server_stopped_is_not_made_again(mailbox: Mailbox) -> None:
    put(mailbox, Call("a", {}))
    first = mailbox.next_call("telegram-1")
    assert first is not None
    mailbox.sending(first)
    mailbox.close_interrupted("telegram-1", now=1.0)
    assert mailbox.waiting(["telegram"]) == set()
    assert [failure.reason.partition(":")[0] for failure in mailbox.failures()] == ["uncertain"]


def test_a_channel_that_was_turned_off_keeps_its_work(mailbox: Mailbox) -> None:
    put(mailbox, Call("a", {}))
    assert mailbox.waiting(["slack"]) == set()
    assert mailbox.waiting(["telegram"]) == {"telegram-1"}
