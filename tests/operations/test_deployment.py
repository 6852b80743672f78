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


def template(name: str) -> str:
    return (CHART / "templates" / name).read_text()


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


def test_the_group_that_openshift_gives_may_write_where_the_user_may() -> None:
    """OpenShift runs the image under a number that nobody knows, in group 0."""
    image = (DEPLOY / "Dockerfile").read_text()
    assert re.search(r"^RUN useradd --uid 10001 --gid 0 ", image, re.M)
    assert re.search(r"^RUN install -d -o assistant -g 0 -m 2775 var$", image, re.M)
    # That number has no home, and the root is read-only.
    assert re.search(r"\bHOME=/tmp\b", image)
    pod = template("_parts.tpl")
    for name in ("runAsUser", "fsGroup"):
        assert f"{{{{- with .Values.user.{name} }}}}\n  {name}: {{{{ . }}}}\n  {{{{- end }}}}" in pod
    assert "runAsGroup" not in pod and "runAsNonRoot: true" in pod


def test_no_pod_gets_the_addresses_of_its_neighbours_as_settings() -> None:
    assert "\nenableServiceLinks: false\n" in template("_parts.tpl")
    for name in ("actions.yaml", "bot.yaml", "desk.yaml"):
        assert 'include "assistant.pod"' in template(name), name


def test_no_password_stands_in_an_address() -> None:
    """In an address some of its signs would be read as parts of it; PostgreSQL's own variable takes any."""
    for name, service in services(COMPOSE[0]).items():
        for variable, value in (service.get("environment") or {}).items():
            assert "PASSWORD" not in str(value) or "://" not in str(value), (name, variable)
    assert services(COMPOSE[0])["bot-1"]["environment"]["PGPASSWORD"] == "${DATABASE_PASSWORD:?}"


def test_the_servers_and_nginx_listen_over_both_families() -> None:
    image = (DEPLOY / "Dockerfile").read_text()
    assert {"ASSISTANT_HOST=::", "ACTION_SERVER_HOST=::"} <= set(re.findall(r"\w+_HOST=\S+", image))
    assert services(COMPOSE[0])["desk"]["environment"]["DESK_HOST"] == "::"
    assert re.findall(r'^  (\w+)_HOST: "::"$', template("settings.yaml"), re.M) == ["DESK", "METRICS"]
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert re.findall(r"^ +listen (.+);$", nginx, re.M) == ["8080", "[::]:8080"]


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


def test_every_server_knows_how_many_proxies_stand_before_it() -> None:
    proxies = {
        name: service["environment"]["ASSISTANT_TRUSTED_PROXIES"]
        for name, service in services(COMPOSE[0]).items()
        if name in ("bot-1", "bot-2", "desk")
    }
    # Before the assistant's servers, nginx and the proxy that ends TLS; before the desk, that one alone.
    assert proxies == {"bot-1": "2", "bot-2": "2", "desk": "1"}
    assert "ASSISTANT_TRUSTED_PROXIES" in yaml.safe_load((CHART / "values.yaml").read_text())["settings"]
    assert "- configMapRef:\n      name: {{ .Release.Name }}-settings" in template("_parts.tpl")


def test_every_replica_of_the_bot_serves_the_messaging_channels_from_one_database() -> None:
    kinds = {
        path.name: re.findall(r"^kind: (\w+)$", path.read_text(), re.M)
        for path in (CHART / "templates").iterdir()
    }
    assert "StatefulSet" not in [kind for found in kinds.values() for kind in found]
    assert not any("CHANNELS_SERVED" in path.read_text() for path in (CHART / "templates").iterdir())
    assert "ASSISTANT_URL: http://{{ .Release.Name }}-bot:5005\n" in template("settings.yaml")
    for name in ("bot-1", "bot-2"):
        database = services(COMPOSE[0])[name]["environment"]["CHANNELS_DB"]
        assert database.startswith("postgresql://")


def test_a_pod_without_a_volume_gets_its_stores_and_keys_from_the_secret() -> None:
    required = set(re.findall(r'"([A-Z_]+)"', template("_parts.tpl")))
    keys = {"REDIS_URL", "LOG_KEY", "DESK_SECRET"}
    assert required == {"CONVERSATIONS_DB", "FEEDBACK_DATABASE_URL", "CHANNELS_DB", *keys}
    assert required <= KNOWN
    for name in ("actions.yaml", "bot.yaml", "desk.yaml"):
        assert 'include "assistant.required"' in template(name), name
    assert "key: DESK_DB_URL}" in template("desk.yaml")


def test_the_servers_run_the_actions_unless_the_chart_sets_these_apart() -> None:
    for service in own_services():
        assert "ACTION_SERVER_URL" not in (service.get("environment") or ())
        assert "actions" not in service.get("command", ())
    assert yaml.safe_load((CHART / "values.yaml").read_text())["actions"]["separate"] is False
    apart = "{{- if .Values.actions.separate }}\n"
    assert template("actions.yaml").startswith(apart) and template("actions.yaml").endswith("{{- end }}\n")
    (condition, end) = re.findall(r"(.*)\n +ACTION_SERVER_URL: .*\n(.*)", template("settings.yaml"))[0]
    assert (condition.strip(), end.strip()) == (apart.strip(), "{{- end }}")
    assert template("settings.yaml").count("ACTION_SERVER_URL") == 1


def test_every_block_of_a_template_is_closed() -> None:
    for path in (CHART / "templates").iterdir():
        opened = re.findall(r"\{\{-? (?:if|range|with|define) ", path.read_text())
        closed = re.findall(r"\{\{-? end \}\}", path.read_text())
        assert len(opened) == len(closed), path.name


def test_the_image_is_built_with_the_uv_and_the_python_that_install() -> None:
    image = (DEPLOY / "Dockerfile").read_text()
    installing = (settings.ROOT / "bot" / "install.py").read_text()
    uv = re.findall(r'^UV_VERSION = "([\d.]+)"', installing, re.M)
    python = re.findall(r'^PYTHON = .*"ASSISTANT_PYTHON", "([\d.]+)"', installing, re.M)
    assert re.findall(r"astral-sh/uv:([\d.]+) ", image) == uv != []
    # The stage that builds and the one that runs.
    assert re.findall(r"^FROM python:([\d.]+)-", image, re.M) == python * 2 != []


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
