"""WCAG 2.2 AA as far as an engine and a browser can tell: tested automatically, not audited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.widget.conftest import Widget, scripted

WIDE = {"width": 1280, "height": 800}
Visit = Callable[..., Widget]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = {
    "text": "x",
    "buttons": [{"title": "Comment payer", "payload": "/faq/payment"}],
    "metadata": {
        "response": "utter_x",
        "body": "Le prix est de **13,76 €**.\nDétail :\n- Taxe fixe : 11 €\n- Envoi : 2,76 €\nFaites ceci :\n"
        "1. Déclarez la perte.\n2. Demandez en ligne : https://www.service-public.fr/\nÀ savoir :\n- Un point.\n"
        + "\n".join(f"Paragraphe {rank} assez long pour que la conversation défile." for rank in range(12)),
        "sources": [
            {"title": f"Source {rank}", "url": "https://www.service-public.fr/", "dated": "fiche du 13/01/2025"}
            for rank in range(5)
        ],
        "caution": "Attention\u00a0: ces règles ont pu changer.",
        "downloads": [{"title": "Ma fiche", "url": "/fiches/x.pdf", "detail": "PDF, 40 ko"}],
    },
}  # fmt: skip


def axe(page: Any) -> list[str]:
    """The rules that the page breaks, with where."""
    base = pytest.importorskip("axe_playwright_python.base")
    if not page.evaluate("'axe' in window"):
        page.evaluate(base.AXE_SCRIPT)
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def faults_of(page: Any, settings: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The rules that the page breaks under each setting that breaks any."""
    found = {}
    for name, setting in settings.items():
        page.set_viewport_size(setting.get("viewport", WIDE))
        page.emulate_media(
            color_scheme=setting.get("color_scheme", "light"),
            forced_colors=setting.get("forced_colors", "none"),
        )
        if faults := axe(page):
            found[name] = faults
    return found


def long_answer(visit: Visit, path: str = "/", **options: Any) -> Widget:
    """The widget with a long answer that holds every kind of content."""
    widget = visit(path, before=scripted(lambda _: [LONG]), **options)
    if path == "/" or path.startswith("/?"):
        widget.open()
    widget.ask("question")
    return widget


def closed(visit: Visit, **options: Any) -> Widget:
    return visit(**options)


def opened(visit: Visit, **options: Any) -> Widget:
    return visit(before=scripted(lambda _: []), **options).open()


def judged(visit: Visit, **options: Any) -> Widget:
    widget = long_answer(visit, **options)
    widget.page.get_by_role("button", name="Non", exact=True).click()
    return widget


def erasing(visit: Visit, **options: Any) -> Widget:
    widget = long_answer(visit, **options)
    widget.page.get_by_role("button", name="Options").click()
    widget.page.get_by_role("button", name="Effacer la conversation").click()
    return widget


def warned(visit: Visit, **options: Any) -> Widget:
    widget = opened(visit, **options)
    widget.type("ma plaque AB-123-CD et mon téléphone 06 12 34 56 78")
    widget.page.get_by_text("je le masque avant l’envoi").wait_for()
    return widget


def failing(visit: Visit, **options: Any) -> Widget:
    widget = visit(before=scripted(lambda _: 503), **options).open()
    widget.send("question")
    widget.page.get_by_text("L’assistant est injoignable").wait_for()
    return widget


def stuck(visit: Visit, **options: Any) -> Widget:
    def unreachable(page: Any) -> None:
        # Minutes in which nothing is reached are over at once.
        page.add_init_script(
            "(() => { const now = Date.now; let ahead = 0; Date.now = () => now() + (ahead += 9000); })()"
        )
        scripted(lambda _: 503)(page)

    widget = visit(before=unreachable, **options).open()
    widget.send("question")
    widget.page.get_by_role("button", name="Reprendre mon message").wait_for()
    return widget


def given_back(visit: Visit, **options: Any) -> Widget:
    widget = stuck(visit, **options)
    widget.page.get_by_role("button", name="Reprendre mon message").click()
    widget.page.get_by_role("button", name="Modifier").wait_for()
    return widget


def served_by_a_person(visit: Visit, **options: Any) -> Widget:
    reply = {"text": "مرحبا", "metadata": {"speaker": "mediator", "pushed": "a", "language": "ar"}}
    widget = visit(before=scripted(lambda _: [reply]), **options).open()
    widget.ask("question")
    return widget


