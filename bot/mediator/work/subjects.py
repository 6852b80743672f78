"""The subjects that an example may be about, by the French names under which the bot offers them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from bot.nlg.sentences import Sentences

QUESTION = "utter_faq/"
OTHER_SUBJECT = "out_of_scope"
SHORTEST, LONGEST = 15, 70
# The guided dialogues' answers, by how their names begin.
_GUIDES = {
    "utter_decision": "Droit et démarche",
    "utter_quote": "Prix calculé",
    "utter_remedy": "Refus, retard et recours",
}
_COLON = "\u00a0: "


@dataclass(frozen=True)
class Subject:
    """A subject: its label in the training data, its topic, and which part of it ("" for the whole)."""

    label: str
    topic: str
    detail: str

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.topic}{_COLON}{self.detail}" if self.detail else self.topic


class Subjects:
    """Every subject, found by label or by name."""

    def __init__(self, sentences: Sentences, examples: dict[str, list[str]]) -> None:
        """Names each by the button that leads to it, else by the first question of its ``examples``."""
        titles = _titles(sentences)
        found = [Subject(OTHER_SUBJECT, "Autre sujet", "")]
        for response in sorted(name for name in sentences.responses if name.startswith(QUESTION)):
            label = response.removeprefix("utter_")
            topic_code, _, detail_code = label.removeprefix("faq/").partition(".")
            topic = sentences.variation(f"utter_topic_{topic_code}", {}, "")
            if not topic and topic_code != OTHER_SUBJECT:
                continue
            topic_name = str(topic["text"]).strip() if topic else "Autre sujet"
            detail = (titles.get(label) or _first(examples.get(label))) if detail_code else ""
            found.append(Subject(label, topic_name, detail))
        self.by_label = {subject.label: subject for subject in _told_apart(found, examples)}
        self._by_name = {subject.name.casefold(): subject for subject in self.by_label.values()}

    def all(self) -> list[Subject]:
        """Every subject, in the order of their names."""
        return sorted(self.by_label.values(), key=lambda subject: subject.name.casefold())

    def find(self, text: str) -> Subject | None:
        """The subject of that name or label."""
        text = " ".join(text.split())
        plain = {name.replace("\u00a0", " "): subject for name, subject in self._by_name.items()}
        return self.by_label.get(text) or plain.get(text.casefold().replace("\u00a0", " "))

    def name(self, label: str) -> str:
        """The name of a label, or of the response that answers it; a name that has none stays as it is."""
        subject = self.by_label.get(label.removeprefix("utter_"))
        if subject:
            return subject.name
        return next((words for begin, words in _GUIDES.items() if label.startswith(begin)), label)


def _titles(sentences: Sentences) -> dict[str, str]:
    """The title used most of the buttons that lead to each label."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for variations in sentences.responses.values():
        for variation in variations:
            for button in variation.get("buttons") or ():
                counted[str(button.get("payload", "")).removeprefix("/")][str(button["title"])] += 1
    return {label: titles.most_common(1)[0][0] for label, titles in counted.items()}


def _first(examples: list[str] | None) -> str:
    """The first question of a subject that is short enough for a name, else the beginning of its first."""
    if not examples:
        return ""
    text = next((example for example in examples if SHORTEST <= len(example) <= LONGEST), examples[0])
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}…"
    return f"{text[:1].upper()}{text[1:]}"


def _told_apart(found: list[Subject], examples: dict[str, list[str]]) -> list[Subject]:
    """The subjects, those of one name told apart by the first question of each."""
    counted = Counter(subject.name.casefold() for subject in found)
    return [
        subject
        if counted[subject.name.casefold()] == 1
        else Subject(subject.label, subject.topic, _first(examples.get(subject.label)) or subject.label)
        for subject in found
    ]
