"""Writing: drafts, double clicks, input methods, screen keyboards, what a message in another language is marked as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.widget.conftest import Widget, scripted

Visit = Callable[..., Widget]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CHOICE = {"text": "Que faire ?", "buttons": [{"title": "Comment payer", "payload": "/faq/payment"}]}
STORY = "Ma demande a été refusée. " * 12


def replies(*messages: dict[str, Any]) -> tuple[list[str], Callable[[Any], None]]:
    """What the server was sent, and a server that answers every message with these."""
    sent: list[str] = []

    def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
        sent.append(request["message"])
        return list(messages)

    return sent, scripted(answer)


def press(widget: Widget, **key: Any) -> None:
    """A key as an input method sends it, on the field."""
    widget.page.get_by_label("Votre question", exact=True).evaluate(
        "(field, key) => field.dispatchEvent(Object.defineProperty(new KeyboardEvent('keydown',"
        " { ...key, bubbles: true, cancelable: true, composed: true }), 'keyCode', { value: key.keyCode ?? 0 }))",
        key,
    )


@pytest.mark.parametrize("way", ["reload", "next page"])
def test_a_draft_is_still_there_after(visit: Visit, way: str) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    widget.type(STORY)
    if way == "reload":
        widget.page.reload()
    else:
        widget.page.goto(widget.page.url + "?theme=mairie")
    assert widget.page.get_by_label("Votre question", exact=True).input_value() == STORY


def test_a_draft_is_kept_without_the_numbers_in_it_and_left_once_sent(visit: Visit) -> None:
    sent, server = replies({"text": "Voici."})
    widget = visit(before=server).open()
    widget.type("ma plaque AB-123-CD")
    widget.page.reload()
    assert "AB-123-CD" not in widget.page.evaluate("JSON.stringify(sessionStorage)")
    assert widget.page.get_by_label("Votre question", exact=True).input_value() == "ma plaque [plaque SIV]"
    widget.page.get_by_role("button", name="Envoyer").click()
    widget.wait_for_answer(1)
    assert sent == ["ma plaque [plaque SIV]"]
    widget.page.reload()
    assert widget.page.get_by_label("Votre question", exact=True).input_value() == ""


def test_a_double_click_says_a_thing_once(visit: Visit) -> None:
    sent, server = replies(CHOICE)
    widget = visit(before=server).open()
    widget.page.get_by_role("button", name="Combien coûte un duplicata").dblclick()
    widget.wait_for_answer(1)
    widget.page.get_by_role("button", name="Comment payer").dblclick()
    widget.wait_for_answer(2)
    widget.type("et ensuite ?")
    widget.page.get_by_role("button", name="Envoyer").dblclick()
    widget.wait_for_answer(3)
    assert sent == ["Combien coûte un duplicata\u00a0?", "/faq/payment", "et ensuite ?"]
    assert widget.page.get_by_text("Écrivez d’abord votre question.").count() == 0


def test_a_warning_goes_with_the_next_message(visit: Visit) -> None:
    _, server = replies(CHOICE)
    widget = visit(before=server).open()
    widget.page.get_by_role("button", name="Envoyer").click()
    widget.page.get_by_text("Écrivez d’abord votre question.").wait_for()
    widget.page.get_by_role("button", name="Combien coûte un duplicata").click()
    assert widget.page.get_by_text("Écrivez d’abord votre question.").count() == 0


@pytest.mark.parametrize("key", [{"key": "Enter", "keyCode": 229}, {"key": "Enter", "isComposing": True}])
def test_enter_that_confirms_a_word_of_an_input_method_sends_nothing(
    visit: Visit, key: dict[str, Any]
) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    widget.type("にほん")
    press(widget, **key)
    assert widget.said.count() == 0


def test_escape_that_cancels_a_word_of_an_input_method_closes_nothing(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    press(widget, key="Escape", isComposing=True)
    press(widget, key="Escape", keyCode=229)
    assert widget.page.get_by_role("button", name="Envoyer").is_visible()


def test_the_return_key_of_a_screen_keyboard_goes_to_the_next_line(visit: Visit) -> None:
    sent, server = replies({"text": "Voici."})
    widget = visit(before=server, **PHONE).open()
    field = widget.page.get_by_label("Votre question", exact=True)
    assert field.get_attribute("enterkeyhint") == "enter"
    field.press_sequentially("un")
    field.press("Enter")
    field.press_sequentially("deux")
    assert field.input_value() == "un\ndeux"
    widget.page.get_by_role("button", name="Envoyer").click()
    widget.wait_for_answer(1)
    assert sent == ["un\ndeux"]


def test_the_return_key_of_a_keyboard_sends_and_says_so(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    field = widget.page.get_by_label("Votre question", exact=True)
    assert field.get_attribute("enterkeyhint") == "send"
    field.press_sequentially("un")
    field.press("Enter")
    assert widget.said.count() == 1


def test_words_run_in_their_own_direction(visit: Visit) -> None:
    arabic = {"text": "x", "metadata": {"body": "هذا المساعد يتحدث الفرنسية فقط.", "language": "ar"}}
    _, server = replies(arabic)
    widget = visit(before=server).open()
    field = widget.page.get_by_label("Votre question", exact=True)
    directed = "each => getComputedStyle(each).direction"
    widget.type("مرحبا، فقدت البطاقة الرمادية!")
    assert field.evaluate(directed) == "rtl"
    widget.page.get_by_role("button", name="Envoyer").click()
    widget.wait_for_answer(1)
    assert widget.said.last.locator("p").last.evaluate(directed) == "rtl"
    answer = widget.answers.last.locator("p[lang=ar]").first
    assert answer.evaluate(directed) == "rtl"
    assert widget.answers.last.locator("p.speaker").evaluate(directed) == "ltr"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("hello where can I get a new registration card please", "en"),
        ("¿dónde puedo pedir un duplicado del permiso de circulación?", "es"),
        ("Привет, я потерял свидетельство о регистрации", "ru"),
    ],
)
def test_an_answer_in_another_language_says_which_and_offers_a_page_that_can_be_translated(
    visit: Visit, question: str, language: str
) -> None:
    widget = visit().open()
    widget.ask(question)
    answer = widget.answers.last
    assert answer.locator(f"p[lang={language}]").count() == 2
    assert answer.locator(".sources").evaluate("each => each.closest('[lang]').lang") == "fr"
    page = answer.locator(f"p[lang={language}] a").last
    assert page.evaluate("each => new URL(each.href).pathname") == "/sans-javascript"


def test_links_are_shown_by_their_titles(visit: Visit) -> None:
    message = {
        "text": "x",
        "metadata": {
            "body": "Votre fiche : https://bot.example/fiche/SECRET-SECRET-SECRET\n"
            "Écrivez : https://ants.example/aide/contact ou https://autre.example/a/b/R4938\n"
            "- Le guide : https://guide.example/F1726",
            "downloads": [
                {"title": "Voir la fiche", "url": "https://bot.example/fiche/SECRET-SECRET-SECRET"}
            ],
            "links": [{"title": "formulaire de contact", "url": "https://ants.example/aide/contact"}],
            "sources": [{"title": "Le guide", "url": "https://guide.example/F1726"}],
        },
    }
    _, server = replies(message)
    widget = visit(before=server).open()
    said = widget.ask("ma fiche")
    assert "SECRET" not in said and "R4938" not in said
    assert "Votre fiche : Voir la fiche" in said
    assert "Écrivez : formulaire de contact" in said
    assert "autre.example/…" in said
    assert "Le guide : guide.example/…" in said


def test_the_addresses_that_an_answer_gives_have_titles(visit: Visit) -> None:
    said = visit().open().ask("je veux parler à quelqu’un au téléphone")
    assert "http" not in said and "ants.gouv.fr/" not in said.partition("Source")[0]


def test_each_message_says_when_it_was_written(visit: Visit) -> None:
    _, server = replies({"text": "Voici."})
    widget = visit(before=server).open()
    widget.ask("question")
    for message in (widget.said.last, widget.answers.last):
        assert len(message.locator("time").inner_text()) == len("14:05")


def test_answers_to_messages_sent_together_stand_below_their_questions(visit: Visit) -> None:
    widget = visit(before=scripted(lambda request: [{"text": f"Réponse à {request['message']}."}])).open()
    widget.page.context.set_offline(True)
    for question in ("une", "deux", "trois"):
        widget.send(question)
    widget.page.context.set_offline(False)
    widget.answers.nth(3).wait_for()
    words = [each.locator("p").last.inner_text() for each in widget.page.locator("li.bot, li.user").all()[1:]]
    assert words == ["une", "Réponse à une.", "deux", "Réponse à deux.", "trois", "Réponse à trois."]
    widget.page.reload()
    assert widget.answers.nth(2).locator("p").last.inner_text() == "Réponse à deux."
