"""A graph's components run in the order of what they need, each once, for each run's own inputs."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNodeHook, GraphSchema, SchemaNode

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


def runner(hooks: list[GraphNodeHook] | None = None) -> OrderedGraphRunner:
    context = ExecutionContext(graph_schema=GRAPH)
    return OrderedGraphRunner.create(GRAPH, None, context, hooks)  # type: ignore[arg-type]


class Noted(GraphNodeHook):
    """Notes which components ran."""

    def __init__(self) -> None:
        """None yet."""
        self.ran: list[str] = []

    def on_before_node(self, node_name: str, **_: Any) -> dict[str, Any]:  # type: ignore[override]
        """Notes it."""
        self.ran.append(node_name)
        return {}

    def on_after_node(self, **_: Any) -> None:  # type: ignore[override]
        """Nothing."""


@pytest.mark.parametrize(
    ("targets", "given"),
    [
        (["sum"], {"sum": 7}),
        (["product"], {"product": 35}),
        (["sum", "product"], {"sum": 7, "product": 35}),
    ],
)
def test_each_target_is_given(targets: list[str], given: dict[str, int]) -> None:
    assert runner().run(INPUTS, targets) == given


def test_what_is_needed_runs_first_and_once_and_what_is_not_needed_does_not_run() -> None:
    noted = Noted()
    runner([noted]).run(INPUTS, ["sum", "product"])
    assert noted.ran == ["sum", "product"]


def test_each_run_has_its_own_inputs() -> None:
    ours = runner()
    assert ours.run(INPUTS, ["product"]) == {"product": 35}
    assert ours.run({**INPUTS, "__first__": 0}, ["product"]) == {"product": 25}


def test_a_missing_input_is_named() -> None:
    with pytest.raises(GraphRunError, match="__nowhere__"):
        runner().run(INPUTS, ["unused"])


def test_an_error_of_a_component_reaches_the_caller() -> None:
    with pytest.raises(GraphComponentException):
        runner().run({**INPUTS, "__first__": None}, ["sum"])
