"""What can be said of an answer by itself, and which passage is near to a question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.evaluation.in_process import AssistantHere, assistant_in
from bot.nlg.passages import beginning_with, passages, sentences
from bot.nlg.sentences import Sentences

ANSWER = """Le certificat provisoire remplace la carte pendant {deadlines.provisional_certificate}.
Il s’affiche à la fin de la demande. Imprimez-le : l’écran du téléphone n’est pas prévu.
Vous ne le retrouvez pas ?
1. Reconnectez-vous au téléservice : {contacts.online_service}
2. Toujours rien ? Écrivez à France Titres.
Vous pouvez rouler avec :
- la déclaration de perte
- le certificat provisoire
Trois cas à part :
- **Carte plastifiée** : demandez un duplicata.
- **Carte scotchée** : refaites-la."""


LINES = ANSWER.splitlines()


def said(rank: int) -> list[str]:
    """The lines of the passage of that rank."""
    return [LINES[line] for line in passages(ANSWER)[rank].lines]


def test_a_paragraph_is_a_passage() -> None:
    assert said(1) == [LINES[1]]


def test_a_question_goes_with_the_steps_that_answer_it() -> None:
    assert said(2) == LINES[2:5]


def test_rows_that_continue_their_introduction_stay_with_it() -> None:
    assert said(3) == LINES[5:8]


def test_rows_that_stand_by_themselves_are_passages() -> None:
    assert [said(4), said(5)] == [[LINES[9]], [LINES[10]]]


def test_a_heading_alone_is_in_no_passage() -> None:
    assert LINES.index("Trois cas à part :") not in {line for one in passages(ANSWER) for line in one.lines}


def test_an_answer_that_begins_with_a_passage_says_everything_once() -> None:
    begun = beginning_with(ANSWER, passages(ANSWER)[5]).splitlines()
    assert begun == ["**Carte scotchée** : refaites-la.", *LINES[:10]]


def test_steps_stay_in_their_order() -> None:
    steps = "Faites ceci sans attendre.\n1. Portez plainte.\n2. Prévenez votre assureur."
    assert beginning_with(steps, passages(steps)[2]).splitlines() == [
        "Prévenez votre assureur.",
        *steps.splitlines(),
    ]


def test_each_line_is_in_one_passage_at_most() -> None:
    lines = [line for passage in passages(ANSWER) for line in passage.lines]
    assert len(lines) == len(set(lines))


def test_sentences_are_compared_without_marks_and_values() -> None:
    found = sentences(ANSWER, passages(ANSWER)[2])
    assert found[1].startswith("Reconnectez-vous au téléservice") and "{" not in found[1]
    assert sentences(ANSWER, passages(ANSWER)[4]) == ("Carte plastifiée : demandez un duplicata.",)


@pytest.mark.parametrize("text", ["", "Bonjour.", "Quoi ?"])
def test_what_says_too_little_has_no_passage(text: str) -> None:
    assert passages(text) == ()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistantHere]:
    with assistant_in(tmp_path_factory.mktemp("passages")) as started:
        yield started


def said_with(passage: int) -> str:
    written = Sentences({"utter_x": [{"text": ANSWER.replace("{contacts.online_service}", "ici")}]})
    found = written.render("utter_x", {}, "rest", {"passage": passage})
    assert found
    return str(found["text"])


def test_a_sentence_begins_with_the_passage_wanted_and_is_whole_where_a_newer_one_has_no_such_passage() -> (
    None
):
    assert said_with(5).startswith("Carte scotchée")
    assert said_with(99).startswith("Le certificat provisoire remplace")


def test_an_answer_asked_on_begins_with_what_is_asked(here: AssistantHere) -> None:
    person = here.conversation()
    first = person.send("mon cpi est imprimé")[0]["text"]
    second = person.send("je le montre sur mon téléphone ça passe ?")[0]["text"]
    assert "téléphone n’est pas prévu" in second.splitlines()[0]
    assert "téléphone n’est pas prévu" not in first.splitlines()[0]
