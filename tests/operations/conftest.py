"""Two servers behind nginx with PostgreSQL, Redis and RabbitMQ, started once for all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import settings, training
from tests.support.servers import cluster, services
from tests.support.servers.cluster import Cluster


def need(packages: list[str]) -> None:
    """Skips the test where a package is missing, or fails it where nothing may be skipped."""
    if not packages:
        return
    if os.environ.get("TEST_EVERYTHING"):
        pytest.fail(f"missing: {', '.join(packages)}")
    pytest.skip(f"missing: {', '.join(packages)}")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the current model; the servers take its newest."""
    folder = tmp_path_factory.mktemp("models")
    # A worker's folders lie one deeper than those of a run on its own.
    services.open_the_way_to(tmp_path_factory.getbasetemp())
    settings.apply()
    shutil.copy(training.train_if_needed(), folder / "first.tar.gz")
    return folder


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Cluster]:
    """The running cluster."""
    need(cluster.missing())
    extra = {"LOG_FORMAT": "json", "LOG_KEY": "a key of the tests"}
    with cluster.running(tmp_path_factory.mktemp("cluster"), models, extra=extra) as started:
        yield started
