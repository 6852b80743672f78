"""``python -m tests.operations.record ADDRESS DATABASE``: a conversation of a release about to be replaced.

Run it against the *old* release, started with SQLite, before its successor is written; the file that it
leaves is what test_backup.py continues.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import urllib.request
import uuid
from contextlib import closing
from pathlib import Path

FILE = Path(__file__).with_name("conversation_of_the_last_release.json")
SAID = ("je ne trouve plus ma carte grise", "ma plaque est au format 123 AB 75", "combien coûte un duplicata")
FACTS = ("Carte perdue", "ancien format")


def main(address: str, database: str) -> None:
    """Talks, reads what was stored and writes the file."""
    sender = uuid.uuid4().hex
    offered = []
    for text in SAID:
        body = json.dumps({"sender": sender, "message": text}).encode()
        request = urllib.request.Request(
            f"{address}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            offered += [button["payload"] for one in json.load(answer) for button in one.get("buttons") or ()]
    with closing(sqlite3.connect(database)) as stored:
        rows = stored.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (sender,)).fetchall()
    recorded = {
        "facts": FACTS,
        "button": next(payload for payload in offered if payload.startswith("/faq/")),
        "events": [json.loads(data) for (data,) in rows],
    }
    FILE.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
