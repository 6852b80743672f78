"""Published below a path of another site, as www.ville.example/assistant/: pages, files, widget, sheets, forms."""

from __future__ import annotations

import http.client
import http.server
import threading
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from bot.channels.site import assets
from tests.conftest import Assistant
from tests.widget.conftest import Widget

Visit = Callable[..., Widget]
PATH = "/services/assistant/"
NOT_PASSED_ON = ("connection", "transfer-encoding", "content-length", "upgrade", "keep-alive")


@pytest.fixture(scope="module")
def site(assistant: Assistant) -> Iterator[str]:
    """A site that passes one of its paths on to the assistant, and has nothing else."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            if not self.path.startswith(PATH):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            inner = http.client.HTTPConnection(assistant.address.removeprefix("http://"), timeout=60)
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON
            }
            inner.request(self.command, "/" + self.path.removeprefix(PATH), body, headers)
            answer = inner.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            inner.close()

        do_GET = do_POST = do_DELETE = do_OPTIONS = pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.shutdown()


@pytest.mark.parametrize("page", ["", "assistant", "cadre"])
def test_the_widget_holds_a_conversation_there(visit: Visit, site: str, page: str) -> None:
    widget = visit(site + page)
    if not page:
        widget.open()
    assert "13,76" in widget.ask("combien coûte un duplicata ?")
    outside = [url for url in widget.requests if not url.startswith((site, "blob:"))]
    assert outside == []


def test_every_page_finds_its_files_and_the_others(visit: Visit, site: str) -> None:
    page = visit(site).page
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    for address in ("", "assistant", "cadre", "cadre/exemple", "sans-javascript", "donnees-personnelles"):
        page.goto(site + address)
        links = page.locator("a[href]").evaluate_all("all => all.map((each) => each.href)")
        assert all(link.startswith(site) for link in links if link.startswith("http://127.0.0.1")), address
        assert page.evaluate("[...document.styleSheets].length") > 0
    assert missing == []


def test_the_page_without_javascript_goes_on_there(visit: Visit, site: str) -> None:
    page = visit(f"{site}sans-javascript", java_script_enabled=False).page
    page.get_by_label("Votre question").fill("combien coûte un duplicata ?")
    page.get_by_role("button", name="Envoyer").click()
    assert "13,76" in page.locator("li.bot").last.inner_text()
    assert page.url.startswith(site)
    page.get_by_role("button", name="Effacer la conversation").click()
    page.get_by_role("link", name="Poser une autre question").click()
    assert page.url == f"{site}sans-javascript"


def test_a_sheet_its_letters_and_its_forms_work_there(visit: Visit, site: str, assistant: Assistant) -> None:
    conversation = assistant.conversation()
    conversation.say("ma demande de duplicata a été refusée le 3 octobre 2026, que faire ?")
    files = [
        file["url"]
        for message in conversation.send("/make_sheet")
        for file in message["metadata"].get("downloads", ())
    ]
    sheet = next(url for url in files if "." not in url.rpartition("/")[2])
    page = visit(f"{site}fiche/{sheet.partition('/fiche/')[2]}").page
    assert page.evaluate("[...document.styleSheets].length") == 1
    links = page.locator("header a, .letters a").evaluate_all("all => all.map((each) => each.href)")
    assert len(links) > 3
    for link in links:
        with urllib.request.urlopen(link) as answer:
            assert answer.status == 200
    page.get_by_text("Ajouter ou corriger une date").click()
    page.get_by_role("button", name="Recalculer la fiche").click()
    assert page.url.startswith(f"{site}fiche/")
    page.get_by_role("button", name="Effacer cette fiche").click()
    page.get_by_role("link", name="Poser une autre question").click()
    assert page.url == f"{site}assistant"


def test_an_older_name_of_the_script_leads_to_the_present_one_there(site: str) -> None:
    with urllib.request.urlopen(f"{site}widget/assistant-carte-grise.js") as answer:
        assert answer.url == site + assets.read()["assistant-carte-grise.js"].address.lstrip("/")


@pytest.mark.parametrize(
    ("path", "way_up"),
    [("/", "./"), ("/assistant", "./"), ("/cadre/exemple", "../"), ("/fiche/a/lettre/b", "../../../")],
)
def test_the_way_up_to_the_root(path: str, way_up: str) -> None:
    assert assets.root(path) == way_up


LOADED = {
    "module": "<script type=module src='{script}'></script>",
    "tag manager": "<script>const tag = document.createElement('script'); tag.async = true; tag.src = '{script}';"
    "document.head.append(tag);</script>",
    "import": "<script type=module>import('{script}');</script>",
    "attribute": "<script src='{script}'></script>",
}


@pytest.mark.parametrize("how", LOADED)
def test_the_script_finds_its_server_however_it_is_loaded(
    visit: Visit, site: str, other_site, how: str
) -> None:
    script = f"{site}widget/assistant-carte-grise.js"
    server = f" server='{site.rstrip('/')}'" if how == "attribute" else ""
    page = f"<!doctype html><html lang=fr><title>Page</title><assistant-carte-grise{server}></assistant-carte-grise>"
    widget = visit(other_site(page + LOADED[how].format(script=script), {})).open()
    assert "13,76" in widget.ask("combien coûte un duplicata ?")


def test_a_script_in_a_bundle_says_that_the_server_must_be_named(visit: Visit, site: str, other_site) -> None:
    with urllib.request.urlopen(f"{site}widget/assistant-carte-grise.js") as answer:
        bundle = answer.read().decode()
    said: list[str] = []
    page = "<!doctype html><html lang=fr><meta charset=utf-8><title>Page</title><assistant-carte-grise><a href='/x'>Une question</a>"
    address = other_site(f"{page}</assistant-carte-grise><script>{bundle}</script>", {})
    widget = visit(address, before=lambda page: page.on("console", lambda line: said.append(line.text)))
    assert widget.page.get_by_role("link", name="Une question").is_visible()
    assert [line for line in said if "set the attribute server" in line]
