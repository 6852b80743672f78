"""The files to deploy by: what can be checked of them without a container engine or a cluster."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import REGISTRY

from bot import settings
from bot.operations import metrics

DEPLOY = settings.ROOT / "deploy"
CHART = DEPLOY / "helm" / "assistant"
KNOWN = {setting.name for setting in settings.SETTINGS}
COMPOSE = [DEPLOY / "compose.yml", DEPLOY / "compose.development.yml"]


def services(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())["services"]
    return found


def own_services() -> Iterator[dict[str, Any]]:
    for path in COMPOSE:
        yield from (service for service in services(path).values() if "build" in service)


def test_every_setting_of_a_container_exists() -> None:
    given = {name for service in own_services() for name in service.get("environment") or ()}
    in_chart = set(re.findall(r"^ *([A-Z_]+):", (CHART / "templates" / "settings.yaml").read_text(), re.M))
    in_values = set(yaml.safe_load((CHART / "values.yaml").read_text())["settings"])
    in_image = set(
        re.findall(r"\b((?:ASSISTANT|ACTION|LOG|DESK)_[A-Z_]+)=", (DEPLOY / "Dockerfile").read_text())
    )
    assert given and in_chart and in_values and in_image
    assert (given | in_chart | in_values | in_image) <= KNOWN


def test_a_secret_has_no_default_in_production() -> None:
    text = COMPOSE[0].read_text()
    for name in ("DATABASE_PASSWORD", "DESK_SECRET", "LOG_KEY"):
        assert set(re.findall(rf"\$\{{{name}[^}}]*\}}", text)) == {f"${{{name}:?}}"}


def test_only_loopback_ports_are_published() -> None:
    ports = [
        port for path in COMPOSE for service in services(path).values() for port in service.get("ports", ())
    ]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_our_containers_run_without_privileges() -> None:
    assert "\nUSER 10001\n" in (DEPLOY / "Dockerfile").read_text()
    for name, service in services(COMPOSE[0]).items():
        if "build" in service:
            assert service["read_only"] and service["cap_drop"] == ["ALL"], name


def test_the_values_that_the_chart_reads_exist() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    used = {
        path
        for template in (CHART / "templates").iterdir()
        for path in re.findall(r"\.Values\.([A-Za-z.]+)", template.read_text())
    }
    assert used
    for path in used:
        found = values
        for part in path.split("."):
            assert part in found, path
            found = found[part]


def test_the_dashboard_asks_only_for_metrics_that_exist() -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "assistant.json").read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:assistant|process)_[a-z_]+", target["expr"])
    }
    metrics.TURNS.labels("rest", "answered")
    metrics.SECONDS.labels("rest")
    metrics.ACTION_FAILURES.labels("action")
    metrics.MODEL.info({"fingerprint": "of a test"})
    exist = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    assert asked and asked <= exist
