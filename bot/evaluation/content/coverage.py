"""``python -m bot.evaluation coverage``: the answers that state each fact of ``fact_ids.yml``."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from bot import settings

FACTS_FILE = Path(__file__).with_name("fact_ids.yml")


def fact_ids() -> tuple[list[str], dict[str, str]]:
    """The ids that an answer should state, and those that none should, with the reason."""
    content = yaml.safe_load(FACTS_FILE.read_text(encoding="utf-8"))
    ids = [
        f"{series}-{number:02}" for series, last in content["series"].items() for number in range(1, last + 1)
    ]
    exempt = content["stated_by_no_answer"]
    return [fact for fact in ids if fact not in exempt], exempt


def answers_by_fact() -> dict[str, list[str]]:
    """The names of the responses that state each fact."""
    found = defaultdict(list)
    for path in sorted((settings.ROOT / "data").rglob("*.yml")):
        responses = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}
        for name, variations in responses.items():
            for variation in variations:
                for fact in variation.get("metadata", {}).get("facts", []):
                    found[fact].append(name)
    return found


def main(arguments: list[str]) -> None:
    """Prints the table; exits with 1 if a fact is stated by no answer."""
    argparse.ArgumentParser(prog="python -m bot.evaluation coverage").parse_args(arguments)
    wanted, exempt = fact_ids()
    answers = answers_by_fact()
    for fact in wanted:
        print(f"{fact:6} {', '.join(answers[fact]) or 'STATED BY NO ANSWER'}")
    for fact, reason in exempt.items():
        print(f"{fact:6} (none: {reason})")
    missing = [fact for fact in wanted if not answers[fact]]
    named = ", ".join(missing) or "none"
    print(f"{len(wanted)} facts, {len(missing)} stated by no answer: {named}")
    sys.exit(1 if missing else 0)
