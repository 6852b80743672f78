"""The queue and the codes: one mediator wins, a code opens once, nobody waits for ever."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import requests
import sqlalchemy as sa

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security import throttle
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import CODES, DESKS, HANDOVERS
from bot.mediator.work import codes, handovers, reception
from tests.desk.conftest import NOW, PASSWORD, SECRET, OpenDesk, text_of

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def account(desk: Desk) -> int:
    """A mediator with a page open since nine."""
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        made = desk.accounts.accept(connection, token, "marie", PASSWORD, NOW)
        desk.sessions.open(connection, made, NOW)
    return made.id


@pytest.fixture
def opened(desk: Desk, account: int) -> Desk:
    """A desk within its hours on that Monday, with its mediator there."""
    with desk.database.transaction() as connection:
        week = {str(day): [["09:00", "17:00"]] for day in range(5)}
        connection.execute(DESKS.insert().values(name="Mairie", subdivision="", hours=week))
    return desk


def ask(desk: Desk, what: object, conversation: str, now: dt.datetime = NOW) -> dict:
    return what(desk, {"conversation": conversation, "subject": "cost"}, now)  # type: ignore[operator]


def test_the_first_come_is_the_first_in_the_queue(opened: Desk) -> None:
    assert ask(opened, reception.status, "a")["status"] == "none"
    assert ask(opened, reception.request, "a")["position"] == 1
    assert ask(opened, reception.request, "b", NOW + SECOND)["position"] == 2
    assert ask(opened, reception.request, "b", NOW + SECOND)["position"] == 2
    ask(opened, reception.withdraw, "a")
    assert ask(opened, reception.status, "a")["status"] == "none"
    assert ask(opened, reception.status, "b")["position"] == 1


def test_out_of_hours_the_next_opening_is_told(opened: Desk) -> None:
    # 23 November 2026 is a Monday; the store's moments are an hour behind France in winter.
    at_17 = dt.datetime(2026, 11, 23, 16, 0)
    told = ask(opened, reception.request, "a", at_17)
    assert not told["open"]
    assert told["status"] == "none"
    assert told["next_opening"] == {"day": "2026-11-24", "time": "09:00"}


def test_within_hours_but_with_nobody_there_the_desk_is_closed(opened: Desk) -> None:
    assert ask(opened, reception.status, "a", NOW + 2 * MINUTE - SECOND)["open"]
    assert not ask(opened, reception.status, "a", NOW + 2 * MINUTE)["open"]


def test_a_desk_without_hours_is_closed_and_has_no_opening(desk: Desk, account: int) -> None:
    told = ask(desk, reception.status, "a")
    assert (told["open"], told["next_opening"]) == (False, None)


def test_the_wait_is_estimated_from_conversations_that_ended(opened: Desk, account: int) -> None:
    assert ask(opened, reception.request, "now")["minutes"] is None
    with opened.database.transaction() as connection:
        for rank, minutes in enumerate((4, 10, 6)):
            number = handovers.request(connection, f"old-{rank}", "", "chat", NOW)
            assert handovers.take(connection, number, account, NOW)
            assert handovers.end(connection, number, handovers.Status.RETURNED, NOW + minutes * MINUTE)
    assert ask(opened, reception.status, "now")["minutes"] == 6
    assert ask(opened, reception.request, "later", NOW + SECOND)["minutes"] == 12


def test_of_many_who_take_at_once_one_wins(opened: Desk, account: int) -> None:
    with opened.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", NOW)
        others = []
        for name in ("paul", "jeanne", "luc", "zoe"):
            token = opened.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
            others.append(opened.accounts.accept(connection, token, name, PASSWORD, NOW).id)
    won: list[int] = []
    start = threading.Barrier(5)

    def take(who: int) -> None:
        start.wait()
        with opened.database.transaction() as connection:
            if handovers.take(connection, number, who, NOW):
                won.append(who)

    threads = [threading.Thread(target=take, args=[who]) for who in (account, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with opened.database.transaction() as connection:
        row = handovers.find(connection, number)
        assert row is not None
        assert row.account_id == won[0]


def test_a_conversation_that_could_not_be_taken_waits_again(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", clock.now())
    answer = mediator.post(f"/conversations/{number}/prendre", "/fiche")
    assert answer.status_code == 503
    assert "Elle attend toujours" in text_of(answer.text)
    with open_desk.desk.database.transaction() as connection:
        assert [row.id for row in handovers.waiting(connection)] == [number]


def test_a_conversation_with_somebody_else_cannot_be_read(open_desk: OpenDesk) -> None:
    first, second = open_desk.signed_in("mediator", "marie"), open_desk.signed_in("administrator", "paul")
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", clock.now())
        assert handovers.take(connection, number, 1, clock.now())
    assert first.get(f"/conversations/{number}").status_code == 503
    assert second.get(f"/conversations/{number}").status_code == 409
    assert second.get(f"/conversations/{number}/messages").status_code == 409
    assert second.post(f"/conversations/{number}/rendre", "/fiche").status_code == 409
    taken = second.post(f"/conversations/{number}/prendre", "/fiche")
    assert taken.status_code == 409
    assert "Trop tard : marie" in text_of(taken.text)


def test_what_was_left_lying_is_found_at_its_time(opened: Desk, account: int) -> None:
    with opened.database.transaction() as connection:
        number = handovers.request(connection, "taken", "", "chat", NOW)
        handovers.take(connection, number, account, NOW)
        handovers.request(connection, "waiting", "", "chat", NOW)
        silent = dt.timedelta(minutes=handovers.SILENT_MINUTES)
        long = dt.timedelta(hours=handovers.WAITING_HOURS)

        def lying(at: dt.datetime) -> list[str]:
            return sorted(row.conversation for row in handovers.left_lying(connection, at))

        assert lying(NOW + silent) == []
        assert lying(NOW + silent + SECOND) == ["taken"]
        handovers.touch(connection, number, NOW + silent)
        assert lying(NOW + silent + SECOND) == []
        assert lying(NOW + long + SECOND) == ["taken", "waiting"]


# --- codes


def test_a_code_opens_once(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        code = codes.make(connection, desk.keys, "a", NOW)
        assert codes.use(connection, desk.keys, f" {code[:3].lower()}-{code[3:]} ", NOW) == ("a", "")
        assert codes.use(connection, desk.keys, code, NOW) is None


def test_a_code_ends_after_ten_minutes(desk: Desk) -> None:
    end = NOW + codes.MINUTES * MINUTE
    with desk.database.transaction() as connection:
        code = codes.make(connection, desk.keys, "a", NOW)
        assert codes.use(connection, desk.keys, code, end) is None
        assert codes.use(connection, desk.keys, code, end - SECOND) == ("a", "")


def test_a_new_code_ends_the_one_before(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        old, new = (codes.make(connection, desk.keys, "a", NOW) for _ in range(2))
        assert codes.use(connection, desk.keys, old, NOW) is None
        assert codes.use(connection, desk.keys, new, NOW) == ("a", "")


def test_a_code_is_stored_as_a_hash_and_read_aloud_without_doubt(desk: Desk) -> None:
    assert not set("B8I1L0OG2Z5S") & set(codes.ALPHABET)
    with desk.database.transaction() as connection:
        drawn = {codes.make(connection, desk.keys, f"c{rank}", NOW) for rank in range(50)}
        stored = [row.code_hash for row in connection.execute(sa.select(CODES))]
    assert len(drawn) == len(stored) == 50
    assert all(len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET) for code in drawn)
    assert not drawn & set(stored)


def test_guessing_codes_is_soon_refused_even_with_the_right_one(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    for _ in range(throttle.CODE_OF_ACCOUNT.most):
        assert mediator.post("/codes", "/", code="AAAAAA").status_code == 400
    with open_desk.desk.database.transaction() as connection:
        code = codes.make(connection, open_desk.desk.keys, "a", clock.now())
    assert mediator.post("/codes", "/", code=code).status_code == 429
    assert ("marie", "code_refused", "") in open_desk.journal()


# --- the internal addresses


@pytest.mark.parametrize(
    "secret", ["", "Bearer ", "Bearer autre", f"Basic {SECRET}", f"Bearer {SECRET}x", "é"]
)
def test_the_internal_addresses_are_not_there_without_the_secret(open_desk: OpenDesk, secret: str) -> None:
    for what in ("status", "requests", "messages", "withdrawals", "codes"):
        headers = {"Authorization": secret.encode()}
        address = f"{open_desk.address}/internal/{what}"
        answer = requests.post(address, json={"conversation": "a"}, headers=headers, timeout=60)
        assert answer.status_code == 404
    with open_desk.desk.database.transaction() as connection:
        assert not connection.execute(sa.select(HANDOVERS)).all()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"conversation": 3}', b'{"conversation": ""}', b"\xff"])
def test_an_internal_request_that_names_no_conversation_is_refused(open_desk: OpenDesk, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    answer = requests.post(f"{open_desk.address}/internal/codes", body, headers=headers, timeout=60)
    assert answer.status_code == 400
