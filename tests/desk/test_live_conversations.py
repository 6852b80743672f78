"""Three citizens and two mediators: queue, typing, notes, leaving and erasing, on a running bot."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from bot.mediator import clock
from bot.mediator.store.tables import DESKS, HANDOVERS
from bot.mediator.work import handovers
from tests.conftest import Assistant, Conversation
from tests.desk.conftest import Client, OpenDesk, text_of
from tests.desk.test_erasing_and_masking import Window

ASK = "je veux parler à un conseiller"


@pytest.fixture(scope="module")
def assistant(live_assistant: Assistant) -> Assistant:
    return live_assistant


@pytest.fixture(scope="module")
def open_desk(live_desk: OpenDesk) -> OpenDesk:
    return live_desk


@pytest.fixture(scope="module")
def state(live_state: Path) -> Path:
    return live_state


@pytest.fixture(scope="module")
def marie(live_desk: OpenDesk, live_assistant: Assistant) -> Client:
    return live_desk.signed_in("mediator", "marie")


@pytest.fixture(scope="module")
def paul(live_desk: OpenDesk, marie: Client) -> Client:
    return live_desk.signed_in("mediator", "paul")


@pytest.fixture(autouse=True)
def at_work(open_desk: OpenDesk, marie: Client, paul: Client) -> Iterator[None]:
    """Both mediators are there, and nobody waits from a test before."""
    for client in (marie, paul):
        client.post("/disponibilite", "/", available="yes", back="/")
    open_desk.desk.alone_since = None
    yield
    with open_desk.desk.database.transaction() as connection:
        for row in handovers.unfinished(connection):
            handovers.end(connection, row.id, handovers.Status.RETURNED, clock.now())


def queued(assistant: Assistant) -> tuple[Conversation, Window, str]:
    """A citizen with an open window who waits for a person, and what they were told."""
    citizen = assistant.conversation()
    citizen.say("combien coûte un duplicata")
    assert "reprendre cette conversation" in citizen.say(ASK)
    window = Window(assistant, citizen.sender)
    return citizen, window, citizen.say("/join_queue")


def number_of(open_desk: OpenDesk, citizen: Conversation) -> int:
    with open_desk.desk.database.transaction() as connection:
        row = handovers.open_one(connection, citizen.sender)
    assert row is not None
    return int(row.id)


def row_of(open_desk: OpenDesk, number: int) -> Any:
    with open_desk.desk.database.transaction() as connection:
        return handovers.find(connection, number)


def take(open_desk: OpenDesk, client: Client, citizen: Conversation) -> str:
    page = f"/conversations/{number_of(open_desk, citizen)}"
    assert client.post(f"{page}/prendre", "/fiche").status_code == 303
    return page


def say(client: Client, page: str, text: str) -> requests.Response:
    return client.post(f"{page}/messages", page, text=text, message_id=uuid.uuid4().hex)


def hears(window: Window, *wanted: str) -> str:
    """What the window hears until all of it has come."""
    heard = ""
    limit = time.monotonic() + 60
    while not all(words in heard for words in wanted):
        assert time.monotonic() < limit, heard
        # The packets hold JSON, whose letters beyond ASCII may be written as their numbers.
        heard += re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), window.hear())
    return heard


def test_the_queue_moves_and_everybody_is_told_their_new_place(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    (first, _, told_first), (_, second, told_second), (_, third, told_third) = (
        queued(assistant) for _ in range(3)
    )
    assert "prochaine personne" in told_first
    assert "place 2" in told_second and "place 3" in told_third
    take(open_desk, marie, first)
    open_desk.desk.sweep()
    hears(second, "maintenant la prochaine personne")
    hears(third, "maintenant à la place 2")
    open_desk.desk.sweep()
    with open_desk.desk.database.transaction() as connection:
        assert [row.told_place for row in handovers.waiting(connection)] == [1, 2]


def by_the_bot(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what the desk said meanwhile, which comes before an answer."""
    return [message for message in messages if not message["metadata"].get("pushed")]


