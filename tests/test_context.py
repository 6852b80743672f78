"""A message read where the conversation stands: its manner, its short questions, its several questions."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.context import Context, interpret
from bot.nlu.lexicon import follow_ups
from bot.nlu.manner import Manner, manner_of
from bot.nlu.several import MAX_CUTS, cuts_of, questions_in
from bot.nlu.text import normalise
from tests.sentence_rules import INTENTS

AFTER_A_PRICE = Context(last={"guide": "price"}, known={"plate_format": "siv", "region": "bretagne"})
IN_A_DIALOGUE = Context(asked="vehicle_stolen", guided="eligibility", known={"reason": "loss"})


def read(text: str, context: Context, intent: str = "nlu_fallback", **told: Any) -> dict[str, Any]:
    entities = [{"entity": name, "value": value, "start": 0, "end": 1} for name, value in told.items()]
    parse = {"text": text, "intent": {"name": intent, "confidence": 0.3}, "entities": entities}
    interpret(parse, context)
    return parse


def question_of(parse: dict[str, Any]) -> str | None:
    return parse["intent"].get("full_retrieval_intent_name")


def test_an_answer_read_as_another_subject_is_not_understood_rather_than_answered() -> None:
    read_as = {"response": {"intent_response_key": "faq/out_of_scope.parking_permit"}}
    parse = {"text": "bleu foncé", "intent": {"name": "faq", "confidence": 0.9}, "entities": []}
    parse["response_selector"] = {"faq": read_as}
    interpret(parse, Context(asked="plate_format", guided="price"))
    assert parse["intent"]["name"] == "nlu_fallback"


def test_bare_facts_after_an_answer_complete_it_where_no_question_is_sure() -> None:
    after = Context(last={"question": "faq/cost"})
    assert read("ancienne plaque, elle est perdue", after, "faq", reason="loss")["intent"]["name"] == "inform"
    assert read("elle est perdue, que faire ?", after, "faq", reason="loss")["intent"]["name"] == "faq"


@pytest.mark.parametrize(
    ("message", "manner"),
    [
        ("et si c’est volé ?", Manner.SUPPOSITION),
        ("et en Bretagne ?", Manner.SUPPOSITION),
        ("supposons que ce soit une moto", Manner.SUPPOSITION),
        ("je me suis trompé de région", Manner.MISTAKE),
        ("jme sui trompé", Manner.MISTAKE),
        ("ce n'est pas ça", Manner.MISTAKE),
        ("non, en fait c’est une ancienne plaque", Manner.CORRECTION),
        ("finalement je l’ai retrouvée", Manner.CORRECTION),
        ("ah non volée", Manner.CORRECTION),
        ("faut-il déclarer un vol ?", Manner.QUESTION),
        ("je voudrais savoir le prix", Manner.QUESTION),
        ("j’ai perdu ma carte grise dans le train", Manner.STATEMENT),
        ("non merci", Manner.STATEMENT),
    ],
)
def test_the_manner_of_a_message_shows(message: str, manner: Manner) -> None:
    assert manner_of(normalise(message)) is manner


@pytest.mark.parametrize(
    ("message", "last", "label"),
    [
        ("combien ?", "faq/declare_theft", "faq/cost"),
        ("et combien ?", "faq/plate_format_change", "faq/plate_format_change.price"),
        ("combien de temps ?", "faq/request_duplicate", "faq/delay_delivery"),
        ("où ?", "faq/declare_theft", "faq/declare_theft.where"),
        ("et où ?", "faq/declare_loss", "faq/declare_loss.where"),
        ("quels papiers ?", "faq/minor", "faq/minor.documents"),
        ("comment ?", "faq/declare_theft", "faq/declare_theft"),
        ("qui ?", "faq/company_vehicle", "faq/company_vehicle.who_signs"),
    ],
)
def test_a_short_question_is_about_the_last_topic(message: str, last: str, label: str) -> None:
    assert question_of(read(message, Context(last={"question": last}))) == label


def test_a_short_question_out_of_any_conversation_stays_as_it_was_read() -> None:
    assert read("où ?", Context())["intent"]["name"] == "nlu_fallback"


def test_the_questions_meant_by_short_ones_exist() -> None:
    rules = follow_ups()
    labels = {question.default for question in rules.asked.values()}
    labels |= {label for question in rules.asked.values() for label in question.after.values()}
    for cases in rules.for_another_case.values():
        labels |= {label for values in cases.values() for label in values.values()}
    assert labels <= INTENTS


def test_another_case_after_a_computed_answer_is_compared() -> None:
    parse = read("et si la plaque est ancienne ?", AFTER_A_PRICE, "faq", plate_format="fni")
    assert parse["intent"]["name"] == "what_if"


def test_another_case_after_a_question_is_the_question_that_it_makes() -> None:
    after = Context(last={"question": "faq/technical_inspection"})
    parse = read("et pour un scooter ?", after, "inform", vehicle_kind="motorcycle")
    assert question_of(parse) == "faq/technical_inspection.two_wheels"


def test_a_mistake_without_a_value_names_its_fact() -> None:
    parse = read("je me suis trompé de région", AFTER_A_PRICE)
    assert parse["intent"]["name"] == "correct_fact"
    assert {"corrected": "region"}.items() <= {e["entity"]: e["value"] for e in parse["entities"]}.items()


def test_a_mistake_in_the_file_is_no_mistake_in_the_conversation() -> None:
    parse = read("il y a une erreur de saisie sur ma carte", Context(), "faq")
    assert parse["intent"]["name"] == "faq"


def test_a_mistake_with_its_value_is_told() -> None:
    parse = read("je me suis trompé, c’est la Corse", AFTER_A_PRICE, "faq", region="corse")
    assert parse["intent"]["name"] == "inform"


def test_a_statement_in_a_dialogue_is_told_and_a_question_asked() -> None:
    told = read("on me l’a volée hier à la gare", IN_A_DIALOGUE, "faq", reason="theft")
    asked = read("faut-il déclarer un vol ?", IN_A_DIALOGUE, "faq", reason="theft")
    assert (told["intent"]["name"], asked["intent"]["name"]) == ("inform", "faq")


@pytest.mark.parametrize(
    ("message", "intent"),
    [("oui", "affirm"), ("non pas du tout", "deny"), ("je sais pas", "dont_know"), ("jsp", "dont_know")],
)
def test_yes_no_and_not_knowing_answer_the_question_asked(message: str, intent: str) -> None:
    assert read(message, IN_A_DIALOGUE, "thank")["intent"]["name"] == intent


def test_a_correction_that_begins_with_no_answers_nothing() -> None:
    context = Context(asked="moved", guided="eligibility", known={"plate_format": "siv"})
    parse = read("non en fait c’est une ancienne plaque", context, "deny", plate_format="fni")
    assert parse["intent"]["name"] == "inform" and parse["manner"] == "correction"


@pytest.mark.parametrize(
    ("message", "intent"), [("garde ce cas", "affirm"), ("revenir", "deny"), ("oui", "affirm")]
)
def test_a_choice_offered_is_taken_or_left(message: str, intent: str) -> None:
    context = Context(last={"guide": "price"}, offered=True)
    assert read(message, context)["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "combien ça coûte et combien de temps faut-il ?",
            ("combien ça coûte", "combien de temps faut-il ?"),
        ),
        (
            "où déclarer la perte ? et je peux rouler en attendant ?",
            ("où déclarer la perte ?", "et je peux rouler en attendant ?"),
        ),
        (
            "J’ai perdu ma carte grise. Quel est le prix ? Quels papiers faut-il ?",
            ("J'ai perdu ma carte grise Quel est le prix ?", "Quels papiers faut-il ?"),
        ),
        ("c combien et comment je fais", ("c combien", "comment je fais")),
    ],
)
def test_two_questions_are_told_apart(message: str, parts: tuple[str, ...]) -> None:
    assert questions_in(normalise(message)) == parts


@pytest.mark.parametrize(
    "message",
    [
        "combien coûte un duplicata ?",
        "j’ai perdu ma carte grise et mon permis, que faire ?",
        "ma mère et moi avons déménagé, il faut quoi ?",
        "bonjour",
        "mon mari a égaré la carte. " * 12 + "que faire ? et combien ça coûte ?",
    ],
)
def test_one_question_or_a_long_story_stays_whole(message: str) -> None:
    assert questions_in(normalise(message)) == ()


@pytest.mark.parametrize(
    ("message", "likeliest"),
    [
        (
            "je paye combien et ça arrive quand à la maison",
            ("je paye combien", "ça arrive quand à la maison"),
        ),
        ("papiers pour la moto de mon fils, sinon le prix", ("papiers pour la moto de mon fils", "le prix")),
        (
            "c'est bloquant ou pas ? puis l'assurance, je la coupe",
            ("c'est bloquant ou pas", "l'assurance, je la coupe"),
        ),
    ],
)
def test_a_message_may_be_cut_where_another_request_can_begin(
    message: str, likeliest: tuple[str, str]
) -> None:
    assert likeliest in cuts_of(normalise(message))


@pytest.mark.parametrize(
    "message", ["combien et quand ?", "carte perdue", "je voudrais un duplicata pour ma voiture"]
)
def test_a_short_message_or_one_without_a_joint_is_not_cut(message: str) -> None:
    assert cuts_of(normalise(message)) == ()


def test_what_is_told_before_a_question_is_no_request_of_its_own() -> None:
    assert cuts_of(normalise("le facteur est passé ce matin, je dois signer ?")) == ()


def test_no_message_is_cut_in_more_ways_than_allowed() -> None:
    message = "alors la carte, les plaques, le prix, les délais, la poste, les papiers, le site et tout ça"
    assert len(cuts_of(normalise(message))) == MAX_CUTS
