"""Splitting, formatting, the GSM alphabet and typed choices."""

from __future__ import annotations

import pytest

from bot.channels.delivery import markup
from bot.channels.delivery.button_resolution import are_numbered, meant, token
from bot.channels.delivery.rendering import ChoiceStyle, PlatformLimits, render, split
from bot.channels.platforms.sms_text import segments, to_gsm

BUTTONS = [
    {"title": "Mon prix", "payload": "/quote_fee"},
    {"title": "Mes documents", "payload": "/check_eligibility"},
    {"title": "Déclarer la perte", "payload": "/faq/declare_loss"},
]
COUNTS = [
    {"title": "Jamais", "payload": '/inform{"address_changes_before": 0}'},
    {"title": "Une ou deux fois", "payload": '/inform{"address_changes_before": 1}'},
]
PLAIN = PlatformLimits(format=markup.plain, limit=200)


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("2", "/check_eligibility"),
        (" 2. ", "/check_eligibility"),
        ("n° 2", "/check_eligibility"),
        ("numéro 2", "/check_eligibility"),
        ("le 2", "/check_eligibility"),
        ("deux", "/check_eligibility"),
        ("Le deuxième", "/check_eligibility"),
        ("la seconde", "/check_eligibility"),
        ("2ème", "/check_eligibility"),
        ("choix 2", "/check_eligibility"),
        ("l’option 3", "/faq/declare_loss"),
        ("le dernier", "/faq/declare_loss"),
        ("1er", "/quote_fee"),
        ("la première", "/quote_fee"),
        ("mon prix", "/quote_fee"),
        ("DECLARER LA PERTE !", "/faq/declare_loss"),
        ("4", None),
        ("0", None),
        ("12", None),
        ("2 ans", None),
        ("le deuxième jour", None),
        ("combien ça coûte ?", None),
        ("", None),
        ("👍", None),
    ],
)
def test_a_typed_answer_means_a_button(typed: str, payload: str | None) -> None:
    assert meant(typed, BUTTONS) == payload


def test_a_bare_number_is_an_answer_where_a_number_is_asked_for() -> None:
    assert not are_numbered(COUNTS)
    assert meant("2", COUNTS) is None
    assert meant("le deuxième", COUNTS) == COUNTS[1]["payload"]
    assert meant("jamais", COUNTS) == COUNTS[0]["payload"]


@pytest.mark.parametrize("typed", ["1", "le 1er", "un", "le premier"])
def test_a_lone_button_is_named_by_its_title_alone(typed: str) -> None:
    lone = [{"title": "Je ne sais pas", "payload": "/dont_know"}]
    assert meant(typed, lone) is None
    assert meant("je ne sais pas", lone) == "/dont_know"


def test_a_long_text_is_cut_at_sentence_ends() -> None:
    text = "Une phrase. Deux phrases ! Trois phrases ? Quatre."
    assert split(text, lambda piece: len(piece) <= 28) == [
        "Une phrase. Deux phrases !",
        "Trois phrases ? Quatre.",
    ]


def test_a_heading_stays_with_its_list() -> None:
    text = "Bonjour.\nÀ préparer :\n- la pièce d’identité\n- le justificatif"
    pieces = split(text, lambda piece: len(piece) <= 40)
    assert pieces == ["Bonjour.", "À préparer :\n- la pièce d’identité", "- le justificatif"]


def test_an_address_is_not_cut() -> None:
    address = "https://immatriculation.ants.gouv.fr/aide"
    assert address in split(f"Voir le site officiel {address} avant tout.", lambda piece: len(piece) <= 45)[1]


