"""Whatever is logged, by whomever: no personal data in the line."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.privacy import redaction

PHONE = "06 12 34 56 78"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before, factory = structlog.get_config(), logging.getLogRecordFactory()
    root = logging.getLogger()
    level, written = root.level, io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(
        processors=[
            structlog.dev.set_exc_info,
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    redaction.install()
    yield written
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    structlog.configure(**before)


def test_a_line_and_its_arguments(lines: io.StringIO) -> None:
    logging.getLogger("some.library").debug("received %s from %r", PHONE, {"mail": "jean@exemple.fr"})
    assert "received [téléphone]" in lines.getvalue()
    assert "jean@exemple.fr" not in lines.getvalue()


def test_a_traceback(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"cannot read {PHONE}")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    assert "ValueError" in lines.getvalue()
    assert "12 34" not in lines.getvalue()


def test_values_of_structlog_with_accents_and_in_depth(lines: io.StringIO) -> None:
    log = structlog.get_logger("some.library")
    log.debug("message", text="je m'appelle Élodie Lefèvre", state={"slots": [PHONE]})
    assert "lodie" not in lines.getvalue() and "12 34" not in lines.getvalue()
    assert "nom" in lines.getvalue()


def test_tracebacks_of_structlog_hold_no_variables(lines: io.StringIO) -> None:
    secret = "une phrase que personne ne lira"
    try:
        raise ValueError("failed")
    except ValueError:
        structlog.get_logger("some.library").exception("failed")
    assert "ValueError" in lines.getvalue()
    assert secret not in lines.getvalue()


def test_what_is_no_personal_data_is_logged_as_it_is(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("loaded %d rules in %.1f s on %s", 42, 1.5, "2026-11-22")
    assert "loaded 42 rules in 1.5 s on 2026-11-22" in lines.getvalue()
