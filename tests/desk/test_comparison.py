"""The desk says of a case what the bot says: the same words, on every case file, and nothing else.

The price of a duplicate that cannot be had is the one exception: the desk's sheet has a line instead.
What the sheet presumes is switched off here: the bot presumes nothing.

Each case is told to the bot's own actions in one message; what they ask beyond is answered by "I don't
know". The same facts fill the desk's form. What both say is compared text by text.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionTakeAnswer
from actions.base import PARIS
from actions.questions import ActionCheckEligibility, ActionPlanRemedy, ActionQuoteFee
from bot.guides.facts import Facts
from bot.guides.price import is_out_of_reach
from bot.mediator import clock
from bot.nlg.formatting import blocks
from bot.nlg.sentences import Sentences
from tests.desk.conftest import Client, OpenDesk

FOLDER = Path(__file__).parent.parent / "cases"
ACTIONS = {"eligibility": ActionCheckEligibility, "price": ActionQuoteFee, "remedy": ActionPlanRemedy}
# What a person can say of a vehicle, by the category that the price cases write.
KINDS = {
    "M1": "car", "N1": "van", "N2": "truck", "L3e": "motorcycle", "L1e": "moped", "L7e": "quadricycle",
    "O": "trailer", "T": "tractor",
}  # fmt: skip
ENERGIES = {"hydrogen": "electric", "e85": "superethanol", "lpg": "gas", "natural_gas": "gas"}
OPERATIONS: dict[str, Facts] = {
    "duplicate": {"operation": "duplicate"},
    "duplicate_with_address_change": {"moved": True},
    "duplicate_after_storm": {"storm_damage": True},
    "change_of_holder": {"operation": "change_of_holder"},
}
# Neither the bot nor the desk has a fact for these.
UNSAID = ("department", "amount_disputed")
UNSAID_ENERGY = "e85_conversion"


def read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def plain(facts: dict[str, Any]) -> Facts:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in facts.items()
        if value is not None and name not in UNSAID
    }


def facts_of_price(case: dict[str, Any]) -> Facts:
    vehicle = case["vehicle"]
    told = {
        **OPERATIONS[case["operation"]],
        "vehicle_kind": "collection" if vehicle.get("collection") else KINDS.get(vehicle.get("category")),
        "plate_format": vehicle.get("plate_format"),
        "fiscal_power": vehicle.get("fiscal_power"),
        "first_registration": vehicle.get("first_registration"),
        "energy": ENERGIES.get(vehicle.get("energy"), vehicle.get("energy")),
        "region": case.get("region"),
        "applicant": "professional" if case.get("by_professional") else None,
    }
    return plain(told)


def is_sayable(case: dict[str, Any]) -> bool:
    vehicle = case.get("vehicle")
    return (
        case.get("operation") in OPERATIONS and vehicle is not None and vehicle.get("energy") != UNSAID_ENERGY
    )


def certain_remedies() -> list[dict[str, Any]]:
    """The cases of remedies but those with a day that may be several: the desk's form takes one day only."""
    return [case for case in read("remedies.yml") if "latest" not in case["facts"]]


def cases() -> Iterator[tuple[str, str, Facts, dt.date]]:
    """The guided dialogue, the case's name, its facts and its day."""
    for case in read("eligibility.yml"):
        facts = plain(case["situation"])
        for guide in ("eligibility", "price"):
            yield guide, case["case"], facts, case["day"]
    for case in [*read("fees.yml"), *read("published_examples.yml")]:
        if is_sayable(case):
            yield "price", case["case"], facts_of_price(case), case["day"]
    for case in certain_remedies():
        yield "remedy", case["case"], plain(case["facts"]), case["day"]


CASES = [case for case in cases() if case[2]]


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return Sentences.read(FOLDER.parent.parent / "data")


@pytest.fixture(scope="module")
def mediator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    from bot.mediator.desk import Desk
    from tests.desk.conftest import NOBODY_HOME, SECRET, serving

    database = tmp_path_factory.mktemp("desk") / "desk.db"
    for opened in serving(Desk(f"sqlite:///{database}", SECRET, NOBODY_HOME)):
        assert isinstance(opened, OpenDesk)
        yield opened.signed_in("mediator")


