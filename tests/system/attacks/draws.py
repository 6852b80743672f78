"""Draws inputs without a test around them: Hypothesis generates, and nothing is shrunk, timed or kept."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st


def draw(examples: int, start: int, shoot: Callable[[st.DataObject], None]) -> None:
    """Calls ``shoot`` with the source of each of ``examples`` inputs, the same for the same ``start``."""

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def one(data: st.DataObject) -> None:
        shoot(data)

    one()
