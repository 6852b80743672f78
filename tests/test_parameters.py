"""Dated parameters: what they answer, and how they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.evaluation.content import freshness as freshness_list
from bot.law import freshness, parameters
from bot.law.parameters import ParameterError, cite, last_known, number_on, value_on

TODAY = dt.date(2026, 11, 21)
GOOD = """
appeal:
  label: délai
  unit: months
  values:
  - {value: 2, since: 2016-01-01, reference: "cja:R421-1", verified_on: 2026-11-21}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(parameters, "FOLDER", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    parameters.validate()


def test_every_parameter_file_is_valid() -> None:
    parameters.validate()
    assert len(parameters.keys()) > 60 and len(parameters.source_ids()) > 30


def test_a_value_holds_from_its_day_on() -> None:
    assert number_on("fees.forwarding_fee", dt.date(2015, 9, 27)) == 250
    assert number_on("fees.forwarding_fee", dt.date(2015, 9, 28)) == 276


def test_a_day_before_the_first_value_is_named() -> None:
    with pytest.raises(ParameterError, match=r"fees\.fixed_tax.*2020-12-31"):
        value_on("fees.fixed_tax", dt.date(2020, 12, 31))


YEARLY = """
rate:
  label: tarif
  unit: eur_cents
  valid: yearly
  values:
  - {value: 10, since: 2023-01-01, reference: "cibs:L421-42", verified_on: 2026-11-21}
  - {value: 20, since: 2025-03-01, reference: "cibs:L421-42", verified_on: 2026-11-21}
"""


def _must_refuse(day: str, read: Callable[[str, dt.date], object] = value_on) -> None:
    with pytest.raises(ParameterError, match=rf"limits\.rate.*{day}"):
        read("limits.rate", dt.date.fromisoformat(day))


def test_a_yearly_value_ends_with_the_year_it_starts_in(folder: Path) -> None:
    (folder / "limits.yml").write_text(YEARLY, encoding="utf-8")
    parameters.validate()
    assert number_on("limits.rate", dt.date(2023, 12, 31)) == 10
    _must_refuse("2024-01-01")
    assert number_on("limits.rate", dt.date(2025, 12, 31)) == 20
    _must_refuse("2026-01-01")


def test_the_last_yearly_value_is_the_last_known_one_for_a_year_and_no_longer(folder: Path) -> None:
    (folder / "limits.yml").write_text(YEARLY, encoding="utf-8")
    parameters.validate()
    for day in ("2025-12-31", "2026-01-01", "2026-12-31"):
        assert last_known("limits.rate", dt.date.fromisoformat(day)).value == 20
    _must_refuse("2027-01-01", last_known)
    # A past year that was not found is a gap, and no estimate fills it.
    _must_refuse("2024-06-01", last_known)


def test_a_yearly_value_with_an_end_of_its_own_has_no_successor_to_wait_for(folder: Path) -> None:
    ended = YEARLY.replace("since: 2025-03-01", "since: 2025-03-01, until: 2025-10-01")
    (folder / "limits.yml").write_text(ended, encoding="utf-8")
    parameters.validate()
    _must_refuse("2025-10-01", last_known)
    _must_refuse("2026-01-01", last_known)


def test_a_value_that_is_not_yearly_is_known_as_long_as_it_holds(folder: Path) -> None:
    (folder / "limits.yml").write_text(YEARLY.replace("  valid: yearly\n", ""), encoding="utf-8")
    parameters.validate()
    assert last_known("limits.rate", dt.date(2030, 1, 1)).value == 20
    _must_refuse("2022-12-31", last_known)


def test_every_regional_value_is_yearly() -> None:
    by_law = "regional_exemptions.electric_by_law"
    for key in parameters.keys():
        if key.startswith(("regional_rates.", "regional_exemptions.")) and key != by_law:
            assert parameters.parameter(key).valid == "yearly", key


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(ParameterError, match=r"fees\.fixed_taks"):
        value_on("fees.fixed_taks", TODAY)


def test_a_word_is_no_number() -> None:
    with pytest.raises(ParameterError, match=r"contacts\.phone"):
        number_on("contacts.phone", TODAY)


def test_a_citation_names_its_source_and_article() -> None:
    citation = cite("code_route:R322-10")
    assert citation.source.title == "Code de la route" and citation.article == "R322-10"


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(ParameterError, match="code_de_la_lune"):
        cite("code_de_la_lune:R1")


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("limits.yml", ("value: 2", "valeur: 2")),
        ("is no months", ("value: 2", 'value: "deux"')),
        ("is no https address", ("unit: months", "unit: url")),
        ("is no date", ("unit: months", "unit: date")),
        ("nowhere", ("cja:R421-1", "nowhere:R1")),
        ("ends before it starts", ("since: 2016-01-01", "since: 2016-01-01, until: 2015-01-01")),
        ("limits.yml", ("appeal:", "appeal: [")),
        (r"limits\.appeal", ("value: 2", "valeur: 2")),
        (r"limits\.appeal", ("cja:R421-1", "nowhere:R1")),
        ("limits.yml", ("since: 2016-01-01", "since: 2016-02-30")),
        ("limits.yml", ("value: 2", "value: " + "[" * 5000)),
        ("limits.yml", ("value: 2", "value: " + "9" * 5000)),
    ],
)
def test_a_wrong_file_is_refused_by_name(folder: Path, what: str, change: tuple[str, str]) -> None:
    text = GOOD.replace(*change)
    if what == "is no https address":
        text = text.replace("value: 2", 'value: "http://exemple.fr"')
    if what == "is no date":
        text = text.replace("value: 2", 'value: "demain"')
        what = "Invalid isoformat"
    (folder / "limits.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=what):
        parameters.validate()


def test_values_out_of_order_are_refused(folder: Path) -> None:
    line = GOOD.strip().splitlines()[-1]
    (folder / "limits.yml").write_text(GOOD + line.replace("2016", "2015") + "\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="follow each other"):
        parameters.validate()


def test_a_parameter_without_values_is_refused(folder: Path) -> None:
    (folder / "limits.yml").write_text("appeal: {label: délai, unit: months, values: []}", encoding="utf-8")
    with pytest.raises(ParameterError, match="no value"):
        parameters.validate()


def test_an_empty_folder_is_refused(folder: Path) -> None:
    with pytest.raises(ParameterError, match="no parameter file"):
        parameters.validate()


def test_a_source_expires_the_day_after_its_limit() -> None:
    source = cite("legalplace_duplicate").source
    last_day = freshness.expires_on(source.authority, source.verified_on)
    assert not freshness.is_expired(source, last_day)
    assert freshness.is_expired(source, last_day + dt.timedelta(days=1))


def test_a_check_date_set_back_makes_the_list_fail(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def status() -> object:
        with pytest.raises(SystemExit) as stopped:
            freshness_list.main(["--on", TODAY.isoformat()])
        return stopped.value.code

    (folder / "limits.yml").write_text(GOOD, encoding="utf-8")
    parameters.validate()
    assert status() == 0
    years_ago = (TODAY - dt.timedelta(days=2000)).isoformat()
    (folder / "limits.yml").write_text(GOOD.replace(TODAY.isoformat(), years_ago), encoding="utf-8")
    parameters.validate()
    assert status() == 1
    assert "EXPIRED" in capsys.readouterr().out
