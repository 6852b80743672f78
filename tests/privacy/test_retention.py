"""What is too old goes, what is younger stays; erasing one conversation leaves the others, and no bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.delivery import message_queue
from bot.channels.delivery.message_queue import DAY, MessageQueue
from bot.channels.delivery.types import Call, Incoming
from bot.channels.site import feedback
from bot.privacy import __main__ as command
from bot.privacy import retention
from bot.takeaway.store import SheetStore, hash_of

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
EVENTS = sa.Table(
    "events",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255)),
    sa.Column("timestamp", sa.Float),
    sa.Column("data", sa.Text),
)
Setting = Callable[[str], str]


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    values = {
        "CONVERSATIONS_DB": str(tmp_path / "conversations.db"),
        "FEEDBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'feedback.db'}",
        "CHANNELS_DB": str(tmp_path / "channels.db"),
        "DESK_DB_URL": f"sqlite:///{tmp_path / 'desk.db'}",
    }
    return values.__getitem__


def keep(setting: Setting, conversation: str, days_ago: float, text: str = "bonjour") -> None:
    engine = sa.create_engine(f"sqlite:///{setting('CONVERSATIONS_DB')}")
    EVENTS.metadata.create_all(engine)
    data = json.dumps({"event": "user", "text": text})
    with engine.begin() as connection:
        at = NOW.timestamp() - days_ago * DAY
        connection.execute(EVENTS.insert().values(sender_id=conversation, timestamp=at, data=data))
    engine.dispose()


def conversations(setting: Setting) -> list[str]:
    engine = sa.create_engine(f"sqlite:///{setting('CONVERSATIONS_DB')}")
    with engine.connect() as connection:
        return [row.sender_id for row in connection.execute(sa.select(EVENTS).order_by(EVENTS.c.id))]


def limit(kind: str) -> int:
    return retention.kinds()[kind].keep_days


def test_a_conversation_goes_when_its_last_message_is_too_old(setting: Setting) -> None:
    keep(setting, "too-old", limit("conversations") + 0.01)
    keep(setting, "just-in-time", limit("conversations") - 0.01)
    retention.purge(setting, NOW)
    assert conversations(setting) == ["just-in-time"]


def test_a_conversation_goes_whole_or_not_at_all(setting: Setting) -> None:
    keep(setting, "resumed", limit("conversations") + 20)
    keep(setting, "resumed", 1)
    retention.purge(setting, NOW)
    assert conversations(setting) == ["resumed", "resumed"]


@pytest.mark.parametrize(("days_ago", "left"), [(397, 0), (396, 1)])
def test_an_opinion_goes_after_its_days(setting: Setting, days_ago: int, left: int) -> None:
    opinions = feedback.FeedbackStore(setting("FEEDBACK_DATABASE_URL"))
    body = {"reference": "abcdefgh", "response": "utter_greet", "helpful": True}
    opinion = feedback.opinion_in(body, (NOW - dt.timedelta(days=days_ago)).date())
    assert opinion is not None
    opinions.keep(opinion)
    retention.purge(setting, NOW)
    assert len(opinions.all()) == left


def test_a_sheet_goes_when_it_expires(setting: Setting) -> None:
    sheets = SheetStore(f"sqlite:///{setting('CONVERSATIONS_DB')}", dt.timedelta(days=30))
    expired = sheets.make({}, None, NOW.date(), NOW - dt.timedelta(days=30))
    valid = sheets.make({}, None, NOW.date(), NOW - dt.timedelta(days=29))
    assert retention.purge(setting, NOW)["sheets"] == 1
    earlier = NOW - dt.timedelta(days=1)
    assert sheets.find(expired, earlier) is None and sheets.find(valid, earlier) is not None


def test_the_mailbox_and_the_page_agree() -> None:
    days = {
        kind: limit(f"channel_{kind}")
        for kind in ("seen", "failures", "addresses", "people", "sent", "undelivered")
    }
    assert days == {
        "seen": message_queue.SEEN_DAYS,
        "failures": message_queue.FAILURE_DAYS,
        "addresses": message_queue.ADDRESS_DAYS,
        "people": message_queue.ADDRESS_DAYS,
        "sent": message_queue.FAILURE_DAYS,
        "undelivered": message_queue.FAILURE_DAYS,
    }


def test_a_failed_call_leaves_neither_its_words_nor_its_number(tmp_path: Path) -> None:
    box = MessageQueue(tmp_path / "channels.db")
    call = Call("messages", {"to": "+33611223344", "body": "une réponse"})
    box.answer(None, "sms", "mine", {}, [call], NOW.timestamp())
    queued = box.next_call("mine")
    assert queued is not None
    box.fail(queued, "status 400", NOW.timestamp())
    assert [(failure.path, failure.reason) for failure in box.failures()] == [("messages", "status 400")]
    box.close()
    assert b"33611223344" not in (tmp_path / "channels.db").read_bytes()


def test_erasing_leaves_the_other_conversations(setting: Setting) -> None:
    keep(setting, "mine", 1)
    keep(setting, "another", 1)
    retention.erase(setting, "mine")
    assert conversations(setting) == ["another"]


def sheets_of(setting: Setting, *conversations: str | None) -> tuple[SheetStore, list[str]]:
    """A store with a sheet for each, and the tokens."""
    sheets = SheetStore(f"sqlite:///{setting('CONVERSATIONS_DB')}", dt.timedelta(days=30))
    facts = {"reason": "loss"}
    return sheets, [sheets.make(facts, None, NOW.date(), NOW, one) for one in conversations]


def test_erasing_a_conversation_erases_its_sheets_and_no_others(setting: Setting) -> None:
    keep(setting, "mine", 1)
    sheets, tokens = sheets_of(setting, "mine", "another", None, "mine")
    assert retention.erase(setting, "mine")["sheets"] == 2
    assert [bool(sheets.find(token, NOW)) for token in tokens] == [False, True, True, False]
    assert retention.erase(setting, "mine")["sheets"] == 0


def test_the_command_erases_the_sheets_too(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONVERSATIONS_DB", "FEEDBACK_DATABASE_URL", "CHANNELS_DB", "DESK_DB_URL"):
        monkeypatch.setenv(name, setting(name))
    sheets, (token,) = sheets_of(setting, "mine")
    command.main(["export", "mine"])
    assert json.loads(capsys.readouterr().out)["sheets"] == 1
    command.main(["erase", "mine"])
    assert "sheets: 1 removed" in capsys.readouterr().out
    assert sheets.find(token, NOW) is None


def test_the_export_says_how_many_sheets_there_are_and_nothing_that_opens_them(setting: Setting) -> None:
    keep(setting, "mine", 1)
    _, tokens = sheets_of(setting, "mine", "another", "mine")
    held = retention.export(setting, "mine")
    assert held["sheets"] == 2
    assert not [token for token in tokens if hash_of(token) in json.dumps(held)]


def test_sheets_of_an_earlier_version_belong_to_no_conversation(setting: Setting) -> None:
    keep(setting, "mine", 1)
    with sa.create_engine(f"sqlite:///{setting('CONVERSATIONS_DB')}").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE sheets (token_hash TEXT, expires_at DATETIME)")
        connection.exec_driver_sql("INSERT INTO sheets VALUES ('x', '2026-12-22 12:00:00')")
    assert "sheets" not in retention.export(setting, "mine")
    assert retention.erase(setting, "mine") == {"conversations": 1}


def test_erasing_leaves_no_bytes_in_the_files(setting: Setting, tmp_path: Path) -> None:
    keep(setting, "mine", 1, text="une phrase bien reconnaissable")
    box = MessageQueue(Path(setting("CHANNELS_DB")))
    box.accept(
        "sms", "mine", Incoming("key", "33600000000", "autre phrase reconnaissable"), NOW.timestamp(), 9
    )
    box.answer(None, "sms", "mine", {"to": "+33611223344"}, [], NOW.timestamp())
    retention.erase(setting, "mine")
    box.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"reconnaissable" not in left and b"33611223344" not in left and b"33600000000" not in left


def test_the_export_holds_what_is_stored_and_nothing_of_others(setting: Setting) -> None:
    keep(setting, "mine", 1, text="ma question")
    keep(setting, "another", 1, text="pas la mienne")
    held = retention.export(setting, "mine")
    assert held["conversations"][0]["data"]["text"] == "ma question"
    assert "pas la mienne" not in json.dumps(held, ensure_ascii=False)


def test_nothing_is_made_where_nothing_was_stored(setting: Setting, tmp_path: Path) -> None:
    assert retention.purge(setting, NOW) == {}
    assert retention.erase(setting, "mine") == {} and retention.export(setting, "mine") == {}
    assert list(tmp_path.iterdir()) == []
