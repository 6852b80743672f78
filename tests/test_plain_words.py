"""What a citizen reads speaks to them, not of our research, and is as short as it can be.

``python -m tests.test_plain_words [FILE…]`` lists every fault of those data files (all by default).
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.channels.sms_text import segments, to_gsm
from bot.law.parameters import cite
from bot.nlg.sentences import Sentences

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
DAY = dt.date(2026, 11, 30)
MOST_WORDS_BEFORE_STEPS = 90
MEDIAN_WORDS_BEFORE_STEPS = 60
MOST_SEGMENTS = 2
_LIST_ITEM = re.compile(r"^\s*(?:-|\d+\.)\s")
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
ABOUT_SOURCES = frozenset({"utter_caution_old_source"})


def words_before_steps(text: str) -> int:
    """The number of words outside the items of a list."""
    told = " ".join(line for line in text.splitlines() if not _LIST_ITEM.match(line))
    return len(re.findall(r"\w[\w’'-]*", told.replace("\u00a0", " ")))


def is_standard(variation: dict[str, Any]) -> bool:
    return not variation.get("condition") and not variation.get("channel")


def wording(variation: dict[str, Any]) -> str:
    return next((str(c["value"]) for c in variation.get("condition") or [] if c["name"] == "wording"), "")


def responses_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}


def files() -> list[Path]:
    return sorted(DATA.rglob("*.yml"))


SENTENCES = Sentences.read(DATA)


def faults(path: Path) -> Iterator[str]:
    """Every fault of one data file, as ``response: what is wrong``."""
    for name, variations in responses_of(path).items():
        for variation in variations:
            place = f"{path.name}: {name} ({wording(variation) or 'standard'})"
            found = OUR_RESEARCH.search(variation["text"].replace("\u00a0", " "))
            if found and name not in ABOUT_SOURCES:
                yield f"{place}: speaks of our research: « {found[0]} »"
            references = variation.get("metadata", {}).get("sources", [])
            ranks = {cite(reference).source.authority for reference in references}
            if "commercial" in ranks and ranks & {"law", "official_page", "dated_copy"}:
                yield f"{place}: cites a commercial site beside an official text"
        if name.startswith("utter_faq/"):
            yield from _length_faults(path, name)


def _length_faults(path: Path, name: str) -> Iterator[str]:
    words = body_words(name)
    if words > MOST_WORDS_BEFORE_STEPS:
        yield f"{path.name}: {name}: {words} words before the steps"
    short = SENTENCES.render(name, {"wording": "short"}, "rest", {}, DAY)
    count = segments(to_gsm(short["metadata"]["body"].replace("**", ""))).count if short else 0
    if count > MOST_SEGMENTS:
        yield f"{path.name}: {name} (short): {count} text messages"


def body_words(name: str) -> int:
    """The words before the steps of a question's standard wording, with its values."""
    answer = SENTENCES.render(name, {}, "rest", {}, DAY)
    return words_before_steps(answer["metadata"]["body"]) if answer else 0


def test_answers_speak_to_the_person_and_are_short() -> None:
    found = [fault for path in files() for fault in faults(path)]
    assert not found, "\n".join(found)


def test_half_of_the_answers_take_sixty_words_before_the_steps() -> None:
    counts = [body_words(name) for name in SENTENCES.responses if name.startswith("utter_faq/")]
    assert statistics.median(counts) <= MEDIAN_WORDS_BEFORE_STEPS


def test_a_sentence_about_our_research_is_found() -> None:
    written = [
        "Nous n’avons trouvé aucun texte qui fixe ce délai.",
        "Un site privé annonce quinze jours.",
        "Ce numéro est à vérifier.",
        "Aucune page officielle lue ne donne ce total.",
    ]
    assert all(OUR_RESEARCH.search(sentence) for sentence in written)
    assert not OUR_RESEARCH.search("Vérifiez le numéro de la plaque avant de payer.")


if __name__ == "__main__":
    wanted = [Path(argument).resolve() for argument in sys.argv[1:]] or files()
    listed = [fault for path in wanted for fault in faults(path)]
    print("\n".join(listed))
    sys.exit(f"{len(listed)} faults" if listed else 0)
