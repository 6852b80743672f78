"""What is made of a text: blocks in an answer, personal data in a question."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from pathlib import Path

import pytest
import yaml

from bot.law import plates
from bot.nlg import formatting
from bot.privacy import browser, masking
from tests.system.privacy import masking as measure
from tests.widget.conftest import node

CASES = Path(__file__).resolve().parents[1] / "cases" / "plates.yml"
PLATES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
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
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[1], "utf8")).map(inspect)));"""
# Invented numbers as groups, and what people put between the groups.
NUMBERS = {
    "plate": [("AB", "123", "CD"), ("1234", "AB", "56"), ("WW", "123", "AB"), ("AA", "123", "B")],
    "phone": [("06", "12", "34", "56", "78"), ("01", "45", "67", "89", "10")],
    "card": [("4323", "6405", "6224", "1542")],
    "social": [("1", "93", "08", "75", "680", "499", "48")],
    "iban": [("FR76", "7488", "8515", "9045", "8474", "4529", "003")],
    "formula": [("2013", "AB", "12345")],
}
SIGNS = [
    *(" ", "-", "", ".", "_", "/", "\u00b7", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212"),
    *("\u00a0", "\u202f", "\u200b", "\ufeff", "\t", " - ", "\uff0d"),
]
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~"))})
SEPARATED = [
    (kind, f"pour mon scooter : {sign.join(groups)}, merci")
    for kind, written in NUMBERS.items()
    for groups in written
    for sign in SIGNS
]
ADDRESSES = [
    "jean.dupont@gmail.com",
    "jean.dupont\uff20gmail.com",
    "jean\u200b.dupont@gmail.com",
    "jean_dupont@gmail\uff0ecom",
    "jean.dupont @ gmail . com",
    "jean (at) gmail.com",
    "jean point dupont arobase gmail point com",
    "quelqu-un@exemple.fr",
    "prenom_nom@mairie-exemple.gouv.fr",
]
MASKED = {
    "ma plaque AB-123-CD est à moi": "plate",
    "plaque ab123cd": "plate",
    "plaque ab 123 cd": "plate",
    "AB 123 CD": "plate",
    "WW-456-ZZ": "plate",
    "1234 XY 75": "plate",
    "987-ABC-2A": "plate",
    "mon scooter A-12-B": "plate",
    "cyclo plaque A 12 B": "plate",
    "A 123 B": "plate",
    "plaque AB/123/CD": "plate",
    "carte 4970 1012 3456 7890": "card",
    "carte 4111 1111 1111 1111 svp": "card",
    "4111-1111-1111-1111": "card",
    "iban FR76 3000 6000 0112 3456 7890 189": "iban",
    "numéro de formule 2015AB12345": "formula",
    "sécu 1 85 05 78 006 084 91": "social",
    "vin VF1RFB00X56789012": "vin",
    "écrivez à quelqu-un@exemple.fr merci": "email",
    "mon numéro 06 12 34 56 78": "phone",
    "+32 475 12 34 56": "phone",
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
    "A 10 B",
    "A 6 ou D 12",
    "12 x 37",
    "mon scooter a 50 L de coffre",
    "ma Seat Leon de 2015",
]
LIKELY = {
    "je m’appelle Camille": "name",
    "j’habite 12 rue des Lilas": "address",
    "née le 3 mars": "birth",
}


def inspected(texts: list[str]) -> list[dict]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(json.dumps(texts))
        file.flush()
        return json.loads(node(INSPECT, file.name))


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


def masked_by_the_server(text: str) -> str:
    """The text with the kinds masked that the widget masks too."""
    plain = masking.plain_text(text)
    found = [each for each in masking.find(text) if each.kind in browser.KINDS]
    for each in reversed(found):
        plain = plain[: each.start] + masking.replacement(each) + plain[each.end :]
    return plain if found else text


def test_a_masked_plate_keeps_its_format_for_the_answer() -> None:
    before = ["AB-123-CD", "WW-456-ZZ", "5678 XY 33", "A-12-B", "W-123-ABC"]
    for text, found in zip(before, inspected(before), strict=True):
        (mask,) = masking.plate_formats(found["sent"])
        assert mask.format == plates.recognise(text).value


def test_the_widget_masks_what_the_server_masks_and_nothing_else() -> None:
    written = [message.text for message in measure.read()]
    of_plates = [text for name in ("none", "unknown") for text in (PLATES | PLATES["typed"])[name]]
    separated = [text for _, text in SEPARATED]
    wide = [text.translate(WIDE) for text in separated]
    texts = [*written, *of_plates, *separated, *wide, *ADDRESSES, *MASKED, *LEFT, *TEXTS]
    assert len(texts) >= 150
    found = zip(texts, inspected(texts), strict=True)
    differ = {text: each["sent"] for text, each in found if each["sent"] != masked_by_the_server(text)}
    assert differ == {}


def test_no_sign_between_the_groups_hides_a_number() -> None:
    for (kind, text), found in zip(SEPARATED, inspected([text for _, text in SEPARATED]), strict=True):
        assert (found["masked"], re.search(r"\d", found["sent"])) == ([kind], None), text


def test_the_widget_has_the_expressions_of_the_server() -> None:
    assert browser.FILE.read_text(encoding="utf-8") == browser.written()


@pytest.mark.parametrize("expression", [r"(?P<a>x)(?P=a)", r"(?x) a", r"[\W]", r"a\Z"])
def test_an_expression_that_javascript_lacks_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="class|counterpart"):
        browser.javascript(re.compile(expression))


def test_ordinary_words_and_figures_are_left_alone() -> None:
    for text, found in zip(LEFT, inspected(LEFT), strict=True):
        assert (found["sent"], found["masked"], found["likely"]) == (text, [], []), text


def test_likely_personal_data_is_pointed_at_and_left() -> None:
    for (text, kind), found in zip(LIKELY.items(), inspected(list(LIKELY)), strict=True):
        assert (found["sent"], found["likely"]) == (text, [kind]), text
