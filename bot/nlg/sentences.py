"""The one place where a response's name becomes French text; free of Rasa, for the pages as for the bot.

A response may hold
  {deadlines.appeal}   a dated parameter, written by its unit
  {quotes.duplicate}   a price computed by the fee calculator
  {total:amount}       a value given by the action, with a format (amount, date, list, say, line, items,
                       steps)
  {answer:first}       the first sentence of an answer said before
  {answers:firsts}     the first sentence of each, as a list
  {answer:texts}       the texts that it rests on, each with its date and address
A line whose list is empty is left out. The value ``topics`` adds a button a topic, ``choices`` one for each
title (a response) and payload, ``downloads`` a file for each title and url. The value ``passage`` is the rank
of the passage that the standard wording shall begin with. ``metadata.sources`` become the source line.
``metadata.language`` says that a text is in another language than French.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.law import quotes
from bot.law.parameters import ParameterError, parameter
from bot.nlg import french, passages, sources

logger = logging.getLogger(__name__)

PARIS = ZoneInfo("Europe/Paris")
PLACEHOLDER = re.compile(r"\{([a-z_0-9]+(?:\.[a-z_0-9]+)?)(?::([a-z]+))?\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀÉÈÊÎÔ])")
UNAVAILABLE = "utter_value_unavailable"
CAUTION = "utter_caution_old_source"
# Questions show no source line: their sources are shown on "why do you ask?".
QUESTION_PREFIX = "utter_ask_"
# On channels that charge per message, the short wording is the default.
SHORT_CHANNELS = frozenset({"sms"})


Responses = dict[str, list[dict[str, Any]]]


class MissingValue(Exception):
    """A sentence needs a value that neither the action nor the parameters give; the message names it."""


class Sentences:
    """Writes responses with their values, source line and, where a source is too old, a caution."""

    def __init__(self, responses: Responses) -> None:
        """Writes those responses: name → variations, as the domain holds them."""
        self.responses = responses

    @classmethod
    def read(cls, *places: Path) -> Sentences:
        """The responses of those YAML files, and of those below those folders."""
        responses: Responses = {}
        for place in places:
            for path in sorted(place.rglob("*.yml")) if place.is_dir() else [place]:
                responses.update((_read_yaml(path) or {}).get("responses") or {})
        return cls(responses)

    def render(
        self,
        name: str,
        slots: dict[str, Any],
        channel: str,
        values: dict[str, Any],
        on: dt.date | None = None,
    ) -> dict[str, Any] | None:
        """Text, buttons and metadata of a response, None where none has that name.

        ``slots`` and ``channel`` choose the wording. An unusable value gives the "unavailable" response.
        """
        on = on or dt.datetime.now(PARIS).date()
        try:
            return self._render(name, slots, channel, values, on)
        except (MissingValue, ParameterError, ValueError, KeyError) as error:
            logger.error("response %s cannot be written: %s", name, error)
            if name == UNAVAILABLE:
                return None
            return self.render(UNAVAILABLE, slots, channel, {}, on)

    def _render(
        self, name: str, slots: dict[str, Any], channel: str, values: dict[str, Any], on: dt.date
    ) -> dict[str, Any] | None:
        if "wording" in values:
            slots = {**slots, "wording": values["wording"]}
        # A short channel keeps the whole of an answer that has no short wording; who asks for less gets less.
        is_short_wanted = slots.get("wording") == "short"
        if channel in SHORT_CHANNELS and not slots.get("wording") and "wording" not in values:
            slots = {**slots, "wording": "short"}
        variation = self.variation(name, slots, channel)
        if variation is None:
            return None
        standard = self.variation(name, {}, "") or variation
        writer = _Writer(self, slots, channel, values, on)
        template = variation["text"]
        if "passage" in values and variation is standard:
            # A model trained on earlier sentences may name a passage that is gone.
            for passage in passages.passages(template)[values["passage"] :][:1]:
                template = passages.beginning_with(template, passage)
        body = writer.write(template)
        metadata = self.metadata(name, variation)
        if is_short_wanted and not _conditions(variation) and metadata.get("sources"):
            body = body.partition("\n")[0]
        references = [*metadata.get("sources", []), *values.get("sources", []), *writer.references]
        cited = sources.cited(sources.citable(references), on)
        states = not name.startswith(QUESTION_PREFIX)
        line = sources.line(cited) if states else ""
        is_stale = states and sources.needs_caution(references, on)
        caution = self._caution(slots, channel, on) if is_stale else ""
        return {
            # The body keeps its ** for the clients that can show it; the text is for all the others.
            "text": "\n\n".join(part for part in (body.replace("**", ""), line, caution) if part),
            "buttons": [
                *(self._topic_button(topic, slots, channel) for topic in values.get("topics") or ()),
                *(self._choice_button(choice, slots, channel) for choice in values.get("choices") or ()),
                *(variation.get("buttons") or standard.get("buttons") or ()),
            ],
            "metadata": {
                "response": name,
                "body": body,
                "sources": [asdict(source) for source in cited],
                **({"caution": caution} if caution else {}),
                **({"links": writer.links} if writer.links else {}),
                **({"language": metadata["language"]} if "language" in metadata else {}),
                **self._downloads(values.get("downloads") or [], slots, channel),
            },
        }

    def metadata(self, name: str, variation: dict[str, Any]) -> dict[str, Any]:
        """The metadata of a wording; sources are declared on the standard wording and hold for the others."""
        standard = self.variation(name, {}, "") or variation
        return {**standard.get("metadata", {}), **variation.get("metadata", {})}

    def variation(self, name: str, slots: dict[str, Any], channel: str) -> dict[str, Any] | None:
        """The wording of a response for those slots and that channel, or None.

        As Rasa chooses: a wording whose conditions hold before one without, one for the channel before all.
        """
        fitting = [
            variation
            for variation in self.responses.get(name) or ()
            if variation.get("channel") in (None, channel)
            and all(
                slots.get(condition["name"]) == condition["value"] for condition in _conditions(variation)
            )
        ]
        return max(
            fitting,
            key=lambda variation: (variation.get("channel") is not None, len(_conditions(variation))),
            default=None,
        )

    def _caution(self, slots: dict[str, Any], channel: str, on: dt.date) -> str:
        variation = self.variation(CAUTION, slots, channel)
        return _Writer(self, slots, channel, {}, on).write(variation["text"]) if variation else ""

    def _topic_button(self, topic: str, slots: dict[str, Any], channel: str) -> dict[str, str]:
        choice = {"title": f"utter_topic_{topic}", "payload": f"/faq/{topic}"}
        return self._choice_button(choice, slots, channel)

    def _choice_button(self, choice: dict[str, str], slots: dict[str, Any], channel: str) -> dict[str, str]:
        return {**choice, "title": self._name(choice["title"], slots, channel)}

    def _downloads(
        self, files: list[dict[str, str]], slots: dict[str, Any], channel: str
    ) -> dict[str, list[dict[str, str]]]:
        """The files that clients show below an answer, in its metadata; nothing where there are none."""
        named = [{**file, "title": self._name(file["title"], slots, channel)} for file in files]
        return {"downloads": named} if named else {}

    def _name(self, response: str, slots: dict[str, Any], channel: str) -> str:
        """The text of a response used as a title or name."""
        variation = self.variation(response, slots, channel)
        if variation is None:
            raise MissingValue(response)
        return str(variation["text"]).strip()


class _Writer:
    """Fills the placeholders of one response, and remembers the sources its items bring."""

    def __init__(
        self,
        sentences: Sentences,
        slots: dict[str, Any],
        channel: str,
        values: dict[str, Any],
        on: dt.date,
    ) -> None:
        self.references: list[str] = []
        # The names of the addresses in the text, for clients that show links.
        self.links: list[dict[str, str]] = []
        self._sentences = sentences
        self._slots = slots
        self._channel = channel
        self._values = values
        self._on = on

    def write(self, text: str) -> str:
        """The text with every placeholder filled; lines whose list is empty are left out."""
        lines = (line for line in text.strip().splitlines() if not self._is_empty(line))
        return french.elide("\n".join(PLACEHOLDER.sub(self._fill, line) for line in lines))

    def _is_empty(self, line: str) -> bool:
        given = (self._values.get(match[1]) for match in PLACEHOLDER.finditer(line))
        return any(value == [] for value in given)

    def _fill(self, match: re.Match[str]) -> str:
        name, style = match[1], match[2]
        if name in self._values and self._values[name] is not None:
            return self._format(self._values[name], style)
        if name.startswith("quotes."):
            return french.amount(quotes.published(name.removeprefix("quotes."), self._on).amount)
        if "." in name:
            node = parameter(name)
            written = french.of_unit(node.on(name, self._on).value, node.unit)
            if node.unit == "url":
                label = node.label.replace("« ", f"«{french.NBSP}").replace(" »", f"{french.NBSP}»")
                self.links.append({"url": written, "title": label})
            return written
        raise MissingValue(name)

    def _format(self, value: Any, style: str | None) -> str:
        if style == "amount":
            return french.amount(value)
        if style == "date":
            return french.date(value)
        if style == "list":
            return french.enumeration(value)
        if style == "say":
            return self._item(value)
        if style == "line":
            return "\u00a0; ".join(self._item(item).rstrip(".") for item in value) + "."
        if style == "items":
            return "".join(f"\n- {self._item(item)}" for item in value)
        if style == "steps":
            return "".join(f"\n{rank}. {self._item(item)}" for rank, item in enumerate(value, start=1))
        if style == "first":
            return _first_sentence(self._item(value[0]))
        if style == "firsts":
            return "".join(f"\n- {_first_sentence(self._item(item))}" for item in value)
        if style == "texts":
            return self._texts(value)
        return str(value)

    def _texts(self, answers: list[dict[str, Any]]) -> str:
        """The texts that answers rest on, as a list; MissingValue where they rest on none that is shown."""
        references: list[str] = []
        for answer in answers:
            values = answer.get("values", {})
            references += values.get("sources", [])
            references += self._references_of(answer)
        cited = sources.cited(sources.citable(dict.fromkeys(references)), self._on)
        if not cited:
            raise MissingValue("texts")
        lines = (", ".join(filter(None, (source.title, source.dated))) for source in cited)
        return "".join(f"\n- {line}\u00a0: {source.url}" for line, source in zip(lines, cited, strict=True))

    def _references_of(self, answer: dict[str, Any]) -> list[str]:
        """The references of an answer, those of its items included."""
        before = len(self.references)
        self._item(answer)
        found = self.references[before:]
        del self.references[before:]
        return found

    def _item(self, item: dict[str, Any]) -> str:
        """Another response within this one: ``{"response": name, "values": {}, "reference": citation}``."""
        variation = self._sentences.variation(item["response"], self._slots, self._channel)
        if variation is None:
            raise MissingValue(item["response"])
        own = self._sentences.metadata(item["response"], variation).get("sources", [])
        self.references += [item["reference"], *own] if item.get("reference") else own
        inner = _Writer(self._sentences, self._slots, self._channel, item.get("values", {}), self._on)
        text = inner.write(variation["text"])
        self.references += inner.references
        self.links += inner.links
        return text


def _first_sentence(text: str) -> str:
    """The first sentence of a text, without bold."""
    line = text.replace("**", "").strip().splitlines()[0]
    return _SENTENCE_END.split(line, maxsplit=1)[0].rstrip("\u00a0: ") if line else ""


def _conditions(variation: dict[str, Any]) -> list[dict[str, Any]]:
    return variation.get("condition") or []


def _read_yaml(path: Path) -> Any:
    # The parser in C reads the answers in a quarter of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
