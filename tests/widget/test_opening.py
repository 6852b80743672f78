"""Opening and closing: what the tab remembers, what a page around does to the panel, what is in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Assistant
from tests.widget.conftest import ARGUMENTS, Mediator, Widget, chromium, scripted

Visit = Callable[..., Widget]
LONG = {"text": "\n".join(f"Paragraphe {rank}." for rank in range(40))}
SCRIPT = "<script src='%s/widget/assistant-carte-grise.js'></script>"
PAGE = "<!doctype html><html lang=fr><meta name=viewport content='width=device-width'><title>Page</title>"
HELD = """() => {
  const panel = document.querySelector("assistant-carte-grise").shadowRoot.querySelector("dialog");
  return panel.open ? "open" : "closed";
}"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def swap_the_body(page: Any) -> None:
    """What a library does that swaps pages without loading them, and puts back a copy of the former one."""
    page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          document.body.replaceWith(document.createElement("body"));
          document.body.replaceWith(copy);
        }"""
    )


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_a_panel_reopened_by_a_reload_or_on_the_next_page_closes(visit: Visit, how: str) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    for path in ("", "?theme=mairie"):
        widget.page.goto(widget.page.url.partition("?")[0] + path)
        widget.page.get_by_role("region", name="Conversation").wait_for()
        if how == "button":
            widget.page.get_by_role("button", name="Fermer").click()
        else:
            widget.page.get_by_label("Votre question", exact=True).press("Escape")
        assert widget.page.evaluate(HELD) == "closed"
        assert widget.focused() == "launcher"
        widget.open()


def test_a_panel_reopened_by_a_reload_closes_once_the_window_has_become_small(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [])).open()
    widget.page.reload()
    widget.page.set_viewport_size({"width": 320, "height": 256})
    widget.page.locator("dialog:modal").wait_for()
    widget.page.keyboard.press("Escape")
    assert widget.page.evaluate(HELD) == "closed"


def test_a_panel_closed_stays_closed_where_the_page_asks_for_it_open(
    visit: Visit, assistant: Assistant, other_site
) -> None:
    page = f"{PAGE}<assistant-carte-grise open></assistant-carte-grise>" + SCRIPT % assistant.address
    widget = visit(other_site(page, {}), before=scripted(lambda _: []))
    assert widget.page.evaluate(HELD) == "open"
    widget.page.get_by_role("button", name="Fermer").click()
    widget.page.reload()
    widget.page.get_by_role("button", name="Une question").wait_for()
    assert widget.page.evaluate(HELD) == "closed"


def test_a_page_that_swaps_its_body_has_one_widget_in_the_state_the_person_left(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [{"text": "Voici."}])).open()
    widget.ask("question")
    swap_the_body(widget.page)
    assert widget.page.evaluate(HELD) == "open"
    assert widget.said.count() == 1
    widget.page.get_by_role("button", name="Fermer").click()
    # The copy was made while the panel was open.
    widget.page.evaluate("document.querySelector('assistant-carte-grise').setAttribute('open', '')")
    widget.page.get_by_role("button", name="Fermer").click()
    swap_the_body(widget.page)
    assert widget.page.evaluate(HELD) == "closed"
    widget.open()
    assert "Voici." in widget.ask("encore")


def test_a_page_out_of_the_back_forward_cache_shows_what_was_said_since(
    assistant: Assistant, browser: Any
) -> None:
    started = browser.browser_type.launch(
        executable_path=chromium(),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        page = started.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800}).new_page()
        page.add_init_script(
            "addEventListener('pageshow', (event) => { window.restored = event.persisted; });"
        )
        page.goto(f"{assistant.address}/")
        widget = Widget(page)
        page.goto(f"{assistant.address}/?theme=mairie")
        widget.open().ask("combien coûte un duplicata ?")
        # Back from the cache nothing is loaded.
        page.go_back(wait_until="commit")
        page.wait_for_function("window.restored !== undefined")
        assert page.evaluate("window.restored"), "the page was loaded anew: the test shows nothing"
        page.locator("li.user").wait_for()
        assert "13,76" in widget.answers.nth(1).inner_text()
        assert page.evaluate(HELD) == "open"
        widget.ask("quelles pièces faut-il ?")
        page.go_forward(wait_until="commit")
        widget.said.nth(1).wait_for()
        assert widget.said.count() == 2
    finally:
        started.close()


WRAPPERS = {
    "transform": "transform: translateZ(0); overflow: hidden; height: 200px",
    "filter": "filter: grayscale(0); overflow: hidden; height: 200px",
    "contain": "contain: strict; height: 200px; width: 200px",
    "opacity": "opacity: 0.99; position: relative; z-index: 0; overflow: clip; height: 10px",
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_no_element_around_clips_or_moves_the_widget(
    visit: Visit, assistant: Assistant, other_site, wrapper: str
) -> None:
    page = other_site(
        f"{PAGE}<div style='{WRAPPERS[wrapper]}'><assistant-carte-grise></assistant-carte-grise></div>"
        "<div style='position: fixed; inset: 0; z-index: 2147483647; background: white'>Bandeau</div>"
        + SCRIPT
        % assistant.address,
        {},
    )
    widget = visit(page, before=scripted(lambda _: []))
    launcher = widget.page.get_by_role("button", name="Une question").bounding_box()
    assert launcher["x"] + launcher["width"] > 1200 and launcher["y"] > 700
    widget.open()
    panel = widget.page.get_by_role("dialog").bounding_box()
    assert panel["height"] > 500 and panel["y"] + panel["height"] <= 800


@pytest.mark.parametrize("root", ["<html lang=fr dir=rtl>", "<html lang=fr style='direction: rtl'>"])
def test_the_direction_of_the_page_does_not_reach_the_widget(
    visit: Visit, assistant: Assistant, other_site, root: str
) -> None:
    page = f"<!doctype html>{root}<title>Page</title><assistant-carte-grise></assistant-carte-grise>"
    widget = visit(other_site(page + SCRIPT % assistant.address, {}), before=scripted(lambda _: [])).open()
    send = widget.page.get_by_role("button", name="Envoyer").bounding_box()
    field = widget.page.get_by_label("Votre question", exact=True).bounding_box()
    assert send["x"] > field["x"]
    assert widget.page.get_by_role("dialog").evaluate("each => getComputedStyle(each).direction") == "ltr"


@pytest.mark.parametrize(("width", "height"), [(844, 390), (640, 400), (320, 256), (1280, 420)])
def test_in_a_low_window_header_and_field_stay_in_sight(visit: Visit, width: int, height: int) -> None:
    widget = visit(before=scripted(lambda _: [LONG]), viewport={"width": width, "height": height}).open()
    for question in ("une", "deux", "trois"):
        widget.ask(question)
    for control in (
        widget.page.get_by_role("button", name="Fermer"),
        widget.page.get_by_label("Votre question", exact=True),
        widget.page.get_by_role("button", name="Envoyer"),
    ):
        box = control.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
    assert widget.page.get_by_role("region", name="Conversation").bounding_box()["height"] > height * 0.35


def test_the_options_are_shown_in_full_where_there_is_room(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [LONG])).open()
    widget.ask("question")
    widget.page.get_by_role("button", name="Options").click()
    hidden = widget.page.locator("#options").evaluate("each => each.scrollHeight - each.clientHeight")
    assert hidden <= 1


def test_on_a_phone_opening_leaves_the_screen_keyboard_down(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: []), **PHONE).open()
    assert widget.focused() == "title"


def test_the_page_behind_a_covering_panel_stands_still(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: []), viewport={"width": 390, "height": 500}).open()
    widget.page.mouse.move(100, 480)
    widget.page.mouse.wheel(0, 300)
    widget.page.wait_for_timeout(200)
    assert widget.page.evaluate("scrollY") == 0
    widget.page.get_by_role("button", name="Fermer").click()
    widget.page.mouse.wheel(0, 300)
    widget.page.wait_for_function("scrollY > 0")


def test_the_panel_stays_within_what_a_screen_keyboard_leaves(visit: Visit) -> None:
    # What iOS says while its keyboard is up: the window as before, its visible part smaller.
    keyboard = """() => {
      Object.defineProperty(visualViewport, "height", { value: 400, configurable: true });
      visualViewport.dispatchEvent(new Event("resize"));
    }"""
    widget = visit(before=scripted(lambda _: []), **PHONE).open()
    widget.page.evaluate(keyboard)
    send = widget.page.get_by_role("button", name="Envoyer").bounding_box()
    assert send["y"] + send["height"] <= 400


def test_a_keyboard_that_makes_the_window_low_does_not_move_the_focus(visit: Visit) -> None:
    tablet = {"viewport": {"width": 1000, "height": 800}, "has_touch": True, "is_mobile": True}
    widget = visit(before=scripted(lambda _: []), **tablet).open()
    widget.page.get_by_label("Votre question", exact=True).focus()
    widget.page.evaluate(
        """() => {
          const inside = document.querySelector("assistant-carte-grise").shadowRoot;
          window.moves = 0;
          inside.addEventListener("focusout", () => { window.moves += 1; });
        }"""
    )
    widget.page.set_viewport_size({"width": 1000, "height": 380})
    widget.page.wait_for_timeout(200)
    assert widget.focused() == "question"
    assert widget.page.evaluate("moves") == 0


def test_the_page_can_move_the_button_away_from_what_else_is_in_its_corner(visit: Visit) -> None:
    widget = visit()
    style = "--assistant-offset-bottom: 8em; --assistant-offset-side: 5em"
    widget.page.locator("assistant-carte-grise").evaluate("(each, style) => { each.style = style; }", style)
    box = widget.page.get_by_role("button", name="Une question").bounding_box()
    assert 800 - box["y"] - box["height"] == pytest.approx(128, abs=2)
    assert 1280 - box["x"] - box["width"] == pytest.approx(80, abs=2)


def test_a_reply_to_a_closed_panel_is_marked_and_said(visit: Visit, mediator: Mediator) -> None:
    widget = visit().open()
    widget.ask("bonjour")
    conversation = widget.kept()["id"]
    mediator.take(conversation)
    widget.page.get_by_text("Une personne du guichet vous répond.", exact=True).wait_for()
    widget.page.get_by_role("button", name="Fermer").click()
    mediator.say(conversation, "Avez-vous l’accusé de réception ?")
    launcher = widget.page.get_by_role("button", name="1 nouveau message")
    launcher.wait_for()
    assert launcher.inner_text().split() == ["Une", "question", "?", "1"]
    said = widget.page.locator("section > [aria-live=polite]").inner_text()
    assert "Une personne du guichet\u00a0: Avez-vous l’accusé de réception" in said
    launcher.click()
    widget.page.get_by_role("button", name="Fermer").click()
    assert widget.page.get_by_role("button", name="nouveau").count() == 0


def test_a_reply_is_marked_on_the_next_page_whose_panel_was_never_opened(
    visit: Visit, mediator: Mediator
) -> None:
    widget = visit().open()
    widget.ask("bonjour")
    conversation = widget.kept()["id"]
    mediator.take(conversation)
    widget.page.get_by_text("Une personne du guichet vous répond.", exact=True).wait_for()
    widget.page.get_by_role("button", name="Fermer").click()
    widget.page.goto(widget.page.url + "?theme=mairie")
    mediator.say(conversation, "Je regarde.")
    widget.page.get_by_role("button", name="1 nouveau message").wait_for()
    mediator.give_back(conversation)
    widget.page.get_by_role("button", name="2 nouveaux messages").wait_for()
    widget.open()
    assert widget.page.get_by_text("Programme automatique. Réponses avec leurs sources.").is_visible()


def test_news_are_counted_in_the_title_of_a_page_that_nobody_looks_at(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [{"text": "Voici."}])).open()
    title = widget.page.title()
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); }"
    widget.page.evaluate(hide, True)
    widget.ask("question")
    assert widget.page.title() == f"(1) {title}"
    widget.page.evaluate(hide, False)
    widget.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert widget.page.title() == title
