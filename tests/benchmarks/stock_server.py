"""The same assistant as stock Rasa serves it: ``rasa run`` in an environment of its own (``stock/``).

Pipeline and policies are those that ``rasa init`` writes (DIET, ResponseSelector, TED, rules), stores are an
SQLite file and memory, channels are Rasa's own. Intents, rules, sentences and actions are ours; the rules
are also given as stories, since TED learns from stories alone. The written conversations are left out: our
classifier learns from them, and Rasa cannot read the turns that ask two things. Rasa's generator knows no
dated values: their names stand in the sentences.

The actions need a later Python than stock Rasa has, so that ``python -m actions`` serves them from the
assistant's environment: the same code as in ours does the same work, here behind HTTP.

It learns a small share of the examples in fewer epochs: training as ``rasa init`` says takes hours, and what
a network costs at a turn hangs on its layers. It is there to be timed; how well it understands is what
``compare`` measures.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from bot import settings
from tests.benchmarks.contenders import PIPELINES, as_yaml, read_yaml, stock_python, stratified

SHARE = 0.03
EPOCHS = 20
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def rasa(*arguments: str) -> list[str]:
    """Rasa's own command line; raises RuntimeError with what installs it where it is missing."""
    return [stock_python(), "-W", "ignore", "-m", "rasa", *arguments]


def prepare(folder: Path) -> Path:
    """The folder of the stock assistant, written and trained where its inputs changed; what runs it is there.

    Raises RuntimeError with Rasa's words where the training fails, and as ``rasa`` does.
    """
    written = dict(files())
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(written.items())).encode())
    target = folder / f"stock-{digest.hexdigest()[:12]}"
    for name, text in written.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if not (target / "models" / "stock.tar.gz").exists():
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"}
        command = rasa("train", "--fixed-model-name", "stock", "--quiet")
        done = subprocess.run(command, cwd=target, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(
                f"the stock assistant cannot be trained:\n{(done.stdout + done.stderr)[-2000:]}"
            )
    return target


def write_endpoints(folder: Path, action_port: int, database: Path) -> Path:
    """Writes the endpoints of one run: actions on that port, conversations in that SQLite file."""
    content = {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(database)},
    }
    target = folder / "endpoints.yml"
    target.write_text(as_yaml(content), encoding="utf-8")
    return target


def files() -> Any:
    """Name and content of each file of the stock assistant."""
    yield "config.yml", as_yaml(_config())
    yield "domain.yml", (settings.ROOT / "domain.yml").read_text(encoding="utf-8")
    yield "credentials.yml", as_yaml({"rest": None, "socketio": {"session_persistence": False}})
    rules = []
    for path in sorted((settings.ROOT / "data").rglob("*.yml")):
        content = read_yaml(path)
        if "stories" in content:
            continue
        rules += content.get("rules") or []
        yield str(path.relative_to(settings.ROOT)), as_yaml(_stock(content))
    stories = [{"story": rule["rule"], "steps": rule["steps"]} for rule in rules]
    yield "data/stories/as_stories.yml", as_yaml({"version": "3.1", "stories": stories})


def _config() -> dict[str, Any]:
    """What ``rasa init`` writes, with fewer epochs."""
    config = {**read_yaml(PIPELINES / "rasa_default.yml"), **read_yaml(PIPELINES / "stock_policies.yml")}
    for component in (*config["pipeline"], *config["policies"]):
        if "epochs" in component:
            component["epochs"] = EPOCHS
    return config


def _stock(content: dict[str, Any]) -> dict[str, Any]:
    """A file of ``data`` with fewer examples and with sentences that Rasa's generator can write."""
    changed = dict(content)
    if "nlu" in content:
        changed["nlu"] = [_fewer(block) for block in content["nlu"]]
    for variations in (content.get("responses") or {}).values():
        for variation in variations:
            variation["text"] = _PLACEHOLDER.sub(r"\1", variation["text"])
    return changed


def _fewer(block: dict[str, Any]) -> dict[str, Any]:
    lines = [line for line in block["examples"].splitlines() if line.strip()]
    kept = stratified({"": lines}, SHARE)[""]
    # A label with one example is warned about; two is what Rasa asks for.
    return {**block, "examples": "".join(f"{line}\n" for line in (kept if len(kept) > 1 else lines[:2]))}
