"""Our runner gives what Rasa's gives, for the same graph and inputs."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner

from bot.engine.graph_runner import OrderedGraphRunner


class Arithmetic(GraphComponent):
    """Adds and multiplies what other components give."""

    @classmethod
    def create(cls, *_: Any, **__: Any) -> Arithmetic:
        """A new one."""
        return cls()

    def add(self, left: int, right: int) -> int:
        """The sum."""
        return left + right

    def multiply(self, left: int, right: int) -> int:
        """The product."""
        return left * right


def node(fn: str, left: str, right: str) -> SchemaNode:
    needs = {"left": left, "right": right}
    return SchemaNode(needs, Arithmetic, "create", fn, {}, eager=True, is_target=False)


GRAPH = GraphSchema(
    {
        "product": node("multiply", "sum", "__second__"),
        "sum": node("add", "__first__", "__second__"),
        "unused": node("add", "product", "__nowhere__"),
    }
)
INPUTS = {"__first__": 2, "__second__": 5}


def runner(kind: type[GraphRunner]) -> GraphRunner:
    return kind.create(GRAPH, None, ExecutionContext(graph_schema=GRAPH))  # type: ignore[arg-type]


@pytest.mark.parametrize("targets", [["sum"], ["product"], ["sum", "product"]])
def test_our_runner_gives_what_rasas_gives(targets: list[str]) -> None:
    assert runner(OrderedGraphRunner).run(INPUTS, targets) == runner(DaskGraphRunner).run(INPUTS, targets)


def test_each_run_has_its_own_inputs() -> None:
    ours = runner(OrderedGraphRunner)
    assert ours.run(INPUTS, ["product"]) == {"product": 35}
    assert ours.run({**INPUTS, "__first__": 0}, ["product"]) == {"product": 25}


@pytest.mark.parametrize("kind", [OrderedGraphRunner, DaskGraphRunner])
def test_a_missing_input_is_named(kind: type[GraphRunner]) -> None:
    with pytest.raises(GraphRunError, match="__nowhere__"):
        runner(kind).run(INPUTS, ["unused"])
