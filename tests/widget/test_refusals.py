"""Messages that something on the way refuses, servers that cannot be reached, replies that no connection brings."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Assistant
from tests.widget.conftest import WITHOUT_WEBSOCKET, Mediator, Widget, scripted

Visit = Callable[..., Widget]
# So that "after a while" is over at once.
HURRY = """(() => {
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  window.later = (milliseconds) => { ahead += milliseconds; };
})()"""


def in_turn(*replies: Any) -> Callable[[dict[str, Any]], Any]:
    """A server that gives these replies one after the other, the last one again and again."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def without_sockets(page: Any) -> None:
    page.add_init_script(WITHOUT_WEBSOCKET)
    page.route("**/socket.io/**", lambda route: route.abort())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_refusal_that_passes_is_tried_again_by_itself(visit: Visit, status: int) -> None:
    asked: list[str] = []

    def answer(request: dict[str, Any]) -> Any:
        asked.append(request["message_id"])
        return status if len(asked) < 3 else [{"text": "Voici."}]

    widget = visit(before=scripted(answer)).open()
    assert "Voici." in widget.ask("question")
    assert len(asked) == 3 and len(set(asked)) == 1
    assert widget.page.get_by_role("button", name="Réessayer").count() == 0


def test_too_many_requests_are_told_as_such(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: 429)).open()
    widget.send("question")
    widget.page.get_by_text("L’assistant reçoit beaucoup de messages en ce moment.").wait_for()


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_a_message_refused_for_itself_is_offered_again_also_after_a_reload(visit: Visit, status: int) -> None:
    widget = visit(before=scripted(in_turn(status, [{"text": "Voici."}]))).open()
    widget.send("sélectionner l’option de paiement")
    widget.page.get_by_role("button", name="Réessayer").wait_for()
    widget.page.reload()
    assert widget.said.count() == 1
    widget.page.get_by_role("button", name="Réessayer").click()
    assert "Voici." in widget.wait_for_answer(1)
    assert widget.said.count() == 1
    assert widget.page.get_by_text("Ce message n’a pas pu être envoyé").count() == 0


def test_a_refused_message_can_be_written_otherwise(visit: Visit) -> None:
    widget = visit(
        before=scripted(in_turn(403, [{"text": "Voici."}])), viewport={"width": 390, "height": 500}
    ).open()
    widget.send("union select")
    edit = widget.page.get_by_role("button", name="Modifier")
    edit.wait_for()
    # In sight without scrolling.
    log = widget.page.get_by_role("region", name="Conversation").bounding_box()
    assert edit.bounding_box()["y"] + edit.bounding_box()["height"] <= log["y"] + log["height"]
    edit.click()
    assert widget.page.get_by_label("Votre question", exact=True).input_value() == "union select"
    assert widget.focused() == "question"
    assert widget.said.count() == 0
    widget.ask("autrement dit")
    assert widget.said.count() == 1


def test_a_page_that_never_reaches_the_server_shows_another_way_and_gives_the_message_back(
    visit: Visit,
) -> None:
    def unreachable(page: Any) -> None:
        page.add_init_script(HURRY)
        without_sockets(page)
        page.route("**/webhooks/**", lambda route: route.abort())

    widget = visit(before=unreachable).open()
    widget.send("question")
    widget.page.get_by_text("L’assistant est injoignable pour le moment.").wait_for()
    widget.page.evaluate("later(20000)")
    way = widget.page.get_by_role("link", name="poser ma question sur cette page")
    way.wait_for()
    assert way.evaluate("each => new URL(each.href).pathname") == "/sans-javascript"
    widget.page.get_by_role("button", name="Reprendre mon message").click()
    widget.page.get_by_role("button", name="Modifier").click()
    assert widget.page.get_by_label("Votre question", exact=True).input_value() == "question"
    assert widget.kept()["outbox"] == []


def test_a_page_that_swallows_websockets_delays_no_second_message(visit: Visit) -> None:
    def swallowing(page: Any) -> None:
        page.add_init_script("window.WebSocket = class { close() {} };")
        page.route("**/webhooks/rest/webhook", lambda route: route.fulfill(json=[{"text": "Voici."}]))

    widget = visit(before=swallowing).open()
    widget.ask("une")
    seconds = widget.page.evaluate("performance.now()") / 1000
    widget.ask("deux")
    assert widget.page.evaluate("performance.now()") / 1000 - seconds < 2


def test_a_connection_that_only_looks_alive_is_left_for_another_way(visit: Visit) -> None:
    widget = visit().open()
    widget.ask("bonjour")
    # As after a change of network: what is sent goes nowhere, and nothing says so.
    widget.page.evaluate("WebSocket.prototype.send = () => {}")
    widget.page.route("**/webhooks/rest/webhook", lambda route: route.fulfill(json=[{"text": "Voici."}]))
    widget.send("combien ?")
    widget.answers.nth(2).wait_for(timeout=12_000)


