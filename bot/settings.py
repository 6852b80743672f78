"""Where things are and how they are reached: environment variables, with defaults for one machine.

``python -m bot.settings`` prints them as the table of docs/operations.md.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import addresses, network_disks

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
STATE = ROOT / "var"

# Says what is wrong with a value, or nothing.
Check = Callable[[str], str]


def _anything(_: str) -> str:
    return ""


def _port(text: str) -> str:
    return "" if text.isdigit() and 0 < int(text) < 65536 else "must be a port number"


def _number(text: str) -> str:
    return "" if re.fullmatch(r"\d+(\.\d+)?", text) else "must be a number, zero or more"


def _count(text: str) -> str:
    return "" if text.isdigit() and int(text) > 0 else "must be a whole number, one or more"


def _number_of(text: str) -> str:
    return "" if text.isdigit() else "must be a whole number, zero or more"


def _url(*schemes: str) -> Check:
    known = " or ".join(f"{scheme}://…" for scheme in schemes)

    def check(text: str) -> str:
        if not text.startswith(tuple(f"{one}://" for one in schemes)):
            return f"must be {known}"
        # A web address is no secret, but nobody should have to guess which part of it is wrong.
        is_web = set(schemes) <= set(addresses.DEFAULT_PORTS)
        return "" if not is_web or addresses.origin(text) else f"must be {known} with the name of a host"

    return check


def _host(text: str) -> str:
    return "" if addresses.is_host(text) else f"must be a host name or an IP address alone, not {text!r}"


def _origins(text: str) -> str:
    wrong = [one for one in origins_in(text) if addresses.site(one) is None]
    return f"must hold sites such as https://www.ville.example, not {wrong[0]!r}" if wrong else ""


def _database(text: str) -> str:
    if "://" not in text:
        return ""
    wrong = _url("sqlite", "postgresql", "postgresql+psycopg2")(text)
    return wrong or (
        "" if _read(text) else "cannot be read: after the host comes / or : and a port in digits"
    )


def _read(database: str) -> URL | None:
    """The parts of a database's address, None where it cannot be read."""
    # Imported here: it takes longer than all the rest of a start that only prints.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(addresses.with_escaped_password(_url_of(database)))
    except (ArgumentError, ValueError):
        return None


def _url_of(database: str) -> str:
    return database if "://" in database else f"sqlite:///{database}"


def _issuer(text: str) -> str:
    is_here = re.match(r"http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", text)
    return "" if text.startswith("https://") or is_here else "must be https://…"


def _one_of(*words: str) -> Check:
    return lambda text: "" if text in words else f"must be {' or '.join(words)}"


@dataclass(frozen=True)
class Setting:
    """A variable, its default (None: a secret, or off), what it decides, and the check of its value."""

    name: str
    default: str | None
    meaning: str
    check: Check = _anything


# Kubernetes and Docker give every container the addresses of its neighbours: a service called "desk" becomes
# DESK_PORT=tcp://10.0.0.1:5006, which nobody meant as a setting (enableServiceLinks: false turns it off).
_NEIGHBOUR = re.compile(r"(tcp|udp|sctp)://")

