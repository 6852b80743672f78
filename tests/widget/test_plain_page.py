"""The page without JavaScript: the same conversation by plain forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.widget.conftest import Mediator, Widget

Visit = Callable[..., Widget]


@pytest.fixture
def page(visit: Visit):
    return visit("/sans-javascript", java_script_enabled=False).page


def ask(page, text: str) -> None:
    page.get_by_label("Votre question").fill(text)
    page.get_by_role("button", name="Envoyer").click()


def test_a_conversation_goes_on_from_page_to_page(page) -> None:
    ask(page, "combien coûte un duplicata ?")
    assert "13,76" in page.locator("li.bot").last.inner_text()
    assert "version du" in page.locator("li.bot").last.inner_text()
    page.get_by_role("button", name="Comment payer").click()
    assert page.locator("li.user").count() == 2
    assert "Comment payer" in page.locator("li.user").last.inner_text()
    assert page.locator("#reponse").is_visible()
    assert page.context.cookies() == []


def test_sending_the_same_page_again_says_nothing_twice(page) -> None:
    ask(page, "combien coûte un duplicata ?")
    page.reload()
    assert page.locator("li.user").count() == 1
    assert page.locator("li.bot").count() == 1


def test_an_empty_message_is_answered(page) -> None:
    ask(page, "   ")
    assert "rien reçu" in page.locator("li.bot").last.inner_text()


def test_tags_are_shown_as_text(page) -> None:
    ask(page, "<script>alert(1)</script><b>x</b>")
    assert "<script>" in page.locator("li.user").last.inner_text()
    assert page.locator("li.user b").count() == 0


def test_the_conversation_can_be_erased(page, events) -> None:
    ask(page, "combien coûte un duplicata ?")
    conversation = page.locator("input[name=conversation]").first.get_attribute("value")
    assert events(conversation)
    page.get_by_role("button", name="Effacer la conversation").click()
    assert page.get_by_role("heading", name="Conversation effacée").is_visible()
    assert events(conversation) == []


def test_a_long_answer_fits_320_px(visit: Visit) -> None:
    page = visit("/sans-javascript", java_script_enabled=False, viewport={"width": 320, "height": 640}).page
    ask(page, "ma demande a été refusée le 3 octobre 2026, que faire ?")
    assert page.locator("body").evaluate("body => body.ownerDocument.documentElement.scrollWidth") <= 320


def test_a_persons_messages_are_seen_without_writing_and_bear_their_name(page, mediator: Mediator) -> None:
    ask(page, "combien coûte un duplicata ?")
    conversation = page.locator("input[name=conversation]").first.get_attribute("value")
    page.get_by_role("button", name="Voir les nouveaux messages").click()
    assert page.get_by_role("status").inner_text() == "Pas de nouveau message pour le moment."
    mediator.take(conversation)
    mediator.say(conversation, "Avez-vous l’accusé de réception ?")
    page.get_by_role("button", name="Voir les nouveaux messages").click()
    assert page.get_by_role("status").inner_text() == "2 nouveaux messages."
    last = page.locator("li.bot").last
    assert last.inner_text().split("\n")[0] == "Une personne du guichet"
    assert "accusé de réception" in last.inner_text()
    assert page.locator("li.user").count() == 1


def test_words_in_another_language_say_so(page) -> None:
    ask(page, "مرحبا، فقدت البطاقة الرمادية!")
    directed = "each => getComputedStyle(each).direction"
    assert page.locator("li.user .words").evaluate(directed) == "rtl"
    answer = page.locator("li.bot .words")
    assert (answer.get_attribute("lang"), answer.evaluate(directed)) == ("ar", "rtl")


def test_links_are_shown_by_their_titles(page) -> None:
    ask(page, "quelle est l’adresse du site officiel pour demander un duplicata ?")
    words = page.locator("li.bot .words").last
    assert words.get_by_role("link").count() > 0
    assert "/" not in "".join(words.get_by_role("link").all_inner_texts()).replace("/…", "")