def test_a_word_longer_than_a_message_is_cut_all_the_same() -> None:
    assert split("a" * 25, lambda piece: len(piece) <= 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_bold_over_a_cut_is_closed_and_opened_again() -> None:
    shape = PlatformLimits(format=markup.telegram, limit=26)
    parts = render([{"text": "x", "metadata": {"body": "**Une phrase. Deux phrases.** Fin."}}], shape)
    assert "".join(part.text for part in parts).count("<b>") == "".join(part.text for part in parts).count(
        "</b>"
    )
    assert all(part.text.count("<b>") == part.text.count("</b>") for part in parts)


def test_numbers_run_through_a_turn() -> None:
    turn = [{"text": "A", "buttons": BUTTONS[:2]}, {"text": "B", "buttons": BUTTONS[2:]}]
    assert render(turn, PLAIN)[1].text.endswith("3. Déclarer la perte")
    assert meant("3", BUTTONS) == BUTTONS[2]["payload"]


def test_buttons_that_do_not_fit_are_numbered_and_none_is_lost() -> None:
    shape = PlatformLimits(format=markup.plain, limit=200, styles=(ChoiceStyle("button", 2, 20, 64, 200),))
    (part,) = render([{"text": "Que voulez-vous ?", "buttons": BUTTONS}], shape)
    assert part.choices == ()
    assert [f"{rank}. {button['title']}" in part.text for rank, button in enumerate(BUTTONS, 1)] == [True] * 3


def test_a_payload_too_long_for_the_platform_gets_a_short_name() -> None:
    style = ChoiceStyle("keyboard", 3, 20, 64, 200)
    long = {"title": "Long", "payload": "/inform" + "x" * 60}
    assert style.wire(long) == token(long["payload"])
    assert len(style.wire(long).encode()) <= 64


def test_the_source_line_follows_the_formatted_body() -> None:
    message = {
        "text": "Le prix est de 11 €.\n\nSource : la loi.",
        "metadata": {"body": "Le prix est de **11 €**."},
    }
    (part,) = render([message], PlatformLimits(format=markup.telegram, limit=200))
    assert part.text == "Le prix est de <b>11 €</b>.\n\nSource : la loi."


def test_a_table_becomes_lines_and_a_link_is_bare() -> None:
    table = "Prix :\n| Cas | Prix |\n|---|---|\n| Perte | 13,76 € |\n| Cyclomoteur | 11 € |\n[Payer](https://a.fr/x)"
    assert markup.flatten(table).splitlines() == [
        "Prix :",
        "- Perte\u00a0: Prix 13,76 €",
        "- Cyclomoteur\u00a0: Prix 11 €",
        "Payer\u00a0: https://a.fr/x",
    ]


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        (markup.telegram, "a < b & **c**", "a &lt; b &amp; <b>c</b>"),
        (markup.slack, "<!here> & **c** *d*", "&lt;!here&gt; &amp; *c* ∗d∗"),
        (markup.slack, "https://a.fr/x_y?b=1&c=2", "https://a.fr/x_y?b=1&amp;c=2"),
        (markup.whatsapp, "*a* **b** https://a.fr/x_y_z", "∗a∗ *b* https://a.fr/x_y_z"),
        (
            markup.mattermost,
            "# a_b **c** https://a.fr/x_y @all",
            "\\# a\\_b **c** https://a.fr/x_y @\u2060all",
        ),
        (markup.plain, "**a** <b>", "a <b>"),
    ],
)
def test_each_platform_has_its_own_formatting(platform, text: str, expected: str) -> None:
    assert platform(text) == expected


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("👍" * 35, "UCS-2", 70, 1),
    ],
)
def test_segments_are_counted_as_carriers_bill_them(text: str, alphabet: str, units: int, count: int) -> None:
    found = segments(text)
    assert (found.alphabet, found.units, found.count) == (alphabet, units, count)


def test_french_goes_into_the_gsm_alphabet() -> None:
    text = "« L’œuvre » coûte 13,76\u00a0€ : ça reste à vérifier… même là‑bas – 5 × 2"
    assert to_gsm(text) == '"L\'oeuvre" coute 13,76 € : ca reste à vérifier... meme là-bas - 5 x 2'
    assert segments(to_gsm(text)).alphabet == "GSM-7"
