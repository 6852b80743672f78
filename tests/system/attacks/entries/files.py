"""The files that maintainers edit, broken in every way: they are read, or refused by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import yaml
from hypothesis import strategies as st

from bot.evaluation.understanding.predictions import read
from bot.law import parameters
from tests.system.attacks import hostile
from tests.system.attacks.attack import Outcome

YAML_ODDITIES = (
    "!!python/object/apply:os.system ['true']",
    "&a [*a]",
    "*nothing",
    "{",
    "[[[[",
    "\t",
    "\0",
    "- - -",
    "? ? ?",
    "%YAML 9",
    "2026-02-30",
    "0001-01-01",
    "99999-01-01",
    "1e999",
    ".nan",
    "-.inf",
    "0x7fffffffffffffffffff",
    "9" * 5000,
    "1:60:60",
    "~",
    "yes",
    "!!binary x",
    "!!set {a}",
    "<<: 3",
    "a: b: c",
    "'",
    "é" * 200,
)


def law_parameters(folder: Path) -> Callable[[st.DataObject], Outcome]:
    """A parameter file, read alone in ``folder``; a refusal must name it and, where it has one, the key."""
    originals = {path.name: path.read_text("utf-8") for path in sorted(parameters.FOLDER.glob("*.yml"))}
    folder.mkdir()

    def shoot(data: st.DataObject) -> Outcome:
        name = data.draw(st.sampled_from(sorted(originals)))
        content = _mutated_yaml(data, originals[name])
        (folder / name).write_bytes(content)
        known, parameters.FOLDER = parameters.FOLDER, folder
        try:
            parameters.validate()
            for key in parameters.keys():
                values = parameters.parameter(key).values
                assert all(isinstance(value.since, dt.date) and value.value != "" for value in values)
            return Outcome(200)
        except parameters.ParameterError as error:
            told = str(error)
            where = (f"{Path(name).stem}.", f"{name}:", f"{folder.name}/")
            fault = "" if any(each in told for each in where) else f"names no file: {told[:200]}"
            return Outcome(400, fault=fault)
        except Exception as error:
            return Outcome(0, type(error).__name__, f"{name}: {str(error)[:120]}")
        finally:
            parameters.FOLDER = known
            (folder / name).unlink()

    return shoot


def _mutated_yaml(data: st.DataObject, text: str) -> bytes:
    if data.draw(st.booleans()):
        # A right shape with wrong values.
        changed = hostile.mutated(data, yaml.load(text, yaml.CBaseLoader))
        return yaml.dump(changed, allow_unicode=True).encode("utf-8", "surrogatepass")
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        rank = data.draw(st.integers(0, len(lines) - 1))
        odd = data.draw(st.sampled_from(YAML_ODDITIES) | hostile.texts)
        how = data.draw(st.integers(0, 5))
        key, colon, rest = lines[rank].partition(": ")
        if how == 0:
            del lines[rank : rank + data.draw(st.integers(1, 3))]
            lines = lines or [""]
        elif how == 1:
            lines.insert(rank, lines[rank])
        elif how == 2:
            lines[rank] = key + colon + odd
        elif how == 3:
            lines[rank] = " " * data.draw(st.integers(1, 5)) + lines[rank]
        elif how == 4:
            at = data.draw(st.integers(0, len(lines[rank])))
            lines[rank] = lines[rank][:at] + odd + lines[rank][at:]
        else:
            lines = lines[: rank + 1]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    return content + data.draw(st.sampled_from((b"", b"", b"", b"\xff", b"\x00")))


def messages(file: Path) -> Callable[[st.DataObject], Outcome]:
    """The messages of ``topics``; a refusal must name the line."""
    right = {"text": "combien coûte un duplicata", "labels": ["cost"], "noise": "clean"}

    def shoot(data: st.DataObject) -> Outcome:
        lines = [hostile.json_body(data, right) for _ in range(data.draw(st.integers(1, 4)))]
        file.write_bytes(data.draw(st.sampled_from((b"\n", b"\r\n", b"\n\n"))).join(lines))
        try:
            examples = read(file)
        except ValueError as error:
            told = str(error)
            return Outcome(400, fault="" if f"{file.name}, line " in told else f"names no line: {told[:100]}")
        except Exception as error:
            return Outcome(0, type(error).__name__, f"{lines[0][:80]!r}")
        right_types = all(
            isinstance(each.text, str)
            and isinstance(each.noise, str)
            and all(isinstance(label, str) for label in each.labels)
            for each in examples
        )
        return Outcome(200, fault="" if right_types else f"wrong types taken: {lines[0][:100]!r}")

    return shoot
