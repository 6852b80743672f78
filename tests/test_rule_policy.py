"""The rules of a trained model choose as Rasa's own RulePolicy does, and no rule has a person's words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from bot import settings, training
from bot.engine.conversation import Conversation
from bot.engine.rule_policy import IntentRulePolicy

Policies = tuple[RulePolicy, IntentRulePolicy, Domain]
RESOURCE = "train_RulePolicy0"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """Rasa's policy and ours, from the same model, and its domain."""
    model = training.train_if_needed()
    storage, metadata = LocalModelStorage.from_model_archive(tmp_path_factory.mktemp("model"), model)
    context = ExecutionContext(GraphSchema({}))
    config = metadata.predict_schema.nodes[f"run_{RESOURCE.removeprefix('train_')}"].config
    of_kind = [
        kind.load({**kind.get_default_config(), **config}, storage, Resource(RESOURCE), context)
        for kind in (RulePolicy, IntentRulePolicy)
    ]
    return of_kind[0], of_kind[1], metadata.domain


def talk(domain: Domain, intent: str, actions: list[str]) -> Conversation:
    """A conversation whose last message had that intent, and what was done since."""
    told: list[dict[str, Any]] = [{"entity": "reason", "value": "loss", "start": 0, "end": 1}]
    events = [ActionExecuted("action_listen"), UserUttered("perdue", {"name": intent}, told)]
    events += [event for action in actions for event in (ActionExecuted(action), SlotSet("reason", "loss"))]
    return Conversation.from_events("somebody", events, domain.slots)


def test_the_intent_alone_chooses_as_rasas_policy_does(policies: Policies) -> None:
    rasas, ours, domain = policies
    for intent in domain.intents:
        tracker = talk(domain, intent, [])
        for _ in range(4):
            chosen = [policy.predict_action_probabilities(tracker, domain) for policy in (rasas, ours)]
            assert chosen[0].probabilities == chosen[1].probabilities, intent
            # Once more for the same state: what is remembered is what was found.
            assert ours.predict_action_probabilities(tracker, domain).probabilities == chosen[0].probabilities
            action = domain.action_names_or_texts[chosen[0].max_confidence_index]
            tracker.update(ActionExecuted(action))


def test_no_rule_has_the_words_of_a_person() -> None:
    files = sorted((settings.ROOT / "data" / "stories").glob("*.yml"))
    contents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    rules = [rule for content in contents for rule in content.get("rules") or ()]
    assert len(rules) > 30
    assert [rule["rule"] for rule in rules if any("user" in step for step in rule["steps"])] == []
