"""What every sentence of the data keeps to, as named rules that list all faults at once.

``python -m tests.sentence_rules [FILE…]`` lists the faults of those data files (all by default).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.channels.platforms.sms_text import segments, to_gsm
from bot.guides.facts import response_of_fact
from bot.law.decision import DOCUMENTS, REASONS, STEPS, UNCERTAINTIES, WARNINGS
from bot.law.parameters import ParameterError, cite, parameter
from bot.law.quotes import names as quote_names
from bot.nlg.sentences import PLACEHOLDER, Sentences
from bot.nlg.sources import citable
from bot.procedures.registry import FACT_NAMES
from tests.clock import DAY
from tests.data_files import content, files

QUESTION = "utter_faq/"
WORDINGS = (None, "easy", "short")
FORMATS = {"amount", "date", "list", "say", "line", "items", "steps", "first", "firsts", "texts"}

LONGEST_BUTTON = 20
MOST_CHARACTERS_OF_A_SHORT_ANSWER = 320
MOST_WORDS_BEFORE_STEPS = 90
MOST_TEXT_MESSAGES = 2

# Digits that are no value: ranks of steps, fields of the card, plates shown as an example, names.
DIGITS_IN_NAMES = re.compile(
    r"(?m)^\d\. |\b[YZ]\d\b|\b[A-Z]{2}[- ]\d{3}[- ][A-Z]{1,2}\b|\b\d{3,4}[- ][A-Z]{2,3}[- ]\d{2}\b"
    r"|\bE85\b|\bL\de\b|\bCO2\b|\b50 cm3\b"
)
# The values that the actions give, for the files whose actions have no test of their values.
GIVEN = {
    "decision.yml": {"first_due", "first_registration"},
    "quote.yml": {
        "total", "low", "high", "lines", "facts", "notes", "uncertainties", "amount", "answer", "year",
        "known_year", "rate",
    },
}  # fmt: skip
# What states law rests on a text, except where it repeats the person's words or says another answer.
STATES_LAW = {"decision.yml", "quote.yml", "remedies.yml", "periods.yml"}
RESTS_ON_NO_TEXT = re.compile(r"utter_(?:fact_|faq/out_of_scope)")
ADVICE = {
    f"utter_{kind}_{code}"
    for kind, items in (
        ("reason", REASONS),
        ("step", STEPS),
        ("document", DOCUMENTS),
        ("warning", WARNINGS),
        ("uncertainty", UNCERTAINTIES),
    )
    for code, item in items.items()
    if not item.reference
}
# The one sentence in each other language follows the typography of that language.
NOT_FRENCH = re.compile(r"utter_foreign_language_")
# Sentences about what we read or did not find: the person needs to know what to do instead.
OUR_RESEARCH = re.compile(
    r"n[’']avons\s+(?:pas\s+|rien\s+|aucun|vu\s+aucun)"
    r"|n[’']avons\s+\w+\s+aucun"
    r"|(?:que|qu[’']) ?(?:nous|n[’']en)?\s*(?:nous\s+)?(?:ayons|avons)\s+(?:lu|vu|trouv)"
    r"|nous\s+(?:les?\s+|l[’']\s*)?avons\s+(?:lue?s?|vue?s?|trouv)"
    r"|aucune?\s+(?:texte|page|source|règle|fiche|chiffre|délai|document)[^.]{0,60}\b(?:lue?s?|trouvée?s?|vue?s?)\b"
    r"|textes?\s+(?:que\s+nous\s+avons\s+)?lus?\b|pages?\s+(?:officielles?\s+)?lues?\b|sources?\s+lues?\b"
    r"|lue?s?\s+(?:dans|sur)\s+(?:une?|des)\s+(?:copie|site|page)"
    r"|copies?\s+(?:ancienne|datée)|sites?\s+privés?\s+(?:annonce|indique|dit|cite|donne)"
    r"|(?:selon|d[’']après)\s+(?:un|des|les)\s+sites?\s+(?:privé|commercia)"
    r"|[àa]\s+(?:vérifier|confirmer|revérifier)\b|non\s+trouvée?s?\b|à\s+notre\s+connaissance"
    r"|nos\s+(?:sources|recherches|lectures)|pas\s+été\s+(?:trouvée?|relue?|vérifiée?)s?\b"
    r"|selon\s+la\s+lecture\s+des\s+textes",
    re.IGNORECASE,
)
# The data page and the sources' own notes may speak of what was read.
ABOUT_SOURCES = {"utter_caution_old_source"}
_LIST_ITEM = re.compile(r"^\s*(?:-|\d+\.)\s")


@dataclass(frozen=True)
class Response:
    """A response as its file writes it."""

    file: str
    name: str
    variations: tuple[dict[str, Any], ...]

    @property
    def is_answer(self) -> bool:
        """Whether it answers a question."""
        return self.name.startswith(QUESTION)

    def render(self, wording: str | None) -> dict[str, Any] | None:
        """The message in that wording, as REST gives it on the day of the tests."""
        return self._sentences().render(self.name, {"wording": wording}, "rest", {}, DAY)

    def standard(self) -> dict[str, Any]:
        """The wording that stands where no other is wanted; {} where there is none."""
        return self._sentences().variation(self.name, {}, "") or {}

    def sources(self) -> list[str]:
        """The references of the standard wording."""
        return list(self.standard().get("metadata", {}).get("sources", []))

    def buttons(self) -> Iterator[dict[str, str]]:
        """The buttons of every wording."""
        for variation in self.variations:
            yield from variation.get("buttons") or ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Each wording's name with its text."""
        for variation in self.variations:
            yield _wording(variation), variation["text"]

    def _sentences(self) -> Sentences:
        return Sentences({**RESPONSES, self.name: list(self.variations)})


