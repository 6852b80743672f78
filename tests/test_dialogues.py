"""The guided dialogues as people lead them (cases/dialogues.yml), held with the running assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Assistant
from tests.test_conversations import plain

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "dialogues.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["conversation"] for case in CASES])
def test_a_dialogue_goes_as_written(assistant: Assistant, case: dict[str, Any]) -> None:
    conversation = assistant.conversation()
    for turn in case["turns"]:
        answers = conversation.send(turn["say"])
        said = plain("\n".join(answer["text"] for answer in answers))
        responses = [answer["metadata"].get("response") for answer in answers]
        context = f"« {turn['say']} » was answered by {responses}: {said}"
        assert said.strip(), context
        for words in turn.get("hears", []):
            assert plain(str(words)) in said, context
        for words in turn.get("never", []):
            assert plain(str(words)) not in said, context
        for name in [*turn.get("answers", []), *([turn["answer"]] if "answer" in turn else [])]:
            assert name in responses, context