# Every variable the assistant reads. Secrets have no default: a feature whose secret is missing stays off.
# Those of the messaging channels stand with each channel (docs/channels).
SETTINGS = (
    Setting("ASSISTANT_HOST", "127.0.0.1", "where the assistant's server listens", _host),
    Setting("ASSISTANT_PORT", "5005", "its port; a second worker takes the next one", _port),
    Setting("ASSISTANT_WORKERS", "1", "how many servers the supervisor keeps", _count),
    Setting("ASSISTANT_DRAIN_SECONDS", "15", "how long a stop waits for the turns under way", _number),
    Setting(
        "ASSISTANT_KEEP_ALIVE_SECONDS",
        "120",
        "how long an idle connection stays open: longer than the proxy in front keeps it",
        _number,
    ),
    Setting(
        "ACTION_SERVER_URL",
        None,
        "an action server (`python -m actions`); without it the assistant's server runs the actions",
        _url("http", "https"),
    ),
    Setting("ACTION_SERVER_HOST", "127.0.0.1", "where an action server listens", _host),
    Setting("ACTION_SERVER_PORT", "5055", "its port", _port),
    Setting(
        "ASSISTANT_ALLOWED_ORIGINS",
        "http://localhost:* http://127.0.0.1:*",
        "the other sites that may call, between spaces",
        _origins,
    ),
    Setting("ASSISTANT_PUBLIC_URL", None, "where people reach the assistant", _url("http", "https")),
    Setting("ASSISTANT_MESSAGES_PER_MINUTE", "15", "messages a minute read from one conversation", _count),
    Setting(
        "ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS",
        "300",
        "messages a minute from one network address, which a whole room may share",
        _count,
    ),
    Setting(
        "ASSISTANT_TRUSTED_PROXIES", "0", "proxies in front, whose X-Forwarded-For is believed", _number_of
    ),
    Setting(
        "ASSISTANT_PAUSED", "0", "1 pauses the assistant: one notice to every message", _one_of("0", "1")
    ),
    Setting("ASSISTANT_OPERATOR", None, "who runs the assistant, for its data-protection page"),
    Setting("ASSISTANT_PRIVACY_CONTACT", None, "whom to ask about personal data, a mail or postal address"),
    Setting("ASSISTANT_NOTICE", None, "an announcement above the site's pages"),
    Setting("ASSISTANT_SWITCHES", str(STATE), "the folder of paused and announcement.txt, read at once"),
    Setting(
        "CONVERSATIONS_DB",
        str(STATE / "conversations.db"),
        "the conversations: a SQLite file or postgresql://…",
        _database,
    ),
    Setting(
        "FEEDBACK_DATABASE_URL", f"sqlite:///{STATE / 'feedback.db'}", "the opinions on answers", _database
    ),
    Setting("PGPASSWORD", None, "the password of the PostgreSQL databases whose address holds none"),
    Setting("REDIS_URL", None, "locks and rooms of several servers", _url("redis", "rediss")),
    Setting("EVENT_BROKER_URL", None, "where events are streamed to", _url("amqp", "amqps")),
    Setting(
        "CHANNELS_DB",
        str(STATE / "channels.db"),
        "the messages of messaging channels that wait",
        _database,
    ),
    Setting("CHANNELS_SERVED", "1", "0 leaves the messaging channels to another server", _one_of("0", "1")),
    Setting("CHANNELS_FIRST_RETRY_SECONDS", "1", "the first pause after a call that failed", _number),
    Setting("CHANNELS_GIVE_UP_SECONDS", "1800", "when a call is given up", _number),
    Setting(
        "CHANNELS_QUIET_SECONDS",
        "1.5",
        "the pause after which short messages in a row are answered as one; 0 answers each",
        _number,
    ),
    Setting("SHEETS_RETENTION_DAYS", "30", "for how long a personal sheet answers", _count),
    Setting("METRICS_PORT", None, "the port of /metrics (a second worker: the next); off without it", _port),
    Setting("METRICS_HOST", "127.0.0.1", "where /metrics listens", _host),
    Setting(
        "LOG_LEVEL",
        "WARNING",
        "from which level on lines are logged",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
    Setting("LOG_FORMAT", "text", "text, or json for one object a line", _one_of("text", "json")),
    Setting("LOG_KEY", None, "the key that names conversations in the logs; drawn at each start without it"),
    Setting("DESK_HOST", "127.0.0.1", "where the mediators' desk listens", _host),
    Setting("DESK_PORT", "5006", "its port", _port),
    Setting("DESK_DB_URL", f"sqlite:///{STATE / 'desk.db'}", "its database", _database),
    Setting("DESK_PUBLIC_URL", None, "where mediators reach it", _url("http", "https")),
    Setting(
        "DESK_SECRET",
        None,
        "what the desk and the bot share; also seals the sheets' addresses; drawn into var/ without it",
    ),
    Setting(
        "DESK_JOURNAL_WITNESS",
        None,
        "where the length of the desk's journal is kept; beside a SQLite database without it",
    ),
    Setting("DESK_OIDC_ISSUER", None, "the desk's OpenID Connect provider; off without it", _issuer),
    Setting("DESK_OIDC_CLIENT_ID", None, "the desk's name with that provider"),
    Setting("DESK_OIDC_CLIENT_SECRET", None, "its secret with that provider"),
    Setting("DESK_OIDC_NAME", "le fournisseur d’identité", "the provider's name on the buttons, in French"),
    Setting("DESK_URL", None, "the desk's address where it runs on another machine", _url("http", "https")),
    Setting("ASSISTANT_URL", None, "the bot's address, for a desk on another machine", _url("http", "https")),
    Setting("RASA_TELEMETRY_ENABLED", "false", "Rasa's telemetry, off", _one_of("false", "true")),
    Setting("TQDM_DISABLE", "1", "no progress bars of Rasa's"),
)
# For tests and benchmarks, which write faster than people.
WITHOUT_LIMITS = {
    "ASSISTANT_MESSAGES_PER_MINUTE": "1000000",
    "ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS": "1000000",
}
DEFAULTS = {setting.name: setting.default for setting in SETTINGS if setting.default is not None}
# Their addresses hold a password.
_STORES = (
    "CONVERSATIONS_DB",
    "FEEDBACK_DATABASE_URL",
    "CHANNELS_DB",
    "DESK_DB_URL",
    "REDIS_URL",
    "EVENT_BROKER_URL",
)


def start(*stores: str) -> None:
    """Prepares the environment of a process that keeps those stores.

    Raises SystemExit that says what is wrong with it, a line each.
    """
    apply()
    wrong = problems() or [f"{name} {fault}" for name in stores if (fault := _fault_of_place(get(name)))]
    if wrong:
        sys.exit("\n".join(f"✗ {problem}" for problem in wrong))


def apply() -> None:
    """Sets every variable that the environment does not, and makes the folder that the defaults write to.

    What a container engine put there is taken away; a password becomes one that every library reads.
    """
    for setting in SETTINGS:
        if _is_neighbour(setting.name, os.environ.get(setting.name, "")):
            del os.environ[setting.name]
    for name in _STORES:
        if os.environ.get(name):
            os.environ[name] = addresses.with_escaped_password(os.environ[name])
    with contextlib.suppress(OSError):
        # ``start`` says what is wrong with it.
        STATE.mkdir(exist_ok=True)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    # endpoints.yml reads these, and a variable that it names must exist.
    os.environ["CONVERSATIONS_URL"] = conversations_url()
    for name in ("ACTION_SERVER_URL", "REDIS_URL", "EVENT_BROKER_URL"):
        os.environ.setdefault(name, "")


def problems(environment: Mapping[str, str] = os.environ) -> list[str]:
    """What is wrong with the values in the environment, one sentence each; never the value of a secret."""
    found = []
    for setting in SETTINGS:
        value = environment.get(setting.name) or setting.default
        if value and _is_neighbour(setting.name, value):
            value = setting.default
        complaint = setting.check(value) if value else ""
        if complaint:
            found.append(f"{setting.name} {complaint}")
    is_alone = environment.get("ASSISTANT_WORKERS", "1") in ("", "1")
    if not is_alone and not environment.get("REDIS_URL"):
        found.append("ASSISTANT_WORKERS above 1 needs REDIS_URL: the servers share locks and windows there")
    if environment.get("DESK_OIDC_ISSUER"):
        found += [
            f"DESK_OIDC_ISSUER needs {name} too"
            for name in ("DESK_OIDC_CLIENT_ID", "DESK_OIDC_CLIENT_SECRET")
            if not environment.get(name)
        ]
    return found


def _fault_of_place(database: str) -> str:
    """What is wrong with where a SQLite file lies, or nothing."""
    url = _read(database)
    if url is None or url.get_backend_name() != "sqlite" or not url.database:
        return ""
    file = Path(url.database)
    kind = network_disks.type_of(file)
    if kind:
        return (
            f"must be on a disk of this machine: {file.parent} is on a network disk ({kind}), where SQLite's "
            "files are damaged. Name another folder, or a PostgreSQL database"
        )
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    written = [file] if file.exists() else []
    if file.parent.is_dir() and all(os.access(one, os.W_OK) for one in (file.parent, *written)):
        return ""
    user = f"user {os.getuid()} of group {os.getgid()}"
    return f"must be in a folder that {user} may write: {file.parent} is none"


def _is_neighbour(name: str, value: str) -> bool:
    return name.endswith("_PORT") and _NEIGHBOUR.match(value) is not None


def get(name: str) -> str:
    """The variable's value; raises KeyError naming a variable that is neither set nor has a default."""
    return os.environ.get(name) or DEFAULTS[name]


def port(name: str) -> int:
    """A port from the variable; raises ValueError naming it where the text is no port."""
    text = get(name)
    if _port(text):
        raise ValueError(f"{name} {_port(text)}, not {text!r}")
    return int(text)


def trusted_proxies() -> int:
    """How many proxies stand in front, whose X-Forwarded-For is believed."""
    return int(get("ASSISTANT_TRUSTED_PROXIES"))


def public_url() -> str:
    """The address that people reach the assistant at, without a final slash; its own where none is set."""
    own = addresses.here(get("ASSISTANT_HOST"), port("ASSISTANT_PORT"))
    return (os.environ.get("ASSISTANT_PUBLIC_URL") or own).rstrip("/")


def origins_in(text: str) -> list[str]:
    """The sites that ASSISTANT_ALLOWED_ORIGINS lists, as written: between spaces, or commas."""
    return text.replace(",", " ").split()


def conversations_url() -> str:
    """The database of the conversations as SQLAlchemy names it."""
    return _url_of(get("CONVERSATIONS_DB"))


def table() -> str:
    """The settings as a Markdown table."""
    rows = ["| Variable | Default | What it decides |", "|---|---|---|"]
    for setting in SETTINGS:
        default = (setting.default or "").replace(str(STATE), "var") or "–"
        rows.append(f"| `{setting.name}` | {default} | {setting.meaning} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
