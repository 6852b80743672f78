"""Each rule about sentences finds a sentence that breaks it, and nothing in one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sentence_rules import RULES, Response

SOURCE = "code_route:R322-3"


def _answer(text: str, *others: dict[str, Any], **standard: Any) -> Response:
    standard.setdefault("metadata", {"sources": [SOURCE]})
    return Response("loss.yml", "utter_faq/loss.written_here", ({"text": text, **standard}, *others))


def _said(text: str, file: str = "common.yml", **standard: Any) -> Response:
    return Response(file, "utter_written_here", ({"text": text, **standard},))


def _short(text: str) -> dict[str, Any]:
    return {"text": text, "condition": [{"type": "slot", "name": "wording", "value": "short"}]}


def _button(title: str, payload: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": payload}]


GOOD = _answer(
    "Oui\u00a0: déclarez la perte, puis demandez un «\u00a0duplicata\u00a0», à {fees.forwarding_fee}.",
    _short("Déclarez la perte."),
    buttons=_button("J’ai perdu ma carte", '/inform{"reason": "loss"}'),
)
BAD: dict[str, list[Response]] = {
    "types_no_value": [
        _said("Cela coûte 13 euros."),
        _said("Un timbre en €."),
        _said("Voyez www.ants.gouv.fr."),
        _said("Voyez https://ants.gouv.fr."),
    ],
    "names_values_that_exist": [
        _said("Cela coûte {fees.nothing}."),
        _said("Cela coûte {quotes.nothing}."),
        _said("Cela coûte {Total}."),
        _said("Le {day:dated}."),
        _said("Cela coûte {sum}.", "quote.yml"),
    ],
    "cites_known_sources": [_said("Oui.", metadata={"sources": ["nowhere:1"]})],
    "rests_on_a_text": [_answer("Oui.", metadata={}), _said("Oui.", "remedies.yml")],
    "cites_no_shop_beside_an_official_text": [
        _answer("Oui.", metadata={"sources": ["legalplace_delays", SOURCE]})
    ],
    "can_be_written_in_every_wording": [
        _answer("Le {day:date}."),
        _answer("Une Source.", metadata={"sources": ["legalplace_delays"]}),
        _answer("Oui.", _short("Oui. " * 70)),
    ],
    "has_buttons_that_lead_somewhere": [
        _said("Oui\u00a0?", buttons=_button("Une carte grise perdue", "/affirm")),
        _said("Oui\u00a0?", buttons=_button(" ", "/affirm")),
        _said("Oui\u00a0?", buttons=_button("Oui", "/nowhere")),
        _said("Oui\u00a0?", buttons=_button("Oui", "affirm")),
        _said("Oui\u00a0?", buttons=_button("Oui", "/affirm") * 2),
    ],
    "tells_facts_that_can_be_told_back": [
        _said("Oui\u00a0?", buttons=_button("Mangée", '/inform{"reason": "eaten"}'))
    ],
    "is_typeset_in_french": [
        _said("L'oubli."),
        _said('Le mot "oubli".'),
        _said("L’ oubli."),
        _said("Oui !"),
        _said("Oui!"),
        _said("Le mot « oubli\u00a0»."),
        _said("Deux choses : ceci."),
        _said("Un\n\ndeux."),
        _said(" "),
    ],
    "speaks_to_the_person": [
        _said("Nous n’avons trouvé aucun texte qui fixe ce délai."),
        _said("Un site privé annonce quinze jours."),
        _said("Ce numéro est à vérifier."),
        _said("Aucune page officielle lue ne donne ce total."),
    ],
    "is_short": [_answer("mot " * 91), _answer("Oui.", _short("mot " * 79))],
}


def test_every_rule_is_tried() -> None:
    assert BAD.keys() == RULES.keys()
    assert all(BAD.values())


@pytest.mark.parametrize(
    ("name", "response"), [(name, response) for name, broken in BAD.items() for response in broken]
)
def test_a_rule_finds_what_breaks_it(name: str, response: Response) -> None:
    assert list(RULES[name](response))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_nothing_in_a_good_sentence(name: str) -> None:
    assert not list(RULES[name](GOOD))
