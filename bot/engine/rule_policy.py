"""Rasa's rules as a trained model tries them: once a prediction, and once for each state met.

Rasa tries every rule on the words of a message first, for rules written with a person's words instead of an
intent, which ours never are; then on its intent, anew for a state that it has met many times.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker

# States remembered with the rules that apply to them; far more than there are intents and actions.
_MOST_KEPT = 4096


class IntentRulePolicy(RulePolicy):
    """Predicts like Rasa's RulePolicy for rules written with intents only; it is never trained."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Takes the arguments of Rasa's RulePolicy."""
        super().__init__(*arguments, **named)
        self._applicable: dict[tuple[int, str | None], frozenset[str]] = {}

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input:
            return None, None, False
        return super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        # The lookups are loaded with the model and never change, so their id is a valid cache key.
        met = id(lookup), self._create_feature_key(states)
        if met not in self._applicable:
            if len(self._applicable) >= _MOST_KEPT:
                self._applicable.clear()
            self._applicable[met] = frozenset(super()._get_possible_keys(lookup, states))
        return set(self._applicable[met])

    @staticmethod
    def format_tracker_states(states: list[State]) -> str:
        """Returns an empty string: Rasa formats states for a debug line that is never kept."""
        return ""
