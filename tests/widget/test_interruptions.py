"""Networks that fail and servers that die: nothing is lost, nothing is said twice."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
import uuid
from collections.abc import Callable

from tests.conftest import Assistant
from tests.widget.conftest import WITHOUT_WEBSOCKET, Widget, scripted

Visit = Callable[..., Widget]
OUTAGE_SECONDS = 20


def users_words(events: list[dict]) -> list[str]:
    return [event["text"] for event in events if event["event"] == "user"]


def test_a_server_killed_for_20_s_mid_question_loses_and_doubles_nothing(
    visit: Visit, assistant: Assistant, events
) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    assistant.supervisor.send_signal(signal.SIGSTOP)
    try:
        widget.send("quelles pièces faut-il ?")
        assistant.process("bot.server").kill()
        widget.send("puis-je rouler en attendant ?")
        widget.page.get_by_text("L’assistant est injoignable pour le moment.").wait_for()
        time.sleep(OUTAGE_SECONDS)
        assert len(widget.kept()["outbox"]) >= 1
    finally:
        assistant.supervisor.send_signal(signal.SIGCONT)
    widget.answers.nth(3).wait_for(timeout=180_000)
    assert widget.said.count() == 3
    assert widget.answers.count() == 4
    assert users_words(events(widget.kept()["id"])) == [
        "combien coûte un duplicata ?",
        "quelles pièces faut-il ?",
        "puis-je rouler en attendant ?",
    ]
    assert widget.state.inner_text() == ""


def test_a_message_written_offline_leaves_when_the_network_is_back(visit: Visit, events) -> None:
    widget = visit().open()
    widget.ask("bonjour")
    widget.page.context.set_offline(True)
    widget.page.get_by_text("Vous êtes hors ligne").wait_for()
    widget.send("combien coûte un duplicata ?")
    before = widget.answers.count()
    widget.page.context.set_offline(False)
    assert "13,76" in widget.wait_for_answer(before)
    assert users_words(events(widget.kept()["id"])) == ["bonjour", "combien coûte un duplicata ?"]


def test_a_message_unanswered_at_a_reload_is_answered_after_it(visit: Visit, events) -> None:
    widget = visit().open()
    widget.ask("bonjour")
    widget.page.context.set_offline(True)
    widget.send("combien coûte un duplicata ?")
    widget.page.get_by_text("Vous êtes hors ligne").wait_for()
    widget.page.context.set_offline(False)
    widget.page.reload()
    assert "13,76" in widget.wait_for_answer(2)
    assert users_words(events(widget.kept()["id"])) == ["bonjour", "combien coûte un duplicata ?"]


def test_without_socket_io_the_conversation_goes_by_rest(visit: Visit) -> None:
    def without_sockets(page):
        page.add_init_script(WITHOUT_WEBSOCKET)
        page.route("**/socket.io/**", lambda route: route.abort())

    widget = visit(before=without_sockets).open()
    assert "13,76" in widget.ask("combien coûte un duplicata ?")
    assert any(url.endswith("/webhooks/rest/webhook") for url in widget.requests)


def test_a_failing_server_is_tried_again_and_a_refusal_is_said(visit: Visit) -> None:
    replies = [503, 503, [{"text": "Voici."}], 413]
    asked: list[dict] = []

    def answer(request):
        asked.append(request)
        return replies[len(asked) - 1]

    widget = visit(before=scripted(answer)).open()
    assert "Voici." in widget.ask("question")
    assert len({request["message_id"] for request in asked}) == 1
    widget.send("trop")
    widget.page.get_by_text("Ce message n’a pas pu être envoyé").first.wait_for()
    assert widget.page.get_by_role("button", name="Réessayer").is_visible()


def test_a_message_id_is_answered_once_and_its_answer_given_again(assistant: Assistant, events) -> None:
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    body = json.dumps({"sender": sender, "message": "quelles pièces ?", "message_id": message_id}).encode()
    answers = [json.loads(assistant.post("/webhooks/rest/webhook", body)[1]) for _ in range(2)]
    assert answers[0] == answers[1] != []
    assert users_words(events(sender)) == ["quelles pièces ?"]


def test_the_same_words_with_another_id_are_another_message(assistant: Assistant, events) -> None:
    sender = uuid.uuid4().hex
    for message_id in ("one", "two"):
        body = json.dumps(
            {"sender": sender, "message": "quelles pièces ?", "message_id": message_id}
        ).encode()
        assistant.post("/webhooks/rest/webhook", body)
    assert len(users_words(events(sender))) == 2


def test_erasing_over_rest_leaves_no_event(assistant: Assistant, events) -> None:
    conversation = assistant.conversation()
    conversation.say("quelles pièces ?")
    assert events(conversation.sender)
    request = urllib.request.Request(
        f"{assistant.address}/conversations/{conversation.sender}", method="DELETE"
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"erased": True}
    assert events(conversation.sender) == []
