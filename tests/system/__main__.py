"""``python -m tests.system COMMAND``: one command a trial of the running system."""

from __future__ import annotations

from bot.evaluation.commands import run

# Each with its module.
COMMANDS = {
    "channels": ("channels", "the same conversations through every channel"),
    "faults": ("faults", "parts are killed, cut off or filled up while people talk; counts what is lost"),
    "masking": (
        "privacy.masking",
        "how much personal data of a written set is masked, and what by mistake",
    ),
    "leaks": ("privacy.leaks", "personal data is sent in, then looked for wherever anything is kept"),
    "fuzz": ("attacks.fuzz", "random and hostile inputs for every entry; counts errors and crashes"),
    "desk": ("attacks.desk", "random and hostile requests against the mediators' desk"),
}

if __name__ == "__main__":
    run("tests.system", COMMANDS)
