"""Parts of the assistant fail: the user is told in French what still works, and nothing is silent."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.conftest import Assistant, running
from tests.support.servers.parts import PYTHON, Part, free_port, is_open, started

RECOVERY_SECONDS = 60


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, Part]]:
    """An assistant that calls an action server, as where several machines serve."""
    port, folder = free_port(), tmp_path_factory.mktemp("actions")
    environment = {"ACTION_SERVER_PORT": str(port)}
    actions = Part("actions", [*PYTHON, "actions"], lambda: is_open(port), folder, environment)
    state = tmp_path_factory.mktemp("state")
    with (
        started((actions,)),
        running(state, ACTION_SERVER_URL=f"http://127.0.0.1:{port}/webhook") as assistant,
    ):
        yield assistant, actions


def test_the_action_server_dies_and_comes_back_within_a_conversation(apart: tuple[Assistant, Part]) -> None:
    assistant, actions = apart
    conversation = assistant.conversation()
    assert "13,76" in conversation.say("combien coûte un duplicata")
    actions.kill()
    degraded = conversation.say("plaque 123 AB 75, elle est perdue")
    # A general answer with a note, or the apology: it depends on what the message is read as.
    assert "le calcul pour votre cas n’est pas disponible" in degraded or "ne répond pas" in degraded
    assert "13,76" in conversation.say("combien coûte un duplicata")
    actions.start()
    limit = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < limit:
        # What was told meanwhile is known.
        if "Carte perdue" in conversation.say("récapitule"):
            assert "nouveau numéro" in conversation.say("ma plaque est au format 123 AB 75")
            return
        time.sleep(1)
    raise AssertionError("the action server did not come back")


def test_the_server_itself_dies_and_comes_back_with_the_conversation(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    conversation.say("combien coûte un duplicata")
    assistant.process("bot.server").kill()
    limit = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < limit:
        try:
            assert "nouveau numéro" in conversation.say("plaque 123 AB 75")
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not come back")
