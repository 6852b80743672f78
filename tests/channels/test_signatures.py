"""The signatures, against the examples that the platforms publish."""

from __future__ import annotations

import pytest

from bot.channels.platforms import signatures

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
SLACK_TIME = 1531420618

TWILIO_FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
TWILIO_ADDRESS = "https://mycompany.com/myapp.php?foo=1&bar=2"


def test_the_example_of_slack_is_right_for_five_minutes() -> None:
    for now, right in ((SLACK_TIME, True), (SLACK_TIME + 300, True), (SLACK_TIME + 301, False)):
        given = signatures.slack(SLACK_SECRET, SLACK_BODY, str(SLACK_TIME), SLACK_SIGNATURE, now)
        assert given is right


@pytest.mark.parametrize("timestamp", [None, "", "now", "-1531420618", "1531420618.0", "²"])
def test_a_timestamp_that_is_no_number_is_never_right(timestamp: str | None) -> None:
    assert not signatures.slack(SLACK_SECRET, SLACK_BODY, timestamp, SLACK_SIGNATURE, SLACK_TIME)


def test_the_signature_of_twilio_is_that_of_its_library() -> None:
    from twilio.request_validator import RequestValidator

    theirs = RequestValidator("12345").compute_signature(TWILIO_ADDRESS, dict(TWILIO_FIELDS))
    assert signatures.twilio("12345", TWILIO_ADDRESS, TWILIO_FIELDS, theirs)
    assert not signatures.twilio("12346", TWILIO_ADDRESS, TWILIO_FIELDS, theirs)


def test_the_example_of_meta_is_right() -> None:
    body = b'{"object":"page"}'
    right = "sha256=" + signatures.hmac_sha256("secret", body)
    assert signatures.meta("secret", body, right)
    assert not signatures.meta("secret", body, right.upper())
    assert not signatures.meta("secret", body, None)


def test_an_empty_secret_is_never_right() -> None:
    assert not signatures.same("", "")
    assert not signatures.same(None, "")


def test_a_signature_with_letters_out_of_ascii_is_wrong_and_no_error() -> None:
    assert not signatures.same("é", "e")
