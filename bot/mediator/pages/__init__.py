"""Every page of the desk, with who may see it."""

from __future__ import annotations

from bot.mediator.pages import (
    accounts,
    case_sheet,
    cases,
    conversation,
    desks,
    home,
    improving,
    journal,
    my_account,
    provider,
    replies,
    reset,
    signing_in,
    statistics,
    takeaway,
    watch,
)
from bot.mediator.web.routes import Page

PAGES: tuple[Page, ...] = (
    *signing_in.PAGES,
    *provider.PAGES,
    *home.PAGES,
    *case_sheet.PAGES,
    *conversation.PAGES,
    *replies.PAGES,
    *watch.PAGES,
    *cases.PAGES,
    *improving.PAGES,
    *statistics.PAGES,
    *takeaway.PAGES,
    *my_account.PAGES,
    *reset.PAGES,
    *accounts.PAGES,
    *desks.PAGES,
    *journal.PAGES,
)