def bot_says(sentences: Sentences, guide: str, facts: Facts, on: dt.date) -> tuple[list[str], Facts]:
    """What the bot's actions say once they have their answer, and the facts as they then stand."""
    slots: dict[str, Any] = {}
    told = [{"entity": name, "value": value} for name, value in facts.items()]
    said, slots = act(ACTIONS[guide](), slots, "check_eligibility", told)
    for _ in range(30):
        if not slots.get("asked_fact"):
            break
        said, slots = act(ActionTakeAnswer(), slots, "dont_know", [])
    assert not slots.get("asked_fact"), "the dialogue does not end"
    texts = []
    for message in said:
        rendered = sentences.render(message["response"], slots, "", message, on)
        assert rendered is not None, message["response"]
        texts += words(rendered["metadata"]["body"])
    return texts, {name: value for name, value in slots.items() if value is not None}


def act(
    action: Any, slots: dict[str, Any], intent: str, entities: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    message = {"intent": {"name": intent}, "entities": entities, "text": ""}
    tracker = Tracker("case", slots, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = action.answered(dispatcher, tracker)
    named = [{**message, **(message.get("custom") or {})} for message in dispatcher.messages]
    return named, {**slots, **{event["name"]: event["value"] for event in events if event["event"] == "slot"}}


def words(body: str) -> list[str]:
    """The texts of an answer's blocks, as a page shows them one under the other."""
    texts: list[str] = []
    for block in blocks(body):
        if block.kind == "prices":
            texts.append(block.title or "Détail du prix")
            texts += [part for row in block.rows for part in row]
        else:
            texts += ["".join(map(piece, row)) for row in block.rows]
    return texts


def piece(run: Any) -> str:
    return run.text.replace("https://", "").replace("www.", "") if run.kind == "link" else run.text


def desk_says(mediator: Client, guide: str, facts: Facts) -> list[str]:
    """The same texts read from the desk's page."""
    given = {name: {True: "yes", False: "no"}.get(value, value) for name, value in facts.items()}
    page = mediator.get("/fiche/reponses", params={**given, "presume": "no"})
    assert page.status_code == 200
    section = re.search(rf'aria-labelledby="answer-{guide}">(.*?)</section>', page.text, re.DOTALL)
    assert section, f"no answer of {guide}"
    answer = re.sub(
        r'<(thead|h3).*?</\1>|<div class="sources">.*?</div>|<p class="caution">.*?</p>',
        "",
        section[1],
        flags=re.DOTALL,
    )
    answer = answer.partition('<div class="missing')[0]
    found = re.findall(r"<(p|li|h4|td|caption|th)\b[^>]*>(.*?)</\1>", answer, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for _, text in found]


@pytest.mark.parametrize(
    ("guide", "name", "facts", "on"), CASES, ids=[f"{guide}: {name}" for guide, name, _, _ in CASES]
)
def test_the_desk_says_what_the_bot_says(
    monkeypatch: pytest.MonkeyPatch,
    sentences: Sentences,
    mediator: Client,
    guide: str,
    name: str,
    facts: Facts,
    on: dt.date,
) -> None:
    monkeypatch.setattr("actions.turn.now", lambda: dt.datetime.combine(on, dt.time(12), PARIS))
    monkeypatch.setattr(clock, "today", lambda: on)
    monkeypatch.setattr(clock, "day_of_case", lambda told: on)
    bot, _ = bot_says(sentences, guide, facts, on)
    assert bot
    if guide == "price" and is_out_of_reach(facts, on):
        # The bot answers the question of the price; beside the decision on the sheet it has no place.
        line = sentences.render("utter_quote_no_duplicate", {}, "", {}, on)
        assert line is not None
        bot = words(line["metadata"]["body"])
    assert desk_says(mediator, guide, facts) == bot


def test_every_case_file_is_compared() -> None:
    compared = {name for _, name, _, _ in CASES}
    for read_cases in (read("eligibility.yml"), certain_remedies()):
        told = {case["case"] for case in read_cases if case.get("situation", case.get("facts"))}
        assert told <= compared
    priced = {case["case"] for case in read("fees.yml") if is_sayable(case) and facts_of_price(case)}
    assert priced <= compared
