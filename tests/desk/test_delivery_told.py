"""What a mediator reads of a messaging service: which it is, whether a reply arrives, what did not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels import registry
from bot.channels.delivery import refusals
from bot.mediator.desk import TEMPLATES
from bot.mediator.web import filters

AT = 1_800_000_000.0


@pytest.fixture(scope="module")
def templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters.install(found)
    return found


def shown(templates: Environment, reach: dict[str, Any] | None, **of_reply: str) -> str:
    """The words of the conversation's list."""
    reply = {
        "by": "mediator",
        "at": AT,
        "text": "Bonjour",
        "author": None,
        "metadata": {"body": "Bonjour"},
        **of_reply,
    }
    asked = {"by": "person", "at": AT, "text": "Il y a quelqu’un ?"}
    said = {"messages": [asked, reply], "reach": reach}
    page = templates.get_template("messages.html").render(said=said, authors={})
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def reach(state: str, channel: str = "whatsapp", **more: Any) -> dict[str, Any]:
    return {"channel": channel, "state": state, "until": None, "template": False, **more}


@pytest.mark.parametrize("why", [value for name, value in vars(refusals).items() if name.isupper()])
def test_each_reason_tells_what_to_do(why: str, templates: Environment) -> None:
    told = shown(templates, None, not_delivered=why)
    assert "Non remis." in told
    if why != refusals.REFUSED:
        assert "a refusé ce message" not in told


def test_a_reply_that_arrived_says_nothing(templates: Environment) -> None:
    assert "Non remis" not in shown(templates, None)


def test_a_conversation_in_a_window_tells_of_no_service(templates: Environment) -> None:
    assert "La personne écrit par" not in shown(templates, None)


@pytest.mark.parametrize("channel", [channel.name() for channel in registry.CHANNELS])
def test_every_service_has_a_name(channel: str, templates: Environment) -> None:
    told = shown(templates, reach("open", channel))
    assert "La personne écrit par" in told
    assert f"par {channel}." not in told or channel == "sms"


def test_a_closed_window_is_told_before_a_reply_is_written(templates: Environment) -> None:
    assert "votre réponse ne partirait pas" in shown(templates, reach("window"))
    assert "message type" in shown(templates, reach("window", template=True))
    assert "Le service laisse lui répondre jusqu’à" in shown(templates, reach("open", until=AT))
    assert "START" in shown(templates, reach("stopped", "sms"))
    assert "START" not in shown(templates, reach("stopped", "telegram"))
    assert "Ce serveur ne peut pas lui écrire" in shown(templates, reach("elsewhere"))