Rule = Callable[[Response], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Adds a rule; it yields what is wrong with a response, nothing where all is well."""
    RULES[check.__name__] = check
    return check


@rule
def types_no_value(response: Response) -> Iterator[str]:
    """Amounts, days, numbers and addresses are named, never typed."""
    for wording, text in response.texts():
        for found in re.findall(r"\d+|https?://|www\.|€", DIGITS_IN_NAMES.sub("", PLACEHOLDER.sub("", text))):
            yield f"({wording}) types « {found} »"


@rule
def names_values_that_exist(response: Response) -> Iterator[str]:
    """Each placeholder is well formed, and its value is in force on the day of the tests."""
    for wording, text in response.texts():
        if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
            yield f"({wording}) a brace that is no placeholder"
        for match in PLACEHOLDER.finditer(text):
            if wrong := _wrong_value(match[1], response.file):
                yield f"({wording}) {wrong}"
            if match[2] and match[2] not in FORMATS:
                yield f"({wording}) no format is named {match[2]}"


def _wrong_value(name: str, file: str) -> str:
    if name.startswith("quotes."):
        return "" if name.removeprefix("quotes.") in quote_names() else f"no price is named {name}"
    if "." not in name:
        return f"no action gives {name}" if name not in GIVEN.get(file, {name}) else ""
    try:
        parameter(name).on(name, DAY)
    except ParameterError as error:
        return str(error)
    return ""


@rule
def cites_known_sources(response: Response) -> Iterator[str]:
    """Each reference names a source that we have."""
    for reference in _references(response):
        try:
            cite(reference)
        except ParameterError as error:
            yield str(error)


@rule
def rests_on_a_text(response: Response) -> Iterator[str]:
    """What states law has a source."""
    states = response.is_answer or response.file in STATES_LAW
    if not states or RESTS_ON_NO_TEXT.match(response.name) or response.name in ADVICE:
        return
    if "{answer:say}" not in response.standard().get("text", "") and not response.sources():
        yield "states law and has no source"


@rule
def cites_no_shop_beside_an_official_text(response: Response) -> Iterator[str]:
    """A commercial site is cited only where nothing better was found."""
    for variation in response.variations:
        references = variation.get("metadata", {}).get("sources", [])
        ranks = {cite(reference).source.authority for reference in references}
        if "commercial" in ranks and ranks & {"law", "official_page", "dated_copy"}:
            yield f"({_wording(variation)}) cites a commercial site beside an official text"


@rule
def can_be_written_in_every_wording(response: Response) -> Iterator[str]:
    """An answer needs only the parameters, ends with its source, and is short where that is wanted."""
    if not response.is_answer:
        return
    has_source = bool(citable(response.sources()))
    for wording in WORDINGS:
        answer = response.render(wording)
        if answer is None or answer["metadata"]["response"] != response.name:
            yield f"({wording or 'standard'}) cannot be written"
            continue
        if "{" in answer["text"]:
            yield f"({wording or 'standard'}) a placeholder is left"
        # A source that is too old on the day adds its caution below.
        lines = answer["text"].removesuffix(answer["metadata"].get("caution", "")).rstrip().splitlines()
        if ("Source" in lines[-1]) is not has_source:
            yield f"({wording or 'standard'}) {'does not end' if has_source else 'ends'} with a source"
        if wording == "short" and len(answer["metadata"]["body"]) > MOST_CHARACTERS_OF_A_SHORT_ANSWER:
            yield f"(short) {len(answer['metadata']['body'])} characters"


@rule
def has_buttons_that_lead_somewhere(response: Response) -> Iterator[str]:
    """A button fits the narrowest channel, differs from its neighbours and says what is understood."""
    for variation in response.variations:
        titles = [button["title"] for button in variation.get("buttons") or ()]
        if len(titles) != len(set(titles)):
            yield f"({_wording(variation)}) two buttons with one title"
    for button in response.buttons():
        if not 0 < len(button["title"].strip()) <= len(button["title"]) <= LONGEST_BUTTON:
            yield f"button « {button['title']} »: {len(button['title'])} characters"
        label = button["payload"].removeprefix("/").partition("{")[0]
        if not button["payload"].startswith("/") or label not in INTENTS:
            yield f"button « {button['title']} »: {button['payload']} leads nowhere"


@rule
def tells_facts_that_can_be_told_back(response: Response) -> Iterator[str]:
    """A fact that a button gives has a sentence that recalls it."""
    for button in response.buttons():
        _, brace, facts = button["payload"].partition("{")
        for fact, value in json.loads(brace + facts or "{}").items():
            if fact in FACT_NAMES and response_of_fact(fact, value) not in RESPONSES:
                yield f"button « {button['title']} »: {fact} = {value!r} has no sentence"


@rule
def is_typeset_in_french(response: Response) -> Iterator[str]:
    """Curved apostrophes, French quotation marks, no-break spaces, no empty line."""
    for wording, text in response.texts():
        shown = PLACEHOLDER.sub("valeur", text)
        if not shown.strip():
            yield f"({wording}) says nothing"
        if "\n\n" in text.strip():
            yield f"({wording}) an empty line"
        if NOT_FRENCH.match(response.name):
            continue
        if re.search(r"['\"]|’ ", shown):
            yield f"({wording}) a straight or loose apostrophe or quotation mark"
        for found in re.findall(r".{0,12}(?<!\u00a0)[:;?!»]|«(?!\u00a0).{0,12}", shown):
            yield f"({wording}) a sign without its no-break space: {found}"


@rule
def speaks_to_the_person(response: Response) -> Iterator[str]:
    """A sentence is about their papers, not about our research."""
    for wording, text in response.texts():
        found = OUR_RESEARCH.search(text.replace("\u00a0", " "))
        if found and response.name not in ABOUT_SOURCES:
            yield f"({wording}) speaks of our research: « {found[0]} »"


@rule
def is_short(response: Response) -> Iterator[str]:
    """An answer reaches the steps soon; its short wording fits two text messages."""
    if not response.is_answer:
        return
    words = words_before_steps(response)
    if words > MOST_WORDS_BEFORE_STEPS:
        yield f"{words} words before the steps"
    short = response.render("short")
    count = segments(to_gsm(short["metadata"]["body"].replace("**", ""))).count if short else 0
    if count > MOST_TEXT_MESSAGES:
        yield f"(short) {count} text messages"


def words_before_steps(response: Response) -> int:
    """The number of words of the standard wording, with its values, outside the items of a list."""
    answer = response.render(None)
    lines = answer["metadata"]["body"].splitlines() if answer else []
    told = " ".join(line for line in lines if not _LIST_ITEM.match(line))
    return len(re.findall(r"\w[\w’'-]*", told.replace("\u00a0", " ")))


def faults(check: Rule, responses: Iterable[Response]) -> list[str]:
    """Everything that is wrong by that rule, each with its file and response."""
    return [
        f"{response.file}: {response.name}: {wrong}" for response in responses for wrong in check(response)
    ]


def responses_of(path: Path) -> list[Response]:
    """The responses of one data file."""
    written = content(path).get("responses") or {}
    return [Response(path.name, name, tuple(variations)) for name, variations in written.items()]


def _references(response: Response) -> Iterator[str]:
    for variation in response.variations:
        yield from variation.get("metadata", {}).get("sources", [])


def _wording(variation: dict[str, Any]) -> str:
    conditions = variation.get("condition") or []
    return next((str(one["value"]) for one in conditions if one["name"] == "wording"), "standard")


def _intents() -> Iterator[str]:
    for path in files():
        yield from (block["intent"] for block in content(path).get("nlu") or ())
        # What only a button says has a rule and no examples.
        for one in content(path).get("rules") or ():
            yield from (step["intent"] for step in one["steps"] if "intent" in step)


ALL = [response for path in files() for response in responses_of(path)]
RESPONSES: dict[str, list[dict[str, Any]]] = {one.name: list(one.variations) for one in ALL}
INTENTS = set(_intents())


if __name__ == "__main__":
    wanted = [Path(argument).resolve() for argument in sys.argv[1:]] or files()
    listed = [
        fault for path in wanted for check in RULES.values() for fault in faults(check, responses_of(path))
    ]
    print("\n".join(listed))
    sys.exit(f"{len(listed)} faults" if listed else 0)
