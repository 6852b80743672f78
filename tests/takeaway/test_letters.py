"""Letters: those that the stage of the case calls for, drafted with what is known, blank where it is not."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from docx import Document

from bot.law.parameters import cite
from bot.takeaway.answers import answers
from bot.takeaway.case import SheetCase, kept
from bot.takeaway.letter import BLANK, Letter, plain
from bot.takeaway.letters import NAMES, draft, fitting
from tests.takeaway.conftest import CASES, NOW, World

ARTICLE = re.compile(r"\bart\.\u00a0[LR]?\d+")
UNDATED = re.compile(r"\[date du (?:refus|recours)\]")


def case_of(name: str) -> SheetCase:
    facts, guide, _ = CASES[name]
    return SheetCase(kept(facts), guide, NOW.date())


def drafted(name: str, case: str, sentences) -> Letter:
    return draft(name, case_of(case), sentences, NOW.date())


@pytest.mark.parametrize("case", CASES)
def test_each_stage_offers_its_letters(case: str) -> None:
    assert fitting(answers(case_of(case), NOW.date())) == CASES[case][2]


@pytest.mark.parametrize("case", CASES)
def test_every_letter_can_be_written_whatever_the_case(case: str, sentences) -> None:
    for name in NAMES:
        text = drafted(name, case, sentences).text()
        assert "{" not in text and "ne sont pas lisibles" not in text, name
        assert ARTICLE.search(text), f"{name} names no article"
        assert "[vos prénom et nom]" in text


def test_the_day_of_the_refusal_is_written_where_it_is_known(sentences) -> None:
    for name in ("gracious_appeal", "hierarchical_appeal", "reasons"):
        assert "reçue le 3 novembre 2026" in drafted(name, "refused", sentences).text()
        assert "[date du refus]" in drafted(name, "refused, day unknown", sentences).text()
    assert (
        "Le 10 septembre 2026"
        in drafted("reasons_of_silence", "appeal rejected by silence", sentences).text()
    )
    assert UNDATED.search(drafted("reasons_of_silence", "refused", sentences).text())


def test_the_appeal_met_with_silence_is_not_the_one_that_was_answered(sentences) -> None:
    days = {
        "refused_on": "2026-07-01",
        "gracious_appeal_on": "2026-08-15",
        "hierarchical_appeal_on": "2026-08-20",
    }
    answered = {**days, "gracious_answer_on": "2026-09-30"}
    both, one = (
        draft(
            "reasons_of_silence", SheetCase(kept(facts), "remedy", NOW.date()), sentences, NOW.date()
        ).text()
        for facts in (days, answered)
    )
    assert "15 août 2026" in both
    assert "15 août 2026" not in one and "[date du recours]" in one


def test_an_appeal_claims_to_be_in_time_only_on_that_condition(sentences) -> None:
    assert (
        "S’il est formé dans le délai" in drafted("gracious_appeal", "refused, day unknown", sentences).text()
    )


def test_the_last_day_is_told_where_it_is_known(sentences) -> None:
    def how(case: str) -> str:
        return "\n".join(map(plain, drafted("gracious_appeal", case, sentences).how))

    assert "au plus tard le 3 janvier 2027" in how("refused")
    assert "au plus tard" not in how("refused, day unknown")


def test_what_speaks_for_the_person_comes_from_the_decision(sentences) -> None:
    for_the_person = drafted("gracious_appeal", "refused", sentences).text()
    assert "le contrôle technique du véhicule est valable" in for_the_person
    assert "perdue" in for_the_person
    nothing_known = drafted("gracious_appeal", "refused, day unknown", sentences).text()
    assert "contrôle technique" not in nothing_known and "Voici ce qui me permet" not in nothing_known
    assert "[perdue, volée ou abîmée]" in nothing_known


def test_a_letter_invokes_law_and_no_commercial_page(sentences) -> None:
    for name in NAMES:
        found = sentences.variation(f"utter_letter_{name}", {}, "")["metadata"]["sources"]
        laws = [reference for reference in found if cite(reference).source.authority == "law"]
        assert laws, name
        shown = drafted(name, "refused", sentences).text()
        assert all(cite(reference).source.title in shown for reference in laws), name
        assert not re.search(r"LegalPlace|Carte-Grise\.org|Service-Public", shown)


def test_the_ministry_is_written_to_by_post_and_its_address_is_linked(sentences) -> None:
    letter = drafted("hierarchical_appeal", "refused", sentences)
    assert "Délégation à la sécurité routière" in "".join(map(plain, letter.recipient))
    assert [piece for line in letter.how for piece in line if piece.kind == "link"]


def test_nothing_personal_is_in_a_letter_but_blanks(sentences) -> None:
    letter = drafted("hierarchical_appeal", "refused", sentences)
    assert {"vos prénom et nom", "votre adresse", "votre plaque", "votre numéro de dossier"} <= set(
        letter.blanks()
    )
    # Out of the brackets there is no word for a name, only what the case holds.
    assert "Madame, Monsieur" in BLANK.sub("", letter.text())


def test_an_unknown_letter_is_refused(sentences) -> None:
    with pytest.raises(KeyError):
        drafted("love_letter", "refused", sentences)


def test_the_file_holds_the_whole_letter(world: World, sentences) -> None:
    answer = world.pages.letter(world.make("refused"), "hierarchical_appeal.docx")
    properties = Document(io.BytesIO(answer.body)).core_properties
    assert (dt.datetime.now(dt.UTC) - properties.created.replace(tzinfo=dt.UTC)).days == 0
    with zipfile.ZipFile(io.BytesIO(answer.body)) as file:
        assert [name for name in file.namelist() if "thumbnail" in name] == []
    assert answer.status == 200 and answer.content_type.endswith("wordprocessingml.document")
    document = Document(io.BytesIO(answer.body))
    written = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    letter = drafted("hierarchical_appeal", "refused", sentences)
    expected = [*letter.sender, *letter.recipient, letter.place, letter.subject]
    assert written == [plain(line) for line in (*expected, *(part.line for part in letter.body))]
    assert document.core_properties.title == letter.title and document.core_properties.author == ""
    blanks = {run.text for part in document.paragraphs for run in part.runs if run.font.highlight_color}
    assert blanks == {f"[{blank}]" for blank in letter.blanks()}
    # Nothing of the library's own template: a date of 2013, a picture of its page.
    assert document.core_properties.created.year == dt.datetime.now(dt.UTC).year
    assert not [name for name in zipfile.ZipFile(io.BytesIO(answer.body)).namelist() if "thumbnail" in name]