def unread(visit: Visit, **options: Any) -> Widget:
    widget = served_by_a_person(visit, **options)
    widget.page.route(
        "**/webhooks/rest/pushed",
        lambda route: route.fulfill(json=[{"text": "Bonjour.", "metadata": {"pushed": "b"}}]),
    )
    widget.page.get_by_role("button", name="Fermer").click()
    widget.page.get_by_role("button", name="1 nouveau message").wait_for()
    return widget


def refused(visit: Visit, **options: Any) -> Widget:
    widget = visit(before=scripted(lambda _: 413), **options).open()
    widget.send("question")
    widget.page.get_by_role("button", name="Réessayer").wait_for()
    return widget


STATES = [
    *(closed, opened, long_answer, judged, erasing, warned, failing, refused),
    *(stuck, given_back, served_by_a_person, unread),
]
COLOURS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
}
SETTINGS = {
    **COLOURS,
    "forced colours": {"forced_colors": "active"},
    "a phone on its side": {"viewport": {"width": 844, "height": 390}},
}
# A narrow window, and a wide one zoomed to 400 %.
NARROW = [{"width": 320, "height": 640}, {"width": 320, "height": 256}]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_rule_is_broken(visit: Visit, state: Callable[..., Widget]) -> None:
    assert faults_of(state(visit).page, SETTINGS) == {}


@pytest.mark.parametrize(
    "path", ["/assistant", "/cadre", "/?theme=dsfr", "/?theme=mairie", "/?theme=contraste"]
)
def test_no_rule_is_broken_on_other_pages_and_themes(visit: Visit, path: str) -> None:
    assert faults_of(long_answer(visit, path).page, COLOURS) == {}


@pytest.mark.parametrize("path", ["/sans-javascript", "/cadre/exemple"])
def test_no_rule_is_broken_on_plain_pages(visit: Visit, path: str) -> None:
    assert axe(visit(path).page) == []


