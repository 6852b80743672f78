"""A fact is declared once; what the domain, the sentences and the form need follows from its declaration."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.guides.facts import response_of_fact
from bot.law.remedies import Case
from bot.law.situation import FIELDS
from bot.nlg.sentences import Sentences
from bot.procedures import domain
from bot.procedures.fact import Fact, Kind
from bot.procedures.registry import FACT_NAMES, FACTS

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = Sentences.read(ROOT / "data" / "nlu")
# What the law core reads of a case besides facts that people tell.
NOT_TOLD = {"department", "amount_disputed", "latest"}


def values(fact: Fact) -> tuple[object, ...]:
    of_kind: dict[Kind, tuple[object, ...]] = {
        Kind.CHOICE: fact.choices,
        Kind.YES_NO: (True, False),
        Kind.NUMBER: (7,),
    }
    return of_kind.get(fact.kind, ("2026-11-02",))


def test_the_domain_is_as_the_command_writes_it() -> None:
    written = domain.FILE.read_text(encoding="utf-8")
    assert written == domain.with_facts(written), "run: python -m bot.procedures.domain"


def test_the_domain_has_a_slot_and_an_entity_for_each_fact_of_a_conversation() -> None:
    written = yaml.safe_load(domain.FILE.read_text(encoding="utf-8"))
    assert set(FACT_NAMES) <= written["slots"].keys() & set(written["entities"])


def test_every_fact_that_the_law_reads_is_declared() -> None:
    assert {*FIELDS, *Case.__dataclass_fields__} - NOT_TOLD <= FACTS.keys()


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_a_fact_can_be_told_back_named_and_asked_for_as_declared(fact: Fact) -> None:
    needed = {response_of_fact(fact.name, value) for value in values(fact)}
    if fact.is_of_the_sheet:
        needed = {f"utter_fact_{fact.name}"}
    elif fact.kind is Kind.DAYS:
        needed.add(f"utter_fact_{fact.name}_between")
    if fact.is_asked:
        needed |= {f"utter_ask_{fact.name}", f"utter_ask_{fact.name}_error", f"utter_name_{fact.name}"}
    assert not needed - SENTENCES.responses.keys()


def test_a_fact_depends_on_a_declared_one() -> None:
    assert {fact.depends_on for fact in FACTS.values() if fact.depends_on} <= FACTS.keys()