def test_without_a_connection_a_persons_replies_come_by_asking(visit: Visit, mediator: Mediator) -> None:
    widget = visit(before=without_sockets).open()
    widget.ask("bonjour")
    conversation = widget.kept()["id"]
    mediator.take(conversation)
    mediator.say(conversation, "Avez-vous l’accusé de réception ?")
    widget.send("oui")
    widget.answers.get_by_text("Avez-vous l’accusé de réception ?").wait_for()
    mediator.say(conversation, "Merci, je regarde.")
    widget.answers.get_by_text("Merci, je regarde.").wait_for()
    assert widget.page.get_by_text("Une personne du guichet vous répond.", exact=True).is_visible()
    texts = [each.inner_text() for each in widget.page.locator("li.bot, li.user").all()]
    assert len([text for text in texts if "accusé de réception" in text]) == 1


def pushed(assistant: Assistant, **body: str) -> list[dict[str, Any]]:
    status, text = assistant.post("/webhooks/rest/pushed", json.dumps(body).encode())
    assert status == 200
    return json.loads(text)


def test_a_programme_gets_a_persons_replies_with_its_next_answer_once(
    assistant: Assistant, mediator: Mediator
) -> None:
    conversation = assistant.conversation()
    conversation.say("bonjour")
    mediator.take(conversation.sender)
    mediator.say(conversation.sender, "Première.")
    mediator.say(conversation.sender, "Deuxième.")
    assert [each["text"] for each in conversation.send("oui")][1:] == ["Première.", "Deuxième."]
    assert conversation.send("merci") == []
    mediator.give_back(conversation.sender)
    assert conversation.send("combien coûte un duplicata ?")[-1]["metadata"]["sources"]


def test_a_message_sent_again_gets_the_same_replies_again(assistant: Assistant, mediator: Mediator) -> None:
    conversation = assistant.conversation()
    conversation.say("bonjour")
    mediator.take(conversation.sender)
    mediator.say(conversation.sender, "Première.")
    body = {"sender": conversation.sender, "message": "oui", "message_id": uuid.uuid4().hex}
    answers = [
        json.loads(assistant.post("/webhooks/rest/webhook", json.dumps(body).encode())[1]) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0][-1]["text"] == "Première."


def test_a_programme_may_ask_for_what_was_said_since(assistant: Assistant, mediator: Mediator) -> None:
    conversation = assistant.conversation()
    conversation.say("bonjour")
    assert pushed(assistant, sender=conversation.sender) == []
    mediator.take(conversation.sender)
    mediator.say(conversation.sender, "Première.")
    taken, first = pushed(assistant, sender=conversation.sender)
    assert first["text"] == "Première." and first["metadata"]["speaker"] == "mediator"
    assert pushed(assistant, sender=conversation.sender, heard=taken["metadata"]["pushed"]) == [first]
    assert pushed(assistant, sender=conversation.sender, heard=first["metadata"]["pushed"]) == []
    assert pushed(assistant, sender=uuid.uuid4().hex) == pushed(assistant) == []


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'{"sender": 3, "heard": []}'])
def test_an_odd_request_for_what_was_said_is_answered(assistant: Assistant, body: bytes) -> None:
    assert assistant.post("/webhooks/rest/pushed", body) == (200, "[]")


def test_a_window_that_was_closed_meanwhile_shows_what_was_asked_in_another(visit: Visit) -> None:
    first = visit().open()
    first.ask("combien coûte un duplicata ?")
    storage = first.page.evaluate("JSON.stringify(sessionStorage)")
    page = first.page.context.new_page()
    page.add_init_script(
        f"if (!sessionStorage.length) Object.entries({storage}).forEach(([key, value]) => sessionStorage.setItem(key, value))"
    )
    second = Widget(page)
    address = first.page.url
    first.page.goto("about:blank")
    page.goto(address)
    second.ask("quelles pièces faut-il ?")
    second.answers.last.locator(".choice").first.click()
    second.wait_for_answer(3)
    first.page.goto(address)
    first.said.nth(2).wait_for()
    first.answers.nth(3).wait_for()
    assert [each.locator("p").last.inner_text() for each in first.said.all()] == [
        each.locator("p").last.inner_text() for each in second.said.all()
    ]
    assert first.answers.count() == second.answers.count()


def test_what_is_kept_can_be_had_from_the_widget(visit: Visit, assistant: Assistant) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    widget.page.get_by_role("button", name="Options").click()
    data = widget.page.get_by_role("link", name="Vos données")
    with urllib.request.urlopen(data.evaluate("each => each.href")) as answer:
        assert "Durées de conservation" in answer.read().decode()
    with widget.page.expect_download() as saved:
        widget.page.get_by_role("button", name="Télécharger ce que le serveur conserve").click()
    with open(saved.value.path(), encoding="utf-8") as file:
        held = json.load(file)
    assert held["conversation"] == widget.kept()["id"]


def test_inside_an_application_a_file_becomes_a_text_to_paste(visit: Visit) -> None:
    agent = "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/440]"
    widget = visit(
        before=scripted(lambda _: [{"text": "Voici."}]),
        user_agent=agent,
        permissions=["clipboard-read", "clipboard-write"],
    ).open()
    widget.ask("question")
    widget.page.get_by_role("button", name="Options").click()
    widget.page.get_by_role("button", name="Enregistrer la conversation").click()
    widget.page.get_by_text("La conversation est copiée").wait_for()
    assert "Voici." in widget.page.evaluate("navigator.clipboard.readText()")
