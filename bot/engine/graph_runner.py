"""Runs a model's components one after the other, in an order found once.

Rasa's runner makes a graph of tasks anew for every message and hands it to Dask, which runs it one after the
other as well.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner

# Each component with what it needs of others.
Order = list[tuple[str, tuple[str, ...]]]


class OrderedGraphRunner(DaskGraphRunner):
    """A runner that remembers in which order the components of a target come."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Takes what Rasa's runner takes."""
        super().__init__(*arguments, **named)
        self._orders: dict[tuple[str, ...], Order] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What each target gives for the inputs; raises what the components raise, as Rasa wraps it."""
        wanted = tuple(targets or self._graph_schema.target_names)
        given = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._order(wanted):
            # A component is told the name of what nobody provides, and says so itself.
            given[name] = self._instantiated_nodes[name](*(given.get(need, need) for need in needs))
        return dict(given[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> Order:
        if targets not in self._orders:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
            ordered = TopologicalSorter(needs).static_order()
            self._orders[targets] = [(name, needs[name]) for name in ordered if name in needs]
        return self._orders[targets]
