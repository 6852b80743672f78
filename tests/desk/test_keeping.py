"""What mediators keep: cases that end by themselves, lines without anybody, sheets to take away."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security.roles import Role
from bot.mediator.sheet.fields import GROUPS
from bot.mediator.work import activity, cases
from bot.procedures.registry import FACT_NAMES
from tests.desk.conftest import NOW, PASSWORD, OpenDesk, text_of

TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def account(desk: Desk) -> int:
    """A mediator's number."""
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, Role.MEDIATOR, "tests", NOW)
        return desk.accounts.accept(connection, token, "marie", PASSWORD, NOW).id


# --- the form of a case


def test_the_form_asks_for_every_fact_that_the_law_reads() -> None:
    asked = [name for _, names in GROUPS for name in names]
    assert sorted(asked) == sorted(FACT_NAMES)


def test_what_the_form_shows_it_reads_again(desk: Desk) -> None:
    for field in desk.form.fields.values():
        day_or_number = "2026-03-02" if field.kind == "date" else "7"
        # An answer to an appeal is possible after the appeal alone.
        appeal = field.name.replace("_answer_", "_appeal_")
        for value in [option for option, _ in field.options] or [day_or_number]:
            facts, faults = desk.form.read({appeal: "2026-02-02"} | {field.name: value}, TODAY)
            assert not faults, (field.name, value)
            assert desk.form.shown(facts)[field.name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reason", "autre"),
        ("refused_on", "2026-02-30"),
        ("refused_on", "2026-11-24"),
        ("first_registration", "1899-12-31"),
        ("fiscal_power", "0"),
        ("fiscal_power", "²"),
        ("region", "Bretagne"),
        ("moved", "true"),
    ],
)
def test_what_cannot_be_is_named_and_left_out(desk: Desk, name: str, value: str) -> None:
    facts, faults = desk.form.read({name: value, "applicant": "holder"}, TODAY)
    assert set(faults) == {name}
    assert facts == {"applicant": "holder"}


# --- blocked cases


def test_a_case_is_erased_in_its_time(desk: Desk, account: int) -> None:
    with desk.database.transaction() as connection:
        number = cases.open_case(connection, account, {"reason": "loss"}, cases.Status.DESK, "", None, TODAY)
        end = TODAY + cases.KEPT_DAYS * DAY
        assert cases.purge(connection, end - DAY) == 0
        later = TODAY + 30 * DAY
        follow = cases.Follow(cases.Status.CITIZEN, next_on=later)
        assert cases.follow_up(connection, number, account, 1, follow, NOW)
        assert cases.purge(connection, end) == 0
        assert cases.purge(connection, end + 30 * DAY) == 1
        assert cases.find(connection, number) is None


def test_a_note_is_masked_before_it_is_stored(desk: Desk, account: int) -> None:
    note = "Rappeler au 06 12 34 56 78, plaque AB-123-CD, mail jean@exemple.fr, refus du 3 octobre"
    with desk.database.transaction() as connection:
        number = cases.open_case(connection, account, {}, cases.Status.DESK, note, None, TODAY)
        kept = cases.find(connection, number)
    assert kept is not None
    for secret in ("06 12 34", "AB-123", "jean@"):
        assert secret not in kept.note
    assert "3 octobre" in kept.note


def test_the_cases_to_take_up_come_first(desk: Desk, account: int) -> None:
    with desk.database.transaction() as connection:

        def case(status: cases.Status, next_on: dt.date | None) -> int:
            return cases.open_case(connection, account, {}, status, "", next_on, TODAY)

        solved, undated = case(cases.Status.SOLVED, TODAY), case(cases.Status.DESK, None)
        later, due = case(cases.Status.DESK, TODAY + DAY), case(cases.Status.DESK, TODAY)
        assert [row.id for row in cases.board(connection)] == [due, later, undated, solved]
        assert cases.due(connection, TODAY) == 1


def test_the_sheet_to_take_away_has_its_code_and_the_letters_of_the_case(open_desk: OpenDesk) -> None:
    mediator = open_desk.signed_in("mediator")
    # Refused of late: its letters fit only within the time to appeal.
    refused = (clock.today() - 20 * DAY).isoformat()
    sent = mediator.post("/fiche/a-emporter", "/fiche", reason="theft", refused_on=refused)
    made = mediator.get(sent.headers["location"])
    address = re.search(r'<p class="address">(\S+)</p>', made.text)
    assert address
    assert "<svg" in made.text
    assert f"{address[1]}.pdf" in made.text
    assert "/lettre/gracious_appeal" in made.text
    assert f"{address[1]}.ics" in made.text
    assert "Revenir à la fiche de cas" in made.text
    token = address[1].rpartition("/")[2]
    found = open_desk.desk.sheets().find(token, dt.datetime.now(dt.UTC))
    assert found is not None
    usual = {"applicant": "holder", "holder": "person", "vehicle_kind": "car"}
    assert found.case.facts == {"reason": "theft", "refused_on": refused, **usual}
    assert mediator.post("/fiche/a-emporter", "/fiche").status_code == 400


@pytest.mark.parametrize(
    "told", ["", "&vehicle_kind=car", "&vehicle_kind=car&energy=petrol", "&region=bretagne&fiscal_power=5"]
)
def test_a_change_of_holder_that_lacks_a_fact_gets_the_written_price(open_desk: OpenDesk, told: str) -> None:
    mediator = open_desk.signed_in("mediator")
    page = text_of(mediator.get(f"/fiche?operation=change_of_holder{told}").text)
    assert "tarif de votre région multiplié par le nombre de chevaux" in page
    assert "pas trouvé de chiffre sûr" not in page


# --- the report


def test_the_report_holds_neither_conversation_nor_account_nor_formula(desk: Desk, account: int) -> None:
    with desk.database.transaction() as connection:
        activity.note(connection, TODAY, account, "handover", "=1+1", "returned", 7)
        activity.note(connection, TODAY + DAY, account, "case", "loss", "solved")
        text = activity.as_csv(activity.lines(connection, TODAY, TODAY), str)
    assert text.splitlines() == [
        "\ufeffjour;guichet;activité;sujet;issue;lieu;minutes",
        f"{TODAY:%d/%m/%Y};;conversation reprise;'=1+1;servie;À distance;7",
    ]