def test_no_session_that_expires_wakes_the_bot_or_hides_what_was_said(
    assistant: Assistant, open_desk: OpenDesk, marie: Client, state: Path
) -> None:
    citizen, window, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    hears(window, "vous répond maintenant", "served_by")
    with closing(sqlite3.connect(state / "conversations.db", timeout=20)) as database, database:
        rows = database.execute(
            "SELECT id, data FROM events WHERE sender_id = ? AND type_name = 'user'", (citizen.sender,)
        ).fetchall()
        for row, data in rows:
            event = json.loads(data)
            event["timestamp"] -= 61 * 60
            moved = (json.dumps(event), event["timestamp"], row)
            database.execute("UPDATE events SET data = ?, timestamp = ? WHERE id = ?", moved)
    assert by_the_bot(citizen.send("et quel est le délai ?")) == []
    shown = text_of(marie.get(page).text)
    assert "combien coûte un duplicata" in shown and "et quel est le délai" in shown
    assert by_the_bot(citizen.send("bonjour ?")) == []


def test_a_session_that_expired_before_is_still_shown_to_the_mediator(
    assistant: Assistant, open_desk: OpenDesk, marie: Client, state: Path
) -> None:
    citizen, _, _ = queued(assistant)
    with closing(sqlite3.connect(state / "conversations.db", timeout=20)) as database, database:
        for row, data in database.execute(
            "SELECT id, data FROM events WHERE sender_id = ?", (citizen.sender,)
        ).fetchall():
            event = json.loads(data)
            event["timestamp"] -= 2 * 60 * 60
            moved = (json.dumps(event), event["timestamp"], row)
            database.execute("UPDATE events SET data = ?, timestamp = ? WHERE id = ?", moved)
    assert citizen.say("quel est le délai ?")
    shown = text_of(marie.get(take(open_desk, marie, citizen)).text)
    assert "combien coûte un duplicata" in shown and "quel est le délai" in shown


def test_a_conversation_passes_to_a_colleague_with_a_note(
    assistant: Assistant, open_desk: OpenDesk, marie: Client, paul: Client
) -> None:
    citizen, window, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    assert say(marie, page, "Bonjour, je regarde.").status_code == 303
    offered = re.search(r'<option value="(\d+)">paul</option>', marie.get(page).text)
    assert offered
    note = "Elle a appelé hier, rappeler le 06 12 34 56 78"
    assert marie.post(f"{page}/transmettre", page, to=offered[1], note=note).status_code == 303
    hears(window, "passe à une autre personne du guichet")
    (alert,) = [each for each in paul.get("/etat").json()["mine"] if page.endswith(f"/{each['id']}")]
    assert alert["passed_by"] == "marie"
    lost = marie.get(f"{page}/messages")
    assert lost.status_code == 409 and "transmis cette conversation à paul" in text_of(lost.text)
    shown = text_of(paul.get(page).text)
    assert "Note de marie" in shown and "Elle a appelé hier" in shown and "06 12" not in shown
    # A colleague's words are the colleague's.
    assert re.search(r"marie \d\d:\d\d Bonjour, je regarde", shown)
    assert say(paul, page, "Je prends la suite.").status_code == 303
    assert re.search(r"Vous \d\d:\d\d Je prends la suite", text_of(paul.get(page).text))
    assert paul.post(f"{page}/rendre", page, outcome="answered").status_code == 303
    row = row_of(open_desk, int(page.rpartition("/")[2]))
    assert (row.outcome, row.note) == ("answered", None)


def test_what_a_colleague_does_not_open_comes_back(
    assistant: Assistant, open_desk: OpenDesk, marie: Client, paul: Client
) -> None:
    citizen, _, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    number = int(page.rpartition("/")[2])
    offered = re.search(r'<option value="(\d+)">paul</option>', marie.get(page).text)
    assert offered
    marie.post(f"{page}/transmettre", page, to=offered[1], note="")
    with open_desk.desk.database.transaction() as connection:
        long_ago = clock.now() - dt.timedelta(minutes=handovers.PASSED_MINUTES, seconds=1)
        connection.execute(HANDOVERS.update().where(HANDOVERS.c.id == number).values(passed_at=long_ago))
    open_desk.desk.sweep()
    assert paul.get(f"{page}/messages").status_code == 409
    assert "Transmise par paul, sans note" in text_of(marie.get(page).text)


