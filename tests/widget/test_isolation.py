"""The widget on other people's pages, however strict or hostile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.channels.site import cors
from tests.conftest import Assistant
from tests.widget.conftest import Widget

Visit = Callable[..., Widget]
HOSTILE = """<!doctype html><html lang="fr"><head><title>Page hostile</title><style>
html { font-size: 6px !important; }
* { color: red !important; background: yellow !important; font: 40px cursive !important; display: inline !important;
  letter-spacing: 1em !important; position: static !important; visibility: hidden; text-transform: uppercase !important;
  opacity: .1 !important; float: right !important; margin: 40px !important; }
button, textarea, dialog, li { display: none !important; }
</style><script>
Array.prototype.hostile = function () {};
window.io = window.name = "taken"; window.h = window.text = null;
document.addEventListener("keydown", (event) => { window.keys = (window.keys || "") + event.key; });
</script></head><body><h1>Page</h1><button class="launcher">du site</button>
<assistant-carte-grise></assistant-carte-grise><script src="%s/widget/assistant-carte-grise.js"></script></body></html>"""
STRICT = """<!doctype html><html lang="fr"><head><title>Page stricte</title></head><body><h1>Page</h1>
<assistant-carte-grise greeting="Bonjour à Saint-Exemple." position="bottom-left" context-page="refus" theme="dark" open></assistant-carte-grise>
<script src="{address}/widget/assistant-carte-grise.js" defer></script></body></html>"""
POLICY = (
    "default-src 'none'; script-src {address}; connect-src {address} {socket}; style-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
LOOKS = """() => {
  const root = document.querySelector("assistant-carte-grise").shadowRoot;
  const look = (name) => {
    const style = getComputedStyle(root.querySelector(name));
    return [style.color, style.backgroundColor, style.fontSize, style.fontFamily, style.letterSpacing, style.display,
      style.textTransform, style.opacity, style.visibility, style.position];
  };
  return [".launcher", ".panel", "textarea", ".send", ".log", "h2", ".bot p", ".choice"].map(look);
}"""


def test_a_hostile_page_does_not_change_how_the_widget_looks(
    visit: Visit, assistant: Assistant, other_site
) -> None:
    usual = visit().open()
    hostile = visit(other_site(HOSTILE % assistant.address, {})).open()
    for widget in (usual, hostile):
        # The field is focused and the button may be hovered: compare them at rest.
        widget.page.mouse.move(5, 5)
    assert hostile.page.evaluate(LOOKS) == usual.page.evaluate(LOOKS)
    assert "13,76" in hostile.ask("combien coûte un duplicata ?")


def test_the_widget_does_not_change_how_the_page_looks(
    visit: Visit, assistant: Assistant, other_site
) -> None:
    page = "<!doctype html><html lang=fr><title>x</title><h2>Titre</h2><p class=unseen>p</p><button class=send>b</button>"
    script = f"<assistant-carte-grise></assistant-carte-grise><script src='{assistant.address}/widget/assistant-carte-grise.js'></script>"
    looks = """() => ["h2", "p", "button"].map((name) => {
      const style = getComputedStyle(document.querySelector(name));
      return [style.color, style.fontSize, style.position, style.margin, style.padding, style.display];
    })"""
    alone, beside = visit(other_site(page, {})), visit(other_site(page + script, {})).open()
    assert beside.page.evaluate(looks) == alone.page.evaluate(looks)


def test_a_strict_policy_on_another_site_is_respected(visit: Visit, assistant: Assistant, other_site) -> None:
    socket = assistant.address.replace("http", "ws")
    policy = POLICY.format(address=assistant.address, socket=socket)
    page = other_site(STRICT.format(address=assistant.address), {"Content-Security-Policy": policy})
    widget = visit(page)
    assert "Bonjour à Saint-Exemple." in widget.answers.first.inner_text()
    assert "Ma demande est refusée" in widget.answers.first.inner_text()
    assert "13,76" in widget.ask("combien coûte un duplicata ?")
    assert widget.page.evaluate("policyViolations") == []
    assert widget.page.get_by_role("dialog").bounding_box()["x"] < 100
    assert widget.page.context.cookies() == []


@pytest.mark.parametrize("path", ["/", "/assistant", "/cadre", "/cadre/exemple"])
def test_our_own_pages_keep_their_own_policy(visit: Visit, path: str) -> None:
    page = visit(path).page
    page.wait_for_load_state("networkidle")
    assert page.evaluate("policyViolations") == []


def test_without_script_the_element_shows_what_the_page_put_in_it(visit: Visit) -> None:
    page = visit(java_script_enabled=False).page
    page.get_by_role("link", name="Poser une question sur la carte grise").click()
    assert page.url.endswith("/sans-javascript")


def test_an_element_taken_out_and_put_back_still_works(visit: Visit) -> None:
    widget = visit().open()
    widget.page.evaluate(
        """() => {
          const widget = document.querySelector("assistant-carte-grise");
          widget.remove();
          document.body.prepend(widget);
        }"""
    )
    assert "13,76" in widget.ask("combien coûte un duplicata ?")


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("http://[", "[", False),
        (None, "bot.example", True),
        ("https://bot.example", "bot.example", True),
        ("https://www.ville.example", "bot.example", True),
        ("http://localhost:8080", "bot.example", True),
        ("http://localhost", "bot.example", True),
        ("http://localhost:80.evil.example", "bot.example", False),
        ("http://localhost.evil.example", "bot.example", False),
        ("https://ville.example", "bot.example", False),
        ("https://www.ville.example.evil.example", "bot.example", False),
        ("null", "bot.example", False),
    ],
)
def test_only_listed_origins_may_call(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, host: str, expected: bool
) -> None:
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", "https://www.ville.example http://localhost:*")
    assert cors.may_call(origin, host) is expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/rest/webhook"),
        ("POST", "/feedback"),
        ("DELETE", "/conversations/abc"),
        ("GET", "/socket.io/?EIO=4&transport=polling"),
    ],
)
def test_a_site_that_is_not_listed_is_refused(assistant: Assistant, method: str, path: str) -> None:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        assistant.address + path, method=method, data=b"{}" if method == "POST" else None
    )
    request.add_header("Origin", "https://evil.example")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code in (400, 403)
    assert refusal.value.headers["Access-Control-Allow-Origin"] is None


def test_credentials_are_never_allowed(assistant: Assistant) -> None:
    import urllib.request

    for path in ("/webhooks/rest/webhook", "/feedback", "/socket.io/?EIO=4&transport=polling"):
        method = "GET" if "socket" in path else "OPTIONS"
        request = urllib.request.Request(assistant.address + path, method=method)
        request.add_header("Origin", "http://localhost:8080")
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
            assert answer.headers["Access-Control-Allow-Credentials"] is None
