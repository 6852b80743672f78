"""Who is there: a page open and worked on; a page that refreshes itself is no work."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.mediator.desk import Desk
from bot.mediator.security.accounts import Account
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import DESKS, HANDOVERS, SESSIONS
from bot.mediator.work import handovers, presence, reception, upkeep
from bot.mediator.work.handovers import Status
from tests.desk.conftest import NOW, PASSWORD, OpenDesk, text_of

MINUTE = dt.timedelta(minutes=1)


def account(desk: Desk, role: Role, login: str, now: dt.datetime = NOW) -> tuple[Account, str]:
    """An account with a page open since then, and its cookie."""
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, role, "tests", now)
        made = desk.accounts.accept(connection, token, login, PASSWORD, now)
        return made, desk.sessions.open(connection, made, now)


def there(desk: Desk, now: dt.datetime) -> list[str]:
    with desk.database.transaction() as connection:
        return [colleague.login for colleague in presence.there(connection, now)]


def test_a_mediator_counts_as_there_and_who_does_not_mediate_only_by_their_own_word(desk: Desk) -> None:
    account(desk, Role.MEDIATOR, "marie")
    account(desk, Role.EDITOR, "luc")
    boss, _ = account(desk, Role.ADMINISTRATOR, "zoe")
    assert there(desk, NOW) == ["marie"]
    with desk.database.transaction() as connection:
        presence.change(connection, boss.id, True, None)
    assert there(desk, NOW) == ["marie", "zoe"]


def test_a_page_left_open_stops_counting_and_a_key_or_click_counts_again(desk: Desk) -> None:
    _, token = account(desk, Role.MEDIATOR, "marie")
    at = NOW
    for _ in range(31):
        at += MINUTE
        with desk.database.transaction() as connection:
            assert desk.sessions.account(connection, token, at, by_person=False) is not None
    assert there(desk, at) == []
    with desk.database.transaction() as connection:
        desk.sessions.act(connection, token, at)
    assert there(desk, at) == ["marie"]


def test_any_page_of_the_desk_keeps_a_mediator_there(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    with open_desk.desk.database.transaction() as connection:
        long_ago = dt.datetime.utcnow() - 40 * MINUTE
        connection.execute(SESSIONS.update().values(used_at=long_ago, seen_at=long_ago))
    for page in ("/fiche", "/dossiers", "/statistiques", "/reponses"):
        assert "data-waiting" in mediator.get(page).text, page
    assert mediator.get("/etat").json()["counted"]


def test_the_pages_own_look_is_no_work_and_a_gesture_is(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    long_ago = dt.datetime.utcnow().replace(microsecond=0) - 31 * MINUTE
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", long_ago)
        assert handovers.take(connection, number, 1, long_ago)
        connection.execute(SESSIONS.update().values(used_at=long_ago))
    for path in ("/etat", "/file", f"/conversations/{number}/messages"):
        mediator.get(path)
    with open_desk.desk.database.transaction() as connection:
        row = handovers.find(connection, number)
        assert row is not None and row.active_at == long_ago
        assert [each.id for each in handovers.left_lying(connection, dt.datetime.utcnow())] == [number]
    assert not mediator.get("/etat").json()["counted"]
    assert mediator.get(f"/etat?geste=1&conversation={number}").json()["counted"]
    with open_desk.desk.database.transaction() as connection:
        assert handovers.left_lying(connection, dt.datetime.utcnow()) == []


def test_a_gesture_in_a_colleagues_conversation_keeps_nothing_open(open_desk: OpenDesk) -> None:
    open_desk.signed_in("mediator", "marie")
    other = open_desk.signed_in("mediator", "paul")
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", NOW)
        assert handovers.take(connection, number, 1, NOW)
    other.get(f"/etat?geste=1&conversation={number}")
    with open_desk.desk.database.transaction() as connection:
        row = handovers.find(connection, number)
        assert row is not None and row.active_at == NOW


def test_the_switch_is_kept_and_signing_in_makes_a_mediator_available_again(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    answer = mediator.post("/disponibilite", "/fiche", available="no", back="/fiche")
    assert answer.headers["location"] == "/fiche"
    assert 'aria-checked="false"' in mediator.get("/dossiers").text
    assert not mediator.get("/etat").json()["available"]
    mediator.post("/deconnexion", "/")
    mediator.sign_in("marie")
    assert mediator.get("/etat").json()["available"]


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_switch_leads_nowhere_else(open_desk: OpenDesk, page: str) -> None:
    mediator = open_desk.signed_in("mediator")
    assert mediator.post("/disponibilite", "/", available="no", back=page).headers["location"] == "/"


def test_nobody_takes_more_conversations_than_they_want(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    mediator.post("/disponibilite", "/", most="1", back="/")
    with open_desk.desk.database.transaction() as connection:
        one, two = (handovers.request(connection, name, "", "chat", NOW) for name in "ab")
        handovers.take(connection, one, 1, NOW)
    answer = mediator.post(f"/conversations/{two}/prendre", "/")
    assert answer.status_code == 409
    assert "autant de conversations que vous en voulez" in text_of(answer.text)


def test_every_page_tells_how_many_wait(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    with open_desk.desk.database.transaction() as connection:
        for name in "ab":
            handovers.request(connection, name, "", "chat", NOW)
    for page in ("/", "/fiche", "/dossiers", "/statistiques", "/nulle-part"):
        if page != "/nulle-part":
            assert "2 personnes attendent" in text_of(mediator.get(page).text), page
    told = mediator.get("/etat").json()
    assert (told["waiting"], told["latest"]) == (2, 2)


# --- how the desk stands


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """A desk within its hours until noon, without anybody."""
    with desk.database.transaction() as connection:
        week = {str(day): [["09:00", "12:00"]] for day in range(5)}
        connection.execute(DESKS.insert().values(name="Mairie", subdivision="", hours=week))
    return desk


def test_within_hours_without_anybody_no_next_opening_is_told_as_if_it_were_closed(opened: Desk) -> None:
    told = reception.status(opened, {"conversation": "a"}, NOW)
    assert (told["open"], told["within_hours"]) == (False, True)


def test_the_estimate_counts_no_mediator_of_a_closed_desk(opened: Desk) -> None:
    with opened.database.transaction() as connection:
        closed = connection.execute(DESKS.insert().values(name="Annexe", subdivision="", hours={}))
        elsewhere = closed.inserted_primary_key[0]
    account(opened, Role.MEDIATOR, "marie")
    with opened.database.transaction() as connection:
        for login in ("paul", "zoe"):
            token = opened.accounts.invite(connection, Role.MEDIATOR, "tests", NOW, elsewhere)
            made = opened.accounts.accept(connection, token, login, PASSWORD, NOW)
            opened.sessions.open(connection, made, NOW)
        for rank in range(3):
            number = handovers.request(connection, f"old-{rank}", "", "chat", NOW)
            handovers.take(connection, number, 1, NOW)
            handovers.end(connection, number, Status.RETURNED, NOW + 6 * MINUTE)
    told = reception.request(opened, {"conversation": "a"}, NOW)
    assert (told["mediators"], told["minutes"]) == (1, 6)


def test_a_conversation_left_as_a_message_waits_days_and_joins_the_queue_when_somebody_is_there(
    opened: Desk,
) -> None:
    told = reception.leave_message(opened, {"conversation": "a", "subject": "cost"}, NOW)
    assert (told["status"], told["position"]) == ("message", 0)
    with opened.database.transaction() as connection:
        assert handovers.waiting(connection) == []
        assert handovers.left_lying(connection, NOW + dt.timedelta(days=handovers.MESSAGE_DAYS)) == []
    account(opened, Role.MEDIATOR, "marie")
    again = reception.request(opened, {"conversation": "a"}, NOW)
    assert (again["status"], again["number"], again["position"]) == ("waiting", told["number"], 1)


def test_a_person_may_leave_the_queue_a_message_and_a_mediator(opened: Desk) -> None:
    account(opened, Role.MEDIATOR, "marie")
    reception.request(opened, {"conversation": "waiting"}, NOW)
    taken = reception.request(opened, {"conversation": "taken"}, NOW)["number"]
    with opened.database.transaction() as connection:
        handovers.take(connection, taken, 1, NOW)
    for name in ("waiting", "taken"):
        assert reception.withdraw(opened, {"conversation": name}, NOW)["status"] == "none"
    with opened.database.transaction() as connection:
        ended = dict(
            connection.execute(sa.select(HANDOVERS.c.conversation, HANDOVERS.c.status)).tuples().all()
        )
    assert ended == {"waiting": "withdrawn", "taken": "left"}


def test_a_conversation_erased_or_left_behind_the_desks_back_is_recognised(opened: Desk) -> None:
    account(opened, Role.MEDIATOR, "marie")
    number = reception.request(opened, {"conversation": "a"}, NOW)["number"]
    with opened.database.transaction() as connection:
        handovers.take(connection, number, 1, NOW)
        row = handovers.find(connection, number)
    assert row is not None
    at = NOW.replace(tzinfo=dt.UTC).timestamp()
    states = {
        "erased": {"known": False, "paused": False, "resumed_at": None},
        "left": {"known": True, "paused": False, "resumed_at": at + 5},
        "with_it": {"known": True, "paused": True, "resumed_at": at - 5},
        "not_yet_silenced": {"known": True, "paused": False, "resumed_at": at - 5},
    }
    later = NOW + MINUTE
    found = {name: upkeep.ended_by_person(row, told, later) for name, told in states.items()}
    assert found == {"erased": Status.ERASED, "left": Status.LEFT, "with_it": None, "not_yet_silenced": None}
    assert upkeep.ended_by_person(row, states["erased"], NOW) is None


# --- ready replies


def test_ready_replies_are_ones_own_masked_or_the_desks_as_they_are(open_desk: OpenDesk) -> None:
    editor, mediator = open_desk.signed_in("editor", "luc"), open_desk.signed_in("mediator", "marie")
    number = "02 99 12 34 56"
    text = f"Notre accueil : {number}"
    editor.post("/reponses", "/reponses", title="Accueil", text=text, shared="yes")
    mediator.post("/reponses", "/reponses", title="Le mien", text=text, shared="yes")
    page = text_of(mediator.get("/reponses").text)
    assert page.count(number) == 1 and "[téléphone]" in page
    assert "Le mien" not in editor.get("/reponses").text
    assert mediator.post("/reponses/1", "/reponses", title="x", text="y").status_code == 404
    mediator.post("/reponses/2", "/reponses", remove="yes")
    assert "Le mien" not in mediator.get("/reponses").text


def test_a_refused_ready_reply_is_shown_again_as_typed(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    answer = mediator.post("/reponses", "/reponses", title=" ", text="Bonjour, je lis votre dossier.")
    assert answer.status_code == 400
    assert "Bonjour, je lis votre dossier." in answer.text


# --- nothing that was typed is lost


def test_a_form_sent_after_the_session_ended_comes_back_with_its_text(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    with open_desk.desk.database.transaction() as connection:
        connection.execute(SESSIONS.delete())
    for path in ("/conversations/1/messages", "/dossiers"):
        answer = mediator.send(
            path, csrf="x", text="Bonjour à vous", note="Rappeler lundi", password="secret"
        )
        shown = text_of(answer.text)
        assert answer.status_code == 401
        assert "Bonjour à vous" in shown and "Rappeler" in shown and "Se reconnecter" in shown
        assert "secret" not in answer.text


def test_a_reply_to_a_conversation_that_is_no_longer_mine_comes_back_with_its_text(
    open_desk: OpenDesk,
) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", NOW)
        handovers.take(connection, number, 1, NOW)
        handovers.end(connection, number, Status.LEFT, NOW)
    answer = mediator.post(
        f"/conversations/{number}/messages", "/fiche", text="Bonjour à vous", message_id="a1"
    )
    assert answer.status_code == 409
    assert "choisi de revenir au robot" in text_of(answer.text) and "Bonjour à vous" in answer.text


def test_a_reply_while_the_bot_is_away_comes_back_with_its_text(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator", "marie")
    with open_desk.desk.database.transaction() as connection:
        number = handovers.request(connection, "a", "", "chat", NOW)
        handovers.take(connection, number, 1, NOW)
    answer = mediator.post(
        f"/conversations/{number}/messages", "/fiche", text="Bonjour à vous", message_id="a1"
    )
    assert answer.status_code == 503
    assert "Bonjour à vous" in answer.text
