"""Where things are and how they are reached: environment variables, with defaults for one machine."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
STATE = ROOT / "var"

# Every variable the assistant reads, with its default. Secrets have none: a feature whose secret is
# missing stays off.
DEFAULTS = {
    "ASSISTANT_HOST": "127.0.0.1",
    "ASSISTANT_PORT": "5005",
    "ACTION_SERVER_HOST": "127.0.0.1",
    "ACTION_SERVER_PORT": "5055",
    "ASSISTANT_ALLOWED_ORIGINS": "http://localhost:* http://127.0.0.1:*",
    "CONVERSATIONS_DIALECT": "sqlite",
    "CONVERSATIONS_DB": str(STATE / "conversations.db"),
    "FEEDBACK_DATABASE_URL": f"sqlite:///{STATE / 'feedback.db'}",
    # The messaging channels: what waits and failed, the first pause after a failed call, when to give up.
    "CHANNELS_DB": str(STATE / "channels.db"),
    "CHANNELS_FIRST_RETRY_SECONDS": "1",
    "CHANNELS_GIVE_UP_SECONDS": "1800",
    "RASA_TELEMETRY_ENABLED": "false",
    "TQDM_DISABLE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def apply() -> None:
    """Sets every variable that the environment does not, and makes the folder that the defaults write to."""
    STATE.mkdir(exist_ok=True)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    host, port = os.environ["ACTION_SERVER_HOST"], os.environ["ACTION_SERVER_PORT"]
    os.environ.setdefault("ACTION_SERVER_URL", f"http://{host}:{port}/webhook")


def get(name: str) -> str:
    """The variable's value; raises KeyError naming a variable that is neither set nor has a default."""
    return os.environ.get(name) or DEFAULTS[name]


def port(name: str) -> int:
    """A port from the variable; raises ValueError naming it where the text is no port."""
    text = get(name)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{name} must be a port number, not {text!r}")
    return int(text)
