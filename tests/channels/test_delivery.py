"""Pauses, rates and the queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.delivery.message_queue import DAY, SEEN_DAYS, MessageQueue
from bot.channels.delivery.types import Call, Incoming, Rate
from bot.channels.delivery.workers import Bucket, RetryPolicy
from bot.channels.platforms.messaging_channel import by_status

EVENT = Incoming("1", "user", "bonjour")


@pytest.fixture
def queue(database: str) -> Iterator[MessageQueue]:
    opened = MessageQueue(database)
    yield opened
    opened.close()


def put(queue: MessageQueue, *calls: Call) -> None:
    queue.answer(None, "telegram", "telegram-1", {"chat_id": 1}, calls, now=0.0)


def test_pauses_double_up_to_the_longest() -> None:
    policy = RetryPolicy(first=1.0, longest=10.0)
    pauses = [policy.pause(attempts, None) for attempts in range(8)]
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


def test_an_event_is_seen_again_a_year_later_only(queue: MessageQueue) -> None:
    assert queue.accept("telegram", "telegram-1", EVENT, 0.0, 9) == "received"
    queue.purge((SEEN_DAYS - 1) * DAY)
    assert queue.accept("telegram", "telegram-1", EVENT, 1.0, 9) == "duplicates"
    queue.purge((SEEN_DAYS + 1) * DAY)
    assert queue.accept("telegram", "telegram-1", EVENT, 2.0, 9) == "received"


def test_two_channels_may_use_the_same_key(queue: MessageQueue) -> None:
    assert queue.accept("telegram", "telegram-1", EVENT, 0.0, 9) == "received"
    assert queue.accept("slack", "slack-1", EVENT, 0.0, 9) == "received"


def test_an_answer_takes_its_event_away(queue: MessageQueue) -> None:
    queue.accept("telegram", "telegram-1", EVENT, 0.0, 9)
    waiting = queue.events("telegram-1")
    assert len(waiting) == 1
    queue.answer(waiting[0].row, "telegram", "telegram-1", {}, [Call("sendMessage", {})], now=1.0)
    assert queue.events("telegram-1") == []
    assert queue.next_call("telegram-1") is not None


def test_a_failed_part_takes_the_rest_of_its_answer_with_it_but_not_the_next_answer(
    queue: MessageQueue,
) -> None:
    put(queue, Call("a", {}), Call("b", {}))
    queue.answer(None, "telegram", "telegram-1", {}, [Call("c", {})], now=1.0)
    first = queue.next_call("telegram-1")
    assert first is not None
    queue.fail(first, "refused", now=2.0)
    assert [failure.path for failure in queue.failures()] == ["a", "b"]
    left = queue.next_call("telegram-1")
    assert left is not None and left.call.path == "c"


def test_a_receipt_that_fails_stops_nothing(queue: MessageQueue) -> None:
    put(queue, Call("receipt", {}, optional=True), Call("b", {}))
    first = queue.next_call("telegram-1")
    assert first is not None
    queue.fail(first, "refused", now=2.0)
    assert queue.failures() == []
    left = queue.next_call("telegram-1")
    assert left is not None and left.call.path == "b"


def test_a_call_that_was_on_its_way_when_the_server_stopped_is_not_made_again(queue: MessageQueue) -> None:
    put(queue, Call("a", {}))
    first = queue.next_call("telegram-1")
    assert first is not None
    queue.sending(first)
    queue.close_interrupted("telegram-1", now=1.0)
    assert queue.waiting(["telegram"]) == set()
    assert [failure.reason.partition(":")[0] for failure in queue.failures()] == ["uncertain"]


def test_a_channel_that_was_turned_off_keeps_its_work(queue: MessageQueue) -> None:
    put(queue, Call("a", {}))
    assert queue.waiting(["slack"]) == set()
    assert queue.waiting(["telegram"]) == {"telegram-1"}
