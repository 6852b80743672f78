"""What is made of a text: blocks in an answer, personal data in a question."""

from __future__ import annotations

import dataclasses
import json

import pytest

from bot.law import plates
from bot.nlg import formatting
from tests.widget.conftest import node

TEXTS = [
    "Une phrase.",
    "**Gras** et https://www.service-public.fr/particuliers/vosdroits/F1726.",
    "Le détail :\n- Taxe fixe : 11 €\n- Envoi : 2,76 €\nFin.",
    "- Taxe : 1 234,56 €",
    "Liste :\n- un\n- deux : 3 €\nsuite",
    "1. Un\n2. Deux\nÀ savoir :\n- a\n- b",
    "Voir (https://a.example/x?y=1&z=2), puis « https://b.example ».",
    "**Détail** :\n- Taxe fixe : 11 €",
    "  \n\nUn\n\n\nDeux  ",
    "2026. Une année\n** **\n****\nhttps://",
    "",
]
BLOCKS = """import { blocks } from "./src/format.js";
console.log(JSON.stringify(JSON.parse(process.argv[1]).map(blocks)));"""
INSPECT = """import { inspect } from "./src/personal_data.js";
console.log(JSON.stringify(JSON.parse(process.argv[1]).map(inspect)));"""
MASKED = {
    "ma plaque AB-123-CD est à moi": "plate",
    "plaque ab123cd": "plate",
    "AB 123 CD": "plate",
    "WW-456-ZZ": "plate",
    "1234 XY 75": "plate",
    "987-ABC-2A": "plate",
    "carte 4970 1012 3456 7890": None,
    "carte 4111 1111 1111 1111 svp": "card",
    "4111-1111-1111-1111": "card",
    "iban FR76 3000 6000 0112 3456 7890 189": "iban",
    "numéro de formule 2015AB12345": "formula",
    "sécu 1 85 05 78 006 084 91": "social",
    "vin VF1RFB00X56789012": "vin",
    "écrivez à quelqu-un@exemple.fr merci": "email",
}
LEFT = [
    "j’ai fait environ de 100 km",
    "le 12 mai 2026",
    "le 12 MAI 26",
    "du 300 km",
    "1500 EUR 13",
    "appelez le 3939",
    "le formulaire 13753",
    "R322-10 et L421-38",
    "13,76 € ou 2,76 €",
    "département 2A, en 2015",
    "ANTS et SIV",
    "dossier 123456789012",
]
LIKELY = {
    "mon numéro 06 12 34 56 78": "phone",
    "je m’appelle Camille": "name",
    "j’habite 12 rue des Lilas": "address",
    "née le 3 mars": "birth",
    "plaque ab 123 cd": "plate",
}


def inspected(texts: list[str]) -> list[dict]:
    return json.loads(node(INSPECT, json.dumps(texts)))


def test_both_pages_cut_a_text_alike() -> None:
    in_widget = json.loads(node(BLOCKS, json.dumps(TEXTS)))
    for text, found in zip(TEXTS, in_widget, strict=True):
        expected = [dataclasses.asdict(block) for block in formatting.blocks(text)]
        shown = [{"title": "", **block} for block in found]
        assert json.loads(json.dumps(expected)) == shown, text


def test_prices_are_a_table_announced_by_the_paragraph_before() -> None:
    (table, end) = formatting.blocks("Le détail :\n- Taxe fixe : 11 €\n- Envoi : 2,76 €\nFin.")
    assert (table.kind, table.title, table.rows) == (
        "prices",
        "Le détail",
        (("Taxe fixe", "11 €"), ("Envoi", "2,76 €")),
    )
    assert end.kind == "paragraph"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "", None, 3])
def test_only_addresses_become_links(value: object) -> None:
    assert not formatting.is_address(value)


def test_certain_personal_data_is_masked_before_it_is_sent() -> None:
    for (text, kind), found in zip(MASKED.items(), inspected(list(MASKED)), strict=True):
        assert found["masked"] == ([kind] if kind else []), text
        if kind:
            assert found["sent"] != text and found["shown"] != text
            assert not any(digits in found["sent"] for digits in ("456", "1111", "987", "3000", "AB12345"))


def test_a_masked_plate_keeps_its_format_for_the_answer() -> None:
    before = ["AB-123-CD", "WW-456-ZZ", "5678 XY 33"]
    for text, found in zip(before, inspected(before), strict=True):
        assert plates.recognise(found["sent"]) == plates.recognise(text) != plates.PlateFormat.UNKNOWN


def test_ordinary_words_and_figures_are_left_alone() -> None:
    for text, found in zip(LEFT, inspected(LEFT), strict=True):
        assert (found["sent"], found["masked"], found["likely"]) == (text, [], []), text


def test_likely_personal_data_is_pointed_at_and_left() -> None:
    for (text, kind), found in zip(LIKELY.items(), inspected(list(LIKELY)), strict=True):
        assert (found["sent"], found["likely"]) == (text, [kind]), text
