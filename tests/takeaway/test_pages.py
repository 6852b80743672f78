"""What the addresses of a sheet answer: French, safe, secret, and the same page wherever nothing is."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.takeaway import letters
from bot.takeaway.pages import HEADERS, Answer
from tests.takeaway.conftest import CASES, KEEP_FOR, World, text
from tests.test_guides import NO_DUPLICATE

VERSIONS = (None, "simple")
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.S)
# An address is no French.
ADDRESSES = re.compile(r"\S+\.(?:fr|org)\S*|https?:\S+")
# The days that the sheet shows, in the order of the page.
DAYS = re.compile(r'<td class="value">(\d+(?:er)? \w+ \d{4})(?: \(passé\)|\. [^<]+)?</td>')


def words(html: str) -> str:
    """What a reader sees of a page, without addresses."""
    return ADDRESSES.sub("", unescape(TAGS.sub("\n", html)))


def section(html: str, code: str) -> str:
    """A section of the sheet; "" where it has none of that code."""
    found = re.search(rf'<section class="{code}".*?</section>', html, re.S)
    return found[0] if found else ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_every_case_gives_a_sheet_in_both_versions(world: World, case: str, version: str | None) -> None:
    shown = words(world.html(case, version))
    assert "Fiche faite le 22 novembre 2026" in shown or "faite le 22 novembre 2026" in shown
    assert re.search(r"(?:version|fiche|page) du \d\d/\d\d/\d{4}", shown) and "vérifié le" not in shown
    assert "{" not in shown and "utter_" not in shown and "ne sont pas lisibles" not in shown


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_the_typography_of_a_sheet_is_french(world: World, case: str, version: str | None) -> None:
    check_typography(words(world.html(case, version)))


@pytest.mark.parametrize("case", CASES)
def test_the_typography_of_a_letter_is_french(world: World, case: str) -> None:
    token = world.make(case)
    for name in letters.NAMES:
        check_typography(words(text(world.pages.letter(token, name))))


def check_typography(shown: str) -> None:
    assert not re.search(r"[^\n]{0,30}(?:[ \u2009](?=[:;?!»€%])|« )", shown)
    assert not re.search(r"[^\n]{0,30}[^\s\u00a0(][;?!»€]", shown)
    assert not re.search(r"\d\.\d\d\b(?!\.)", shown), "a decimal point"
    assert "'" not in shown


def test_each_wording_has_its_own_page(world: World) -> None:
    standard, easy = world.html("stolen card"), world.html("stolen card", "simple")
    assert "À faire, dans l’ordre" in standard and "Ce que vous devez faire" in easy
    assert "Attendez la carte. Elle vient par La Poste." in easy and "lettre suivie" not in easy


def test_a_price_stands_with_its_lines_and_total(world: World) -> None:
    price = section(world.html("refused"), "price")
    amounts = re.findall(r"(?:>|\s)(\d+(?:,\d\d)?)\u00a0€</td>", price)
    assert amounts == ["11", "2,76", "13,76"]
    open_price = section(world.html("price of an old plate"), "price")
    assert "2,76\u00a0€ ou 13,76\u00a0€</td>" in open_price


def test_papers_are_boxes_to_tick_each_with_its_label(world: World) -> None:
    html = world.html("stolen card")
    boxes = re.findall(r'<input type="checkbox" id="([^"]+)"', html)
    assert len(boxes) >= 5 and len(set(boxes)) == len(boxes)
    assert all(f'<label for="{box}">' in html for box in boxes)


def test_a_refusal_shows_its_last_days_first(world: World) -> None:
    html = world.html("refused")
    assert DAYS.findall(section(html, "dates"))[0] == "3 janvier 2027"
    assert html.index('class="dates"') < html.index('class="answer"')
    assert "Faites la demande en ligne" not in html, "a request already made is not to be made"


def test_a_paper_that_loses_its_use_says_when(world: World) -> None:
    html = world.html("stolen card")
    # One month from 10 November for the declaration, from 20 November for the provisional certificate: the
    # last sure day is the eve.
    assert "Pour vous\u00a0: jusqu’au 9 décembre 2026." in section(html, "to-provide")
    assert "Pour vous\u00a0: jusqu’au 19 décembre 2026." in section(html, "steps")


def test_a_sheet_is_computed_on_the_day_it_is_read(world: World) -> None:
    token = world.make("refused")
    world.clock.now += dt.timedelta(days=20)
    shown = words(text(world.pages.show(token)))
    assert "Fiche faite le 22 novembre 2026, calculée avec les règles du 12 décembre 2026." in shown


def test_a_day_that_is_over_says_so(world: World) -> None:
    token = world.make("stolen card")
    world.clock.now += dt.timedelta(days=18)
    assert "9 décembre 2026 (passé)" in text(world.pages.show(token))


def test_dates_that_cannot_be_lose_one_answer_and_not_the_sheet(world: World) -> None:
    facts = {**CASES["stolen card"][0], "file_status": "refused", "refused_on": "2026-11-01"}
    token = world.store.make(facts, "eligibility", world.clock.now.date(), world.clock.now)
    shown = words(text(world.pages.show(token)))
    assert "Les dates données ne vont pas ensemble" in shown and "À préparer" in shown


@pytest.mark.parametrize("guide", ["price", "eligibility"])
@pytest.mark.parametrize("facts", NO_DUPLICATE)
def test_a_sheet_that_says_no_shows_no_price(world: World, facts: dict[str, Any], guide: str) -> None:
    token = world.store.make({**facts, "plate_format": "siv"}, guide, world.clock.now.date(), world.clock.now)
    for version in VERSIONS:
        html = text(world.pages.show(token, version))
        price = words(section(html, "price"))
        assert "€" not in price
        assert ("duplicata" in price) is (guide == "price"), "one line, where the price was asked for"


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (dt.date(2026, 11, 30), "3 décembre 2026. Il vous reste 3 jours."),
        (dt.date(2026, 12, 2), "3 décembre 2026. Il vous reste un jour\u00a0: c’est demain."),
        (dt.date(2026, 12, 3), "3 décembre 2026. C’est aujourd’hui le dernier jour."),
        (dt.date(2026, 12, 4), "3 décembre 2026 (passé)"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_days_left_are_counted_on_the_day_of_reading(
    world: World, version: str | None, today: dt.date, left: str
) -> None:
    facts = {"reason": "loss", "declared_on": "2026-11-04"}
    token = world.store.make(facts, "eligibility", world.clock.now.date(), world.clock.now)
    world.clock.now = dt.datetime.combine(today, dt.time(9), dt.UTC)
    dates = words(section(text(world.pages.show(token, version)), "dates"))
    assert left in dates
    assert ("Jours restants comptés le" in dates) is (today <= dt.date(2026, 12, 3))


def test_the_answer_of_a_refusal_says_how_many_days_are_left(world: World) -> None:
    token = world.store.make(
        {"file_status": "refused", "refused_on": "2026-10-03"},
        "remedy",
        world.clock.now.date(),
        world.clock.now,
    )
    world.clock.now = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
    for version in VERSIONS:
        shown = words(section(text(world.pages.show(token, version)), "remedy"))
        assert "3 décembre 2026" in shown and "Il vous reste 3 jours." in shown
    assert "le recours en ligne est le plus sûr" in words(text(world.pages.show(token)))


def test_the_dates_of_the_case_are_corrected_on_the_page_and_must_stand_together(world: World) -> None:
    facts = {"file_status": "refused", "refused_on": "2026-10-03", "gracious_appeal_on": "2026-10-20"}
    token = world.store.make(facts, "remedy", world.clock.now.date(), world.clock.now)
    assert 'name="refused_on" value="2026-10-03"' in text(world.pages.show(token))
    assert 'name="refused_on"' not in world.html("stolen card")
    refused = world.pages.set_dates(token, {"refused_on": "2026-10-21"})
    assert refused.status == 422 and "qui aille avec les autres dates" in refused.body.decode()
    assert world.pages.set_dates(token, {"refused_on": "2026-10-20"}).status == 303
    assert 'name="refused_on" value="2026-10-20"' in text(world.pages.show(token))


# --- the addresses ------------------------------------------------------------------------------------


def everything_that_leads_nowhere(world: World) -> dict[str, Answer]:
    pages, token = world.pages, world.make("refused")
    expired, erased = world.make("refused"), world.make("refused")
    pages.erase(erased)
    found = {
        "no token": pages.show(""),
        "guessed": pages.show("A" * 27),
        "guessed file": pages.show("A" * 27 + ".pdf"),
        "guessed letter": pages.letter("A" * 27, "gracious_appeal"),
        "guessed dates": pages.set_dates("A" * 27, {"declared_on": "2026-11-01"}),
        "erased": pages.show(erased),
        "too short": pages.show(token[:-1]),
        "another case of letters": pages.show(token.swapcase()),
        "unknown file": pages.show(f"{token}.exe"),
        "no date to keep": pages.show(f"{world.make('price of an old plate')}.ics"),
        "unknown letter": pages.letter(token, "../sheet"),
        "unknown letter file": pages.letter(token, "gracious_appeal.exe"),
        "list": pages.gone(),
    }
    world.clock.now += KEEP_FOR
    for suffix in ("", ".pdf", ".ics"):
        found[f"expired{suffix}"] = pages.show(expired + suffix)
    found["expired letter"] = pages.letter(expired, "gracious_appeal.docx")
    found["erasing again"] = pages.erase(expired)
    return found


def test_whatever_leads_nowhere_answers_the_same(world: World) -> None:
    answers = everything_that_leads_nowhere(world)
    assert {name for name, answer in answers.items() if answer.status != 404} == set()
    # But for the way up to the server's root, which the address asked for tells.
    bodies = {answer.body.replace(b"../", b"").replace(b'"./', b'"') for answer in answers.values()}
    assert len(bodies) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers.values()}) == 1
    assert "n’existe pas, ou n’existe plus" in answers["guessed"].body.decode()


def test_every_answer_is_kept_out_of_caches_search_engines_and_referrers(world: World) -> None:
    token = world.make("refused")
    answers = [
        world.pages.show(token),
        world.pages.show(f"{token}.ics"),
        world.pages.letter(token, "reasons"),
        world.pages.set_dates(token, {"declared_on": "2026-11-01"}),
        *everything_that_leads_nowhere(world).values(),
    ]
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Referrer-Policy"] == "no-referrer" and "noindex" in HEADERS["X-Robots-Tag"]
    assert all(HEADERS.items() <= answer.headers.items() for answer in answers)


def test_a_day_typed_on_the_page_is_kept_and_counted(world: World) -> None:
    token = world.make("stolen card")
    answer = world.pages.set_dates(token, {"declared_on": "2026-11-15", "requested_on": ""})
    assert answer.status == 303 and answer.headers["Location"].startswith(f"../{token}#")
    assert DAYS.findall(section(text(world.pages.show(token)), "dates")) == ["14 décembre 2026"]


@pytest.mark.parametrize("day", ["2026-11-23", "1999-12-31", "hier", "<script>", "2026-13-01"])
def test_a_day_that_cannot_be_is_said_and_changes_nothing(world: World, day: str) -> None:
    token = world.make("stolen card")
    before = text(world.pages.show(token))
    answer = world.pages.set_dates(token, {"declared_on": day})
    assert answer.status == 422
    assert "ne peut pas être prise" in answer.body.decode() and "<script>" not in answer.body.decode()
    assert text(world.pages.show(token)) == before


def test_an_erased_sheet_answers_no_more(world: World) -> None:
    token = world.make("refused")
    assert "La fiche est effacée" in text(world.pages.erase(token))
    assert world.pages.show(token).status == 404


def test_a_store_that_fails_is_said_in_french(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    token = world.make("refused")
    monkeypatch.setattr(world.store, "find", fail)
    answer = world.pages.show(token)
    assert answer.status == 503 and "pour le moment" in answer.body.decode()
    assert "locked" not in answer.body.decode()


def test_a_sentence_cannot_become_markup(world: World, sentences, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {
        "utter_sheet_title": [{"text": "<script>alert(1)</script>"}],
        "utter_sheet_link_request": [{"text": 'Voir https://site.example/"onclick="x'}],
        "utter_letter_sender": [{"text": '[votre "><img src=x onerror=alert(1)> nom]'}],
    }
    monkeypatch.setattr(sentences, "responses", {**sentences.responses, **hostile})
    token = world.make("refused")
    shown = text(world.pages.show(token)) + text(world.pages.letter(token, "reasons"))
    assert "<script>alert" not in shown and "<img" not in shown and '"onclick=' not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_fields_for_a_name_and_a_plate_are_sent_nowhere(world: World) -> None:
    html = world.html("refused")
    for form in re.findall(r"<form.*?</form>", html, re.S):
        assert 'id="nom"' not in form and 'id="plaque"' not in form
    assert not re.search(r'<input id="(?:nom|plaque)"[^>]*\sname=', html)