def test_the_bots_answer_is_put_after_the_text_and_its_refusal_never(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, _, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    typed = "Bonjour, voici la réponse."
    citizen.send("quel temps fait-il à Bordeaux ?")
    refused = marie.post(f"{page}/suggestion", page, text=typed)
    draft = re.search(r"<textarea id=\"text\".*?>(.*?)</textarea>", refused.text, re.DOTALL)
    assert draft and draft[1] == typed
    assert "pas de réponse à proposer" in text_of(refused.text)
    citizen.send("combien coûte un duplicata ?")
    proposed = marie.post(f"{page}/suggestion", page, text=typed).text
    draft = re.search(r"<textarea id=\"text\".*?>(.*?)</textarea>", proposed, re.DOTALL)
    assert draft and draft[1].startswith(typed) and "13,76" in draft[1]


def test_a_person_goes_back_to_the_robot_and_the_mediator_is_told(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, window, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    heard = hears(window, "vous répond maintenant")
    assert "/leave_queue" in heard
    assert "vous n’êtes plus avec une personne" in citizen.say("Je préfère le robot")
    told = marie.get(f"{page}/messages")
    assert told.status_code == 409 and "choisi de revenir au robot" in text_of(told.text)
    lost = marie.post(f"{page}/messages", "/fiche", text="Voici", message_id="a")
    assert lost.status_code == 409 and "Voici" in lost.text
    assert "13,76" in citizen.say("combien coûte un duplicata ?")
    assert row_of(open_desk, int(page.rpartition("/")[2])).status == "left"


def test_the_button_leaves_the_person_as_the_words_do(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, _, _ = queued(assistant)
    take(open_desk, marie, citizen)
    assert "vous n’êtes plus avec une personne" in citizen.say("/leave_queue")


def test_a_person_who_leaves_while_the_desk_is_away_is_let_go_and_the_desk_finds_out(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, _, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    number = int(page.rpartition("/")[2])
    # As if the desk had not heard: the conversation tells it.
    assert "plus avec une personne" in citizen.say("/leave_queue")
    with open_desk.desk.database.transaction() as connection:
        taken_at = clock.now() - dt.timedelta(minutes=5)
        connection.execute(
            HANDOVERS.update()
            .where(HANDOVERS.c.id == number)
            .values(status="taken", ended_at=None, taken_at=taken_at, requested_at=taken_at)
        )
    assert marie.get(page).status_code == 409
    assert row_of(open_desk, number).status == "left"


def test_an_erased_conversation_leaves_no_ghost_in_the_queue_nor_with_a_mediator(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    (held, _, _), (waits, _, _), (other, _, _) = (queued(assistant) for _ in range(3))
    page = take(open_desk, marie, held)
    numbers = [number_of(open_desk, citizen) for citizen in (held, waits)]
    for citizen in (held, waits):
        address = f"{assistant.address}/conversations/{citizen.sender}"
        assert requests.delete(address, timeout=60).status_code == 200
    assert "effacé la conversation" in text_of(marie.get(f"{page}/messages").text)
    with open_desk.desk.database.transaction() as connection:
        earlier = clock.now() - dt.timedelta(minutes=1)
        connection.execute(HANDOVERS.update().where(HANDOVERS.c.id.in_(numbers)).values(requested_at=earlier))
    time.sleep(3.1)
    open_desk.desk.sweep()
    rows = [row_of(open_desk, number) for number in numbers]
    assert [(row.status, row.conversation) for row in rows] == [("erased", None)] * 2
    still_waits = number_of(open_desk, other)
    with open_desk.desk.database.transaction() as connection:
        assert handovers.position(connection, still_waits) == 1
    assert "effacé la conversation" in text_of(marie.get(page).text)


def test_a_conversation_erased_a_moment_ago_cannot_be_taken(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, _, _ = queued(assistant)
    number = number_of(open_desk, citizen)
    requests.delete(f"{assistant.address}/conversations/{citizen.sender}", timeout=60)
    answer = marie.post(f"/conversations/{number}/prendre", "/fiche")
    assert answer.status_code == 404 and "il n’en reste rien" in text_of(answer.text)
    assert row_of(open_desk, number).status == "erased"


def test_those_who_wait_are_told_when_nobody_is_left_and_may_leave_their_conversation(
    assistant: Assistant, open_desk: OpenDesk, marie: Client, paul: Client
) -> None:
    citizen, window, _ = queued(assistant)
    number = number_of(open_desk, citizen)
    for client in (marie, paul):
        client.post("/disponibilite", "/", available="no", back="/")
    open_desk.desk.sweep()
    assert row_of(open_desk, number).status == "waiting"
    open_desk.desk.alone_since = clock.now() - dt.timedelta(minutes=4)
    open_desk.desk.sweep()
    hears(window, "plus personne au guichet en ligne")
    assert row_of(open_desk, number).status == "expired"

    told = citizen.say(ASK)
    assert "personne n’y est disponible à cet instant" in told and "laisser cette conversation" in told
    left = re.search(r"sous le numéro (\d+)", citizen.say("/affirm"))
    assert left
    assert "attend déjà" in citizen.say(ASK)
    shown = text_of(marie.get("/").text)
    assert f"N° {left[1]}" in shown and "laissées" in shown

    page = f"/conversations/{left[1]}"
    assert marie.post(f"{page}/prendre", "/fiche").status_code == 303
    assert say(marie, page, "Vous pouvez venir lundi.").status_code == 303
    hears(window, "Vous pouvez venir lundi.")


def test_those_who_wait_are_told_when_the_desk_closes(assistant: Assistant, open_desk: OpenDesk) -> None:
    citizen, window, _ = queued(assistant)
    number = number_of(open_desk, citizen)
    with open_desk.desk.database.transaction() as connection:
        hours = connection.scalar(sa.select(DESKS.c.hours))
        tomorrow = str((clock.in_paris(clock.now()).weekday() + 1) % 7)
        connection.execute(DESKS.update().values(hours={tomorrow: [["09:00", "12:00"]]}))
    try:
        open_desk.desk.sweep()
        hears(window, "vient de fermer", "à 9 h.")
        assert row_of(open_desk, number).status == "expired"
    finally:
        with open_desk.desk.database.transaction() as connection:
            connection.execute(DESKS.update().values(hours=hours))


def test_who_writes_shows_and_the_desk_says_whether_the_window_is_open(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen, window, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    # The last message came over REST, which receives nothing by itself.
    assert "ne lira votre réponse qu’en écrivant de nouveau" in text_of(marie.get(page).text)
    assert marie.post(f"{page}/ecrit", page).status_code == 204
    hears(window, "typing")
    told = open_desk.desk.bridge.presence([citizen.sender])[citizen.sender]
    assert (told["window"], told["paused"]) == ("open", True)


def test_a_code_opens_with_its_subject_and_in_words_for_who_sits_opposite(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    citizen = assistant.conversation()
    citizen.say("combien coûte un duplicata")
    citizen.say(ASK)
    window = Window(assistant, citizen.sender)
    code = re.search(r"(?:[A-Z0-9] ){5}[A-Z0-9]", citizen.say("/show_code"))
    assert code
    opened = marie.post("/codes", "/", code=code[0])
    assert opened.status_code == 303
    hears(window, "qui est avec vous au guichet")
    assert row_of(open_desk, int(opened.headers["location"].rpartition("/")[2])).subject == "cost"


def test_a_public_sentence_of_the_desk_is_kept_as_it_is(
    assistant: Assistant, open_desk: OpenDesk, marie: Client
) -> None:
    editor = open_desk.signed_in("editor", "luc")
    public = "Accueil : 02 99 12 34 56"
    editor.post("/reponses", "/reponses", title="Accueil", text=public, shared="yes")
    citizen, _, _ = queued(assistant)
    page = take(open_desk, marie, citizen)
    say(marie, page, f"Bonjour. {public} ; le mien est le 06 12 34 56 78")
    kept = open_desk.desk.bridge.conversation(citizen.sender)["messages"][-1]["text"]
    assert public in kept and "06 12" not in kept
