"""``python -m bot.evaluation conversations FILE.jsonl …``: whole conversations, each turn judged.

A line of a file: ``{"id", "title", "turns": [{"user", "must", "must_not", "flexible", "kind"}]}``. The reply
to a turn is all its texts and the titles of its buttons. A turn is right where every ``must`` is found and
no ``must_not`` is (regular expressions, case ignored); what ``flexible`` must contain may come with the next
reply. ``kind`` is what the turn needs to be understood (context, facts, two_requests, meta,
other_subject…), for the table.

The expressions are a floor: an answer beside the point may contain what was asked for: read with ``--show``.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.content import figures
from bot.evaluation.in_process import AssistantHere, Messages, assistant_in

# isort: split
from rasa.utils.log_utils import configure_structlog

_FLAGS = re.IGNORECASE | re.DOTALL
_BINS = (0.3, 0.5, 0.7, 0.9)
# What the reply does, by the responses it is made of.
_REFUSED = ("utter_out_of_scope", "utter_faq/out_of_scope")
_NOT_UNDERSTOOD = ("utter_not_understood",)
_ASKED = ("utter_close_call", "utter_ask_")


@dataclass(frozen=True)
class Judged:
    """One turn: what was said, answered and found missing, and how sure the classifier was."""

    place: str
    kind: str
    said: str
    replied: str
    missing: tuple[str, ...]
    forbidden: tuple[str, ...]
    did: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether everything that must be in the reply is, and nothing that must not."""
        return not self.missing and not self.forbidden


def play(assistant: AssistantHere, conversation: dict[str, Any]) -> list[Judged]:
    """Every turn of one conversation, held by a new person."""
    person = assistant.conversation()
    turns = conversation["turns"]
    replies, confidences = [], []
    for turn in turns:
        replies.append(person.send(turn["user"]))
        tracker = assistant.tracker(person.sender)
        latest = tracker.latest_message if tracker else None
        confidences.append(float(((latest.intent if latest else None) or {}).get("confidence") or 0.0))
    texts = [_text(messages) for messages in replies]
    judged = []
    for place, turn in enumerate(turns):
        may_follow = turn.get("flexible") and place + 1 < len(turns)
        pool = f"{texts[place]}\n{texts[place + 1]}" if may_follow else texts[place]
        missing = [it for it in turn.get("must") or () if not re.search(it, pool, _FLAGS)]
        forbidden = [it for it in turn.get("must_not") or () if re.search(it, texts[place], _FLAGS)]
        judged.append(
            Judged(
                f"{conversation['id']}.{place + 1}",
                turn.get("kind") or ("first" if place == 0 else "later"),
                turn["user"],
                texts[place],
                tuple(missing),
                tuple(forbidden),
                _what_it_does(replies[place]),
                confidences[place],
            )
        )
    return judged


def report(conversations: Sequence[Sequence[Judged]]) -> str:
    """The shares of turns and conversations, by kind and by confidence."""
    turns = [turn for conversation in conversations for turn in conversation]
    whole = sum(all(turn.is_right for turn in conversation) for conversation in conversations)
    lines = [
        f"turns right {_share(turn.is_right for turn in turns)} of {len(turns)}; "
        f"whole conversations {whole} of {len(conversations)}",
        f"wrong given {_share(not t.is_right and t.did == 'answered' for t in turns)}; "
        f"refused as another subject {_share(t.did == 'refused' for t in turns)}; "
        f"asked {_share(t.did == 'asked' for t in turns)}; "
        f"not understood {_share(t.did == 'not understood' for t in turns)}",
    ]
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for turn in turns:
        by_kind[turn.kind].append(turn)
    lines += [
        f"  {kind:14} {_share(t.is_right for t in own)} of {len(own)}"
        for kind, own in sorted(by_kind.items())
    ]
    lines.append("confidence   right")
    bounds = (0.0, *_BINS, 1.01)
    for low, high in zip(bounds, bounds[1:], strict=False):
        own = [turn for turn in turns if low <= turn.confidence < high]
        if own:
            lines.append(
                f"  {low:.1f} to {min(high, 1.0):.1f}  {_share(t.is_right for t in own)} of {len(own)}"
            )
    return "\n".join(lines)


def totals(conversations: Sequence[Sequence[Judged]]) -> dict[str, float | int | None]:
    """How many turns and whole conversations, and the shares of turns by what became of them."""
    turns = [turn for conversation in conversations for turn in conversation]

    def share(truths: Iterable[bool]) -> float | None:
        values = list(truths)
        return sum(values) / len(values) if values else None

    return {
        "turns": len(turns),
        "right": share(turn.is_right for turn in turns),
        "wrong": share(not turn.is_right and turn.did == "answered" for turn in turns),
        "refused": share(turn.did == "refused" for turn in turns),
        "asked": share(turn.did == "asked" for turn in turns),
        "whole": sum(all(turn.is_right for turn in conversation) for conversation in conversations),
    }


def _text(messages: Messages) -> str:
    parts = []
    for message in messages:
        parts.append(message.get("text") or "")
        parts += [button.get("title", "") for button in message.get("buttons") or []]
    return "\n".join(parts)


def _what_it_does(messages: Messages) -> str:
    names = [(message.get("metadata") or {}).get("response") or "" for message in messages]
    if any(name.startswith(_REFUSED) for name in names):
        return "refused"
    if any(name.startswith(_NOT_UNDERSTOOD) for name in names):
        return "not understood"
    if names and all(name.startswith(_ASKED) for name in names):
        return "asked"
    return "answered"


def _share(truths: Iterable[bool]) -> str:
    values = list(truths)
    return f"{sum(values) / len(values):.3f}" if values else "-"


def main(arguments: list[str]) -> None:
    """Plays the files in this process and prints the table; ``--floor`` makes too low a share a failure."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation conversations")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print each turn that is not right")
    parser.add_argument("--out", type=Path, help="write every turn to a file, a JSON object a line")
    parser.add_argument("--floor", type=float, default=0.0, help="fail below this share of turns right")
    parser.add_argument("--record", action="store_true", help="put the figures on record for the pages")
    given = parser.parse_args(arguments)
    lines = [line for path in given.files for line in path.read_text(encoding="utf-8").splitlines()]
    # Unconfigured, Rasa prints every message it reads.
    configure_structlog(logging.WARNING)
    with tempfile.TemporaryDirectory() as state, assistant_in(Path(state)) as assistant:
        judged = [play(assistant, json.loads(line)) for line in lines if line.strip()]
    turns = [turn for conversation in judged for turn in conversation]
    if given.show:
        for turn in turns:
            if not turn.is_right:
                print(f"{turn.place} [{turn.kind}] {turn.said!r}\n   {turn.did}: {turn.replied[:400]!r}")
                print(f"   missing {list(turn.missing)} found {list(turn.forbidden)}")
    if given.out:
        rows = [{**turn.__dict__, "right": turn.is_right} for turn in turns]
        given.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    print(report(judged))
    if given.record:
        figures.record(
            "conversations",
            "conversations tests/cases/unseen_*.jsonl",
            {"by other hands": totals(judged)},
        )
    right = sum(turn.is_right for turn in turns) / max(len(turns), 1)
    if right < given.floor:
        raise SystemExit(f"below the floor of {given.floor}")
