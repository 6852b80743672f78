"""A conversation in the widget, on every page that shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Assistant
from tests.widget.conftest import Widget, scripted

Visit = Callable[..., Widget]
PRICED = {"text": "Détail :\n- Taxe fixe : 11 €\n- Envoi : 2,76 €\nFaites ceci :\n1. Déclarez.\n2. Demandez."}
LONG = {"text": "\n".join(f"Paragraphe {rank}." for rank in range(40))}


def test_the_greeting_needs_no_server(visit: Visit) -> None:
    def without_server(page):
        page.route("**/socket.io/**", lambda route: route.abort())
        page.route("**/webhooks/**", lambda route: route.abort())

    widget = visit(before=without_server).open()
    assert "Bonjour" in widget.answers.first.inner_text()
    assert widget.page.get_by_label("Votre question", exact=True).is_enabled()


def test_nothing_is_asked_of_the_server_before_the_panel_is_opened(visit: Visit) -> None:
    widget = visit()
    widget.page.wait_for_load_state("networkidle")
    assert not [url for url in widget.requests if "socket.io" in url or "webhooks" in url]


def test_a_question_gets_an_answer_with_its_source_and_date(visit: Visit) -> None:
    answer = visit().open().ask("combien coûte un duplicata ?")
    assert "13,76" in answer
    assert "version du" in answer


def test_the_three_best_sources_are_shown_with_their_dates_and_the_others_are_unfolded(visit: Visit) -> None:
    cited = [
        {
            "title": f"Texte {rank}",
            "url": "https://www.service-public.gouv.fr/",
            "dated": f"fiche du 0{rank}/01/2025",
        }
        for rank in range(1, 6)
    ]
    message = {
        "text": "x",
        "metadata": {"body": "Voici.", "sources": cited, "caution": "Vérifiez avant d’agir."},
    }
    widget = visit(before=scripted(lambda _: [message])).open()
    assert "Vérifiez avant d’agir." in widget.ask("question")
    shown = widget.page.locator(".sources li:visible")
    assert [each.rpartition(", ")[2] for each in shown.all_text_contents()] == [
        f"fiche du 0{rank}/01/2025" for rank in (1, 2, 3)
    ]
    widget.page.get_by_text("Voir toutes les sources (5)").click()
    assert shown.last.text_content() == "Texte 5 (nouvelle fenêtre), fiche du 05/01/2025"


def test_a_price_is_a_table_with_headers(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [PRICED])).open()
    widget.ask("question")
    table = widget.answers.last.get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Ce qui est compté", "Montant"]
    assert table.get_by_role("rowheader").count() == 2


def test_steps_can_be_ticked_and_stay_so_after_a_reload(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [PRICED])).open()
    widget.ask("question")
    widget.page.get_by_role("checkbox").first.check()
    widget.page.reload()
    assert widget.page.get_by_role("checkbox").first.is_checked()


def test_a_button_sends_its_payload_and_shows_its_title(visit: Visit) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    before = widget.answers.count()
    widget.page.get_by_role("button", name="Comment payer").click()
    widget.wait_for_answer(before)
    assert widget.said.last.locator("p").last.inner_text().startswith("Comment payer")


def test_a_suggested_question_is_asked(visit: Visit) -> None:
    widget = visit().open()
    widget.page.get_by_role("button", name="Quelles pièces").click()
    assert "pièce d’identité" in widget.wait_for_answer(1)


def test_the_conversation_is_kept_through_reload_and_page_change(visit: Visit) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    widget.page.reload()
    assert "13,76" in widget.answers.nth(1).inner_text()
    widget.page.goto(widget.page.url + "assistant")
    assert "13,76" in widget.answers.nth(1).inner_text()
    assert "duplicata" in widget.ask("peux-tu répéter ?")


def test_two_tabs_hold_two_conversations(visit: Visit) -> None:
    first = visit().open()
    first.ask("combien coûte un duplicata ?")
    second = Widget(first.page.context.new_page())
    second.page.goto(first.page.url)
    second.open()
    assert second.said.count() == 0
    second.ask("bonjour")
    assert first.kept()["id"] != second.kept()["id"]
    assert first.said.count() == 1


def test_a_duplicated_tab_follows_the_same_conversation(visit: Visit) -> None:
    first = visit().open()
    first.ask("combien coûte un duplicata ?")
    storage = first.page.evaluate("JSON.stringify(sessionStorage)")
    page = first.page.context.new_page()
    page.add_init_script(
        f"if (!sessionStorage.length) Object.entries({storage}).forEach(([key, value]) => sessionStorage.setItem(key, value))"
    )
    second = Widget(page)
    page.goto(first.page.url)
    # Its connection joins the conversation before the other window speaks.
    second.ask("quelles pièces faut-il ?")
    first.page.get_by_text("quelles pièces faut-il ?").wait_for()
    first.wait_for_answer(2)
    assert first.said.count() == second.said.count() == 2
    assert first.answers.count() == second.answers.count() == 3


def test_erasing_erases_here_and_on_the_server(visit: Visit, events) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    conversation = widget.kept()["id"]
    assert events(conversation)
    widget.page.get_by_role("button", name="Options").click()
    widget.page.get_by_role("button", name="Effacer la conversation").click()
    widget.page.get_by_role("button", name="Oui, effacer").click()
    widget.page.get_by_text("La conversation est effacée, ici et sur le serveur.").wait_for()
    assert widget.said.count() == 0
    assert events(conversation) == []
    assert widget.kept()["id"] != conversation
    widget.ask("combien coûte un duplicata ?")
    assert events(conversation) == []


def test_an_opinion_is_stored_with_its_reason_and_nothing_else(visit: Visit) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    with widget.page.expect_request("**/feedback"):
        widget.page.get_by_role("button", name="Non", exact=True).click()
    with widget.page.expect_request("**/feedback") as sent:
        widget.page.get_by_role("button", name="Elle est trop longue").click()
    widget.page.get_by_text("Merci, votre avis est enregistré.").wait_for()
    stored = sent.value.post_data_json
    assert set(stored) == {"reference", "response", "helpful", "reason"}
    assert (stored["helpful"], stored["reason"]) == (False, "too_long")
    assert stored["reference"] not in widget.kept()["id"]


def test_no_cookie_is_set_and_no_other_server_is_called(visit: Visit, assistant: Assistant) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    assert widget.page.context.cookies() == []
    assert all(url.startswith((assistant.address, "blob:")) for url in widget.requests)


def test_a_plate_is_masked_in_what_is_sent_and_in_what_is_kept(visit: Visit, events) -> None:
    widget = visit().open()
    widget.type("ma plaque est GH-456-JK, combien coûte un duplicata ?")
    widget.page.get_by_text("je le masque avant l’envoi").wait_for()
    before = widget.answers.count()
    widget.page.get_by_role("button", name="Envoyer").click()
    widget.wait_for_answer(before)
    assert "[plaque masquée]" in widget.said.last.inner_text()
    assert "456-JK" not in str(widget.kept())
    assert "456-JK" not in str(events(widget.kept()["id"]))


def test_the_frame_and_the_full_page_hold_a_conversation(visit: Visit) -> None:
    full = visit("/assistant")
    assert "13,76" in full.ask("combien coûte un duplicata ?")
    framing = visit("/cadre/exemple")
    frame = framing.page.frame_locator("iframe")
    frame.get_by_label("Votre question", exact=True).fill("combien coûte un duplicata ?")
    frame.get_by_role("button", name="Envoyer").click()
    frame.locator("li.bot").nth(1).wait_for()
    assert "13,76" in frame.locator("li.bot").nth(1).inner_text()


def test_the_conversation_can_be_saved_as_text(visit: Visit) -> None:
    widget = visit().open()
    widget.ask("combien coûte un duplicata ?")
    widget.page.get_by_role("button", name="Options").click()
    with widget.page.expect_download() as saved:
        widget.page.get_by_role("button", name="Enregistrer la conversation").click()
    with open(saved.value.path(), encoding="utf-8") as file:
        text = file.read()
    assert "Vous\u00a0: combien coûte un duplicata ?" in text
    assert "https://" in text


def test_printing_shows_the_whole_conversation_and_no_control(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [LONG])).open()
    widget.ask("question")
    widget.page.emulate_media(media="print")
    assert widget.page.get_by_role("button", name="Envoyer").is_hidden()
    log = widget.page.get_by_role("region", name="Conversation")
    assert log.evaluate("log => log.scrollHeight <= log.clientHeight + 1")


@pytest.mark.parametrize("path", ["/", "/assistant", "/cadre", "/sans-javascript"])
def test_a_page_says_its_language_and_sets_no_cookie(assistant: Assistant, path: str) -> None:
    import urllib.request

    with urllib.request.urlopen(assistant.address + path) as answer:
        assert '<html lang="fr">' in answer.read().decode()
        assert answer.headers["Set-Cookie"] is None
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