@pytest.mark.parametrize("viewport", NARROW, ids=["narrow", "zoomed to 400 %"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_320_px_need_no_horizontal_scrolling_and_break_no_rule(
    visit: Visit, state: Callable[..., Widget], viewport: dict[str, int]
) -> None:
    page = state(visit, viewport=viewport).page
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = """() => [...document.querySelector("assistant-carte-grise").shadowRoot.querySelectorAll("*")]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1
        && getComputedStyle(each).overflowX !== "visible" && !each.closest(".unseen"))
      .map((each) => each.className || each.tagName)"""
    assert page.evaluate(wide) == []


def test_at_400_percent_the_field_and_the_answer_can_both_be_reached(visit: Visit) -> None:
    widget = long_answer(visit, viewport={"width": 320, "height": 256})
    for target in (
        widget.page.get_by_text("Paragraphe 11").first,
        widget.page.get_by_label("Votre question", exact=True),
    ):
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box and 0 <= box["y"] < 256


def test_every_target_is_24_px_at_least(visit: Visit) -> None:
    page = judged(visit).page
    small = """() => [...document.querySelector("assistant-carte-grise").shadowRoot
      .querySelectorAll("button, input, textarea, summary, a.download")]
      .map((each) => [each.textContent, each.getBoundingClientRect()])
      .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([name]) => name)"""
    assert page.evaluate(small) == []


def test_text_spacing_can_be_widened_without_loss(visit: Visit) -> None:
    page = long_answer(visit, viewport={"width": 320, "height": 640}).page
    page.evaluate(
        """() => {
          const root = document.querySelector("assistant-carte-grise").shadowRoot;
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
          root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
        }"""
    )
    cut = """() => [...document.querySelector("assistant-carte-grise").shadowRoot.querySelectorAll("button, p, td, th, a")]
      .filter((each) => !each.closest(".unseen") && each.clientWidth && each.scrollWidth > each.clientWidth + 1)
      .map((each) => each.textContent)"""
    assert page.evaluate(cut) == []


def test_a_message_that_arrives_does_not_move_the_focus(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [LONG])).open()
    widget.ask("question")
    widget.page.get_by_role("button", name="Comment payer").focus()
    before = widget.answers.count()
    widget.page.keyboard.press("Enter")
    widget.wait_for_answer(before)
    assert widget.focused() == "choice"


def test_an_opened_attribute_leaves_the_focus_to_the_page(visit: Visit) -> None:
    page = visit().page
    page.get_by_role("link", name="Assistant dans un cadre").focus()
    page.evaluate("document.querySelector('assistant-carte-grise').setAttribute('open', '')")
    page.get_by_role("region", name="Conversation").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Assistant dans un cadre"


def test_only_what_is_new_is_announced(visit: Visit) -> None:
    answers = iter(["Première réponse.", "Seconde réponse."])
    widget = visit(before=scripted(lambda _: [{"text": next(answers)}])).open()
    live = widget.page.locator("dialog > [aria-live=polite]")
    assert live.inner_text() == ""
    widget.ask("une")
    assert live.locator("p").all_inner_texts() == ["Assistant\u00a0: Première réponse."]
    widget.ask("deux")
    assert live.locator("p").last.inner_text() == "Assistant\u00a0: Seconde réponse."
    widget.page.reload()
    widget.page.get_by_text("Seconde réponse.").wait_for()
    assert live.inner_text() == ""
    # A log that is told not to be live is spoken by some screen readers all the same.
    assert widget.page.get_by_role("log").count() == 0
    assert widget.page.locator("dialog > :not([role=status])[aria-live]").count() == 1


def test_a_warning_is_a_status_and_no_description_of_the_field_too(visit: Visit) -> None:
    field = opened(visit).page.get_by_label("Votre question", exact=True)
    assert field.get_attribute("aria-describedby") == "hint"


def test_the_keyboard_alone_does_everything(visit: Visit) -> None:
    widget = visit(before=scripted(lambda _: [LONG]))
    page = widget.page
    page.get_by_role("button", name="Une question").focus()
    page.keyboard.press("Enter")
    assert widget.focused() == "question"
    page.keyboard.type("première ligne")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("seconde ligne")
    page.keyboard.press("Enter")
    widget.wait_for_answer(1)
    assert widget.said.last.locator("p").last.inner_text() == "première ligne\nseconde ligne"
    assert widget.focused() == "question"
    reached = set()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        reached.add(page.evaluate(
            "document.querySelector('assistant-carte-grise').shadowRoot.activeElement?.textContent ?? ''"
        ))  # fmt: skip
    for name in ("Comment payer", "Oui", "Non", "Options", "Fermer", "Voir toutes les sources (5)"):
        assert any(text.startswith(name) for text in reached), name
    page.get_by_role("button", name="Options").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert widget.focused() == "plain"
    assert page.get_by_role("region", name="Conversation").is_visible()
    page.keyboard.press("Escape")
    assert widget.focused() == "launcher"
    assert page.get_by_role("region", name="Conversation").is_hidden()


def test_on_a_small_screen_the_focus_stays_in_the_open_panel(visit: Visit) -> None:
    widget = opened(visit, viewport={"width": 320, "height": 640})
    assert widget.page.locator("dialog:modal").count() == 1
    for _ in range(12):
        widget.page.keyboard.press("Tab")
        assert widget.page.evaluate(
            "['ASSISTANT-CARTE-GRISE', 'BODY'].includes(document.activeElement.tagName)"
        )


def test_the_panel_follows_a_resized_window_and_keeps_the_focus(visit: Visit) -> None:
    widget = opened(visit)
    widget.page.set_viewport_size({"width": 320, "height": 640})
    widget.page.locator("dialog:modal").wait_for()
    assert widget.focused() == "question"
    widget.page.set_viewport_size({"width": 1280, "height": 800})
    widget.page.locator("dialog:not(:modal)").wait_for()
    assert widget.focused() == "question"


def test_focus_is_visible_on_every_control(visit: Visit) -> None:
    widget = long_answer(visit)
    widget.page.get_by_label("Votre question", exact=True).focus()
    for _ in range(14):
        widget.page.keyboard.press("Shift+Tab")
        outline = widget.page.evaluate(
            """() => {
              const focused = document.querySelector("assistant-carte-grise").shadowRoot.activeElement;
              return focused ? getComputedStyle(focused).outlineWidth : "3px";
            }"""
        )
        assert outline == "3px"


def test_nothing_moves_for_those_who_ask_for_less_motion(visit: Visit) -> None:
    page = long_answer(visit, reduced_motion="reduce").page
    animated = """() => [...document.querySelector("assistant-carte-grise").shadowRoot.querySelectorAll("*")]
      .filter((each) => ["", "::after", "::before"].some((part) => {
        const style = getComputedStyle(each, part || null);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
      })).length"""
    assert page.evaluate(animated) == 0
