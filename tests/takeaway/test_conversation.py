"""In the conversation: at the end of an answer a button gives the sheet, in a refusal another the letter."""

from __future__ import annotations

import datetime as dt
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from bot.nlg import french
from bot.takeaway.store import TOKEN
from tests.conftest import Assistant, Conversation

# Of late, whatever the day of the test: letters fit only within the time to appeal.
REFUSED_ON = french.date(dt.date.today() - dt.timedelta(days=20))
REFUSED = f"ma demande de duplicata est refusée, j'ai reçu le refus le {REFUSED_ON}, que faire ?"


def payloads(answer: dict[str, Any]) -> list[str]:
    return [button["payload"] for button in answer.get("buttons") or []]


def fetch(address: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode("latin-1")
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode("latin-1")


def press(conversation: Conversation, payload: str) -> dict[str, Any]:
    """The answer to a button, which was offered."""
    (answer, *_) = conversation.send(payload)
    return answer


def answered(conversation: Conversation, *messages: str) -> dict[str, Any]:
    """The last answer, once every question asked on the way has got an "I don't know"."""
    said: list[dict[str, Any]] = []
    for message in messages:
        said = conversation.send(message)
    for _ in range(12):
        if "/dont_know" not in payloads(said[-1]):
            break
        said = conversation.send("/dont_know")
    return said[-1]


@pytest.mark.parametrize(
    "messages",
    [
        ("je voudrais ma fiche à imprimer", "/quote_fee", '/inform{"plate_format": "fni"}'),
        (
            "je voudrais ma fiche à imprimer",
            "/check_eligibility",
            '/inform{"reason": "loss"}',
            '/inform{"applicant": "holder"}',
        ),
        (REFUSED,),
    ],
)
def test_each_guided_dialogue_ends_with_a_sheet_that_opens(
    assistant: Assistant, messages: tuple[str, ...]
) -> None:
    conversation = assistant.conversation()
    last = answered(conversation, *messages)
    assert "/make_sheet" in payloads(last), last["text"]
    given = press(conversation, "/make_sheet")
    downloads = given["metadata"]["downloads"]
    assert downloads[0]["url"] in given["text"], "channels without downloads need the address in the text"
    kinds = [fetch(download["url"])[:2] for download in downloads]
    assert {status for status, _ in kinds} == {200}
    assert [kind.partition(";")[0] for _, kind in kinds][:2] == ["text/html", "application/pdf"]
    assert TOKEN.fullmatch(downloads[0]["url"].rpartition("/")[2])


def test_a_refusal_ends_with_its_letters(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    assert "/write_letter" in payloads(answered(conversation, REFUSED))
    offered = press(conversation, "/write_letter")
    letter = next(payload for payload in payloads(offered) if "gracious_appeal" in payload)
    given = press(conversation, letter)
    page, file = (download["url"] for download in given["metadata"]["downloads"])
    assert page in given["text"]
    status, _, body = fetch(page)
    assert status == 200 and REFUSED_ON.encode().decode("latin-1") in body
    assert fetch(file)[0] == 200 and file.endswith(".docx")


def test_a_letter_can_be_asked_for_before_anything_is_known(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    offered = press(conversation, "écrivez-moi une lettre de recours")
    assert sum(payload.startswith("/write_letter{") for payload in payloads(offered)) == 7


def test_without_a_case_there_is_no_sheet_but_a_way_to_one(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    given = press(conversation, "je voudrais ma fiche à imprimer")
    assert "downloads" not in given["metadata"] and "/check_eligibility" in payloads(given)


def test_the_easy_wording_gives_the_easy_sheet(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    answered(conversation, REFUSED)
    conversation.send("plus simple s'il vous plaît")
    address = press(conversation, "/make_sheet")["metadata"]["downloads"][0]["url"]
    assert address.endswith("?version=simple") and "que faire" in fetch(address)[2]


def test_the_address_is_found_again_while_the_conversation_lives_and_ends_with_it(
    assistant: Assistant,
) -> None:
    conversation = assistant.conversation()
    answered(conversation, REFUSED)
    address = press(conversation, "/make_sheet")["metadata"]["downloads"][0]["url"]
    body = urllib.parse.urlencode({"conversation": conversation.sender, "message": "merci"})
    form = "application/x-www-form-urlencoded"
    _, page = assistant.post("/sans-javascript", body.encode(), form)
    assert page.count(address) > 1, "the text and the list of files hold it"

    export = f"{assistant.address}/conversations/{conversation.sender}"
    status, _, held = fetch(export)
    assert status == 200 and json.loads(held)["sheets"] == 1
    assert address.rpartition("/")[2] not in held, "what is stored holds the address in the clear"

    assert fetch(address)[0] == 200
    request = urllib.request.Request(export, method="DELETE")
    with urllib.request.urlopen(request, timeout=60):
        pass
    assert fetch(address)[0] == 404


def test_two_conversations_get_two_addresses(assistant: Assistant) -> None:
    addresses = set()
    for _ in range(2):
        conversation = assistant.conversation()
        answered(conversation, REFUSED)
        addresses |= set(re.findall(r"/fiche/([\w-]+)", press(conversation, "/make_sheet")["text"]))
    assert len(addresses) == 2
