"""Conversations full of personal data on an assistant that logs everything: none of it is left anywhere."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Assistant, running
from tests.system.privacy import masking as measure

# Given with every message, so that a search in bytes cannot miss them.
PIECES = {
    "Wojciechowska": "je m'appelle Bronislawa Wojciechowska et j'ai perdu ma carte grise",
    "GX-741-RK": "combien coûte un duplicata pour la GX-741-RK ?",
    "8462 ZV 31": "plaque 8462 ZV 31",
    "06 47 83 29 15": "vous pouvez m'appeler au 06 47 83 29 15 ?",
    "bronia.w@exemple-courriel.fr": "mon mail : bronia.w@exemple-courriel.fr",
    "4323640562241542": "j'ai payé avec la carte 4323640562241542",
    "287066998823084": "mon numéro de sécu 287066998823084",
    "FR7642792877574476216827559": "IBAN FR7642792877574476216827559",
    "2017KW48213": "numéro de formule 2017KW48213",
    "Capucines": "j'habite 47 rue des Capucines, 35000 Rennes",
    "VF1RFB00X56789012": "VIN VF1RFB00X56789012",
    "993847265": "mon dossier n° 993847265 est bloqué",
    "Quetsche77!": "mon mot de passe est Quetsche77!",
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("debug")


@pytest.fixture(scope="module")
def talkative(state: Path) -> Iterator[Assistant]:
    """An assistant that logs at the lowest level."""
    with running(state, LOG_LEVEL="DEBUG", ASSISTANT_OPERATOR="Commune d’essai") as assistant:
        yield assistant


def left_in(state: Path, pieces: list[str]) -> list[tuple[str, str]]:
    """Each piece found in a file of the folder, as bytes or escaped as JSON does, but for longer numbers."""
    found = []
    for file in state.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for piece in pieces:
            # A confidence of 0.908173 holds the digits 90817 and no one's code.
            forms = {re.escape(piece.encode()), re.escape(json.dumps(piece)[1:-1].encode())}
            if any(re.search(rb"(?<![\d.])" + form + rb"(?!\d)", content) for form in forms):
                found.append((file.name, piece))
    return found


def test_nothing_personal_is_left_in_any_file(talkative: Assistant, state: Path) -> None:
    conversation = talkative.conversation()
    for message in PIECES.values():
        conversation.say(message)
    log = (state / "log.txt").read_text(errors="replace")
    assert "[téléphone]" in log or "t\\u00e9l" in log, "the log holds no message: this test would see nothing"
    assert left_in(state, list(PIECES)) == []


def test_the_written_set_leaves_nothing_either(talkative: Assistant, state: Path) -> None:
    outcomes = [measure.outcome(message) for message in measure.read()]
    sent = [each.message for each in outcomes if each.message.pieces and not each.left]
    conversation = talkative.conversation()
    pieces = set()
    for message in sent[::4]:
        conversation.send(message.text)
        pieces |= {message.text[start:end] for start, end in message.pieces}
    # Short or ordinary words ("Martin") stand in the assistant's own files for other reasons.
    telling = [piece for piece in pieces if len(re.findall(r"\d", piece)) >= 5 or "@" in piece]
    assert len(telling) > 30
    assert left_in(state, telling) == []


def test_what_is_thrown_by_a_hostile_message_is_not_logged(talkative: Assistant, state: Path) -> None:
    body = b'{"sender": "x", "message": {"phone": "06 47 83 29 99"}}'
    assert talkative.post("/webhooks/rest/webhook", body)[0] == 200
    assert talkative.post("/webhooks/rest/webhook", b'{"message": "06 47 83 29 99"')[0] == 200
    assert talkative.post("/feedback", b'{"reason": "06 47 83 29 99"}')[0] == 400
    assert left_in(state, ["06 47 83 29 99"]) == []


def test_the_answer_still_knows_the_old_format(talkative: Assistant) -> None:
    conversation = talkative.conversation()
    conversation.say("combien coûte un duplicata")
    assert "nouveau numéro" in conversation.say("plaque 8462 ZV 31")


def test_the_export_gives_the_masked_conversation_and_erasing_ends_it(
    talkative: Assistant, state: Path
) -> None:
    conversation = talkative.conversation()
    conversation.say("je m'appelle Bronislawa Wojciechowska, combien coûte un duplicata ?")
    address = f"{talkative.address}/conversations/{conversation.sender}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        held = json.load(answer)
    texts = [row["data"].get("text") for row in held["conversations"]]
    assert any("[nom]" in (text or "") for text in texts)
    request = urllib.request.Request(address, method="DELETE")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer) == {"erased": True}
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert json.load(answer)["conversations"] == []
    assert left_in(state, [conversation.sender]) in ([], [("log.txt", conversation.sender)])


def test_no_one_exports_a_conversation_whose_name_can_be_guessed(talkative: Assistant) -> None:
    talkative.post("/webhooks/rest/webhook", b'{"sender": "42", "message": "bonjour"}')
    assert (
        talkative.post("/sans-javascript", b"conversation=42&export=1", "application/x-www-form-urlencoded")[
            1
        ].find("bonjour")
        < 0
    )
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{talkative.address}/conversations/42", timeout=30)


def test_the_page_says_what_is_kept_and_for_how_long(talkative: Assistant) -> None:
    with urllib.request.urlopen(f"{talkative.address}/donnees-personnelles", timeout=30) as answer:
        page = answer.read().decode()
    assert "Commune d’essai est responsable" in page
    assert "30 jours après le dernier message" in page and "396 jours" in page
    assert "messagerie" not in page
    assert "les fiches à emporter données dans la conversation" in page and "est chiffrée" in page
    assert "Les réponses d’un médiateur sont masquées" in page


def test_pausing_stops_every_answer_and_keeps_nothing(talkative: Assistant, state: Path) -> None:
    conversation = talkative.conversation()
    (state / "paused").touch()
    try:
        said = conversation.say("combien coûte un duplicata")
    finally:
        (state / "paused").unlink()
    assert "maintenance" in said
    assert "13,76" in conversation.say("combien coûte un duplicata")


def test_an_announcement_stands_above_the_pages_as_plain_text(talkative: Assistant, state: Path) -> None:
    (state / "announcement.txt").write_text("Le site de l’État <b>est en panne</b>.", encoding="utf-8")
    try:
        with urllib.request.urlopen(f"{talkative.address}/sans-javascript", timeout=30) as answer:
            page = answer.read().decode()
    finally:
        (state / "announcement.txt").unlink()
    assert "Le site de l’État &lt;b&gt;est en panne&lt;/b&gt;." in page


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/sans-javascript", "/feedback", "/socket.io/?EIO=4&transport=polling"]
)
def test_a_huge_body_is_refused_on_every_route(talkative: Assistant, path: str) -> None:
    assert talkative.post(path, b"x" * 300_000)[0] in (400, 413)
