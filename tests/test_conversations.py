"""Conversations held with the running assistant, written in cases/conversations.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Assistant

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "conversations.yml").read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """The text with ordinary spaces and apostrophes, to compare what is said and not how it is set."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").lower()


@pytest.mark.parametrize("case", CASES, ids=[case["conversation"] for case in CASES])
def test_a_conversation_goes_as_written(assistant: Assistant, case: dict[str, Any]) -> None:
    conversation = assistant.conversation()
    for turn in case["turns"]:
        answers = conversation.send(turn["say"])
        said = plain("\n".join(answer["text"] for answer in answers))
        responses = [answer["metadata"].get("response") for answer in answers]
        for words in turn.get("hears", []):
            assert plain(words) in said, f"« {turn['say']} » was answered: {said} {responses}"
        for words in turn.get("never", []):
            assert plain(words) not in said, f"« {turn['say']} » was answered: {said} {responses}"
        if "answer" in turn:
            assert turn["answer"] in responses, f"« {turn['say']} » was answered by {responses}: {said}"
