"""The open desk: its store, its keys, its sentences and its way to the bot, as every page needs them."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot import settings
from bot.mediator import clock
from bot.mediator.bridge import Bridge
from bot.mediator.security import journal
from bot.mediator.security.accounts import Accounts
from bot.mediator.security.journal import Journal
from bot.mediator.security.keys import Keys
from bot.mediator.security.openid import Provider
from bot.mediator.security.resets import Resets
from bot.mediator.security.second_factor import SecondFactor
from bot.mediator.security.sessions import Sessions
from bot.mediator.security.throttle import Throttle
from bot.mediator.security.witness import Witness
from bot.mediator.sheet.fields import Form
from bot.mediator.store import open_database
from bot.mediator.web import filters
from bot.mediator.work import training, upkeep
from bot.mediator.work.glance import Glance
from bot.mediator.work.subjects import Subjects
from bot.nlg.sentences import Sentences
from bot.takeaway import store as sheet_store
from bot.takeaway.store import SheetStore

logger = logging.getLogger(__name__)

# The guided dialogues by the topic that they belong to.
SUBJECTS = {"price": "cost", "eligibility": "documents_needed", "remedy": "refusal_remedies"}
TEMPLATES = Path(__file__).parent / "templates"
DATA = settings.ROOT / "data" / "nlu"


class Desk:
    """Everything behind the pages."""

    def __init__(
        self,
        database_url: str,
        secret: str,
        bot_address: str,
        sheets: Callable[[], SheetStore] = sheet_store.opened,
        provider: Provider | None = None,
        witness: Path | None = None,
    ) -> None:
        """Opens the store and reads the sentences; raises where one of them cannot be.

        ``sheets`` opens the store of the sheets that citizens take away, which is the bot's;
        ``provider`` signs people in beside their passwords, where there is one; ``witness`` is the file
        beside which a journal that was emptied or replaced shows.
        """
        self.provider = provider
        self.sheets = sheets
        self.keys = Keys(secret)
        self.secret = secret
        self.database = open_database(database_url)
        self.accounts = Accounts(self.keys)
        self.sessions = Sessions(self.keys)
        self.second_factor = SecondFactor(self.keys)
        self.resets = Resets(self.keys)
        self.journal = Journal(self.keys, Witness(witness) if witness else None)
        # What was wrong with it when it was last looked at.
        self.journal_fault: journal.Fault | None = None
        self.throttle = Throttle(self.keys)
        self.sentences = Sentences.read(settings.ROOT / "data")
        self.bridge = Bridge(bot_address, secret)
        self.form = Form(self.sentences, self.bridge.day)
        self.glance = Glance(self.bridge)
        # Since when nobody has been there, as far as this process has seen.
        self.alone_since: dt.datetime | None = None
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters.install(self.templates)

    @cached_property
    def subjects(self) -> Subjects:
        """What an example may be about, read when an editor first asks: the training files are long."""
        return Subjects(self.sentences, training.examples(DATA))

    def is_healthy(self) -> bool:
        """Whether the store answers."""
        try:
            with self.database.transaction() as connection:
                connection.execute(sa.select(1))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def subject(self, name: str) -> str:
        """What a conversation is about, in words: a topic's name, or "" where it is not known."""
        found = self.sentences.variation(f"utter_topic_{SUBJECTS.get(name, name)}", {}, "")
        return str(found["text"]).strip() if found else ""

    def case_subject(self, name: str) -> str:
        """What a line of the report is about, in words; a name without words stays as it is."""
        return self.subject(name) or self.subjects_of_cases().get(name, name)

    def subjects_of_cases(self) -> dict[str, str]:
        """What a case may be about, in words: what became of the card, or how far the request is."""
        fields = (self.form.fields["reason"], self.form.fields["file_status"])
        return {value: words for field in fields for value, words in field.options}

    def sweep(self) -> None:
        """Does what time alone asks for."""
        upkeep.sweep(self, clock.now())
        self.watch_journal()

    def watch_journal(self, all_of_it: bool = False) -> None:
        """Looks whether the journal is as it was written, its end alone or the whole, and tells the log."""
        with self.database.transaction() as connection:
            fault = self.journal.fault(connection) if all_of_it else self.journal.fault_at_end(connection)
            head = self.journal.head(connection)
        former = self.journal_fault
        # What only reading the whole shows is not forgotten by looking at the end.
        is_kept = former is not None and not all_of_it and not former.is_of_witness
        self.journal_fault = fault or (former if is_kept else None)
        if self.journal_fault:
            logger.error("the journal is not as it was written: %s", self.journal_fault)
            return
        # Where logs are collected elsewhere, they are a witness that nobody at this machine can change.
        logger.info("the journal has %d lines, the last %s", head.rank, head.chain)
        try:
            with self.database.transaction() as connection:
                is_new = self.journal.mark(connection)
        except OSError as error:
            logger.error("the journal's witness cannot be written: %s", error.strerror)
            return
        if is_new:
            with self.database.transaction() as connection:
                self.journal.note(connection, clock.now(), journal.SYSTEM, journal.WITNESSED)
