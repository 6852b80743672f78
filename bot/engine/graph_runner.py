"""Runs a graph of components one after the other, in an order found once.

Rasa's own runner makes a graph of tasks anew for every message and hands it to Dask, which runs it one after
the other as well.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

# Each component with what it needs of others.
Order = list[tuple[str, tuple[str, ...]]]


class OrderedGraphRunner(GraphRunner):
    """A runner that remembers in which order the components of a target come."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        """Makes the components; ``hooks`` are called before and after each runs."""
        self._graph_schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._orders: dict[tuple[str, ...], Order] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> OrderedGraphRunner:
        """A new runner."""
        return cls(graph_schema, model_storage, execution_context, hooks)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What each target gives for the inputs.

        Raises what the components raise, as Rasa wraps it, and GraphRunError for an input that nobody gives.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        given = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._order(wanted):
            missing = [need for need in needs if need not in given]
            if missing:
                raise GraphRunError(f"{name} needs what nobody gives: {', '.join(missing)}")
            given[name] = self._nodes[name](*(given[need] for need in needs))
        return dict(given[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> Order:
        if targets not in self._orders:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
            ordered = TopologicalSorter(needs).static_order()
            self._orders[targets] = [(name, needs[name]) for name in ordered if name in needs]
        return self._orders[targets]
