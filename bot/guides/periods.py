"""Until when? The last day of a period, where the day that it counts from was told."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.guides.remedy import time_left
from bot.law.days import Days
from bot.law.periods import Period, ending

# The questions that such a day answers: what it counts for, the first day known first.
_DRIVING = (
    ("certificate_on", Period.PROVISIONAL_CERTIFICATE),
    ("declared_on", Period.DRIVING_WITH_DECLARATION),
)
_OF_QUESTION: dict[str, tuple[tuple[str, Period], ...]] = {
    "faq/drive_without_card": _DRIVING,
    "faq/drive_without_card.declaration": _DRIVING[1:],
    "faq/drive_without_card.cpi": _DRIVING[:1],
    "faq/drive_without_card.cpi_expired": _DRIVING[:1],
    "faq/change_of_holder": (("sold_on", Period.CHANGE_OF_HOLDER),),
    "faq/change_of_holder.sale_declaration": (("sold_on", Period.SALE_DECLARATION),),
    "faq/change_of_holder.inheritance": (("died_on", Period.SALE_AFTER_DEATH),),
    "faq/address_change": (("moved_on", Period.ADDRESS_CHANGE),),
    "faq/address_change.deadline": (("moved_on", Period.ADDRESS_CHANGE),),
}


def reply(question: str, facts: Facts, on: dt.date) -> Reply | None:
    """The last day of the period that the question is about; None where no day told settles it."""
    for name, period in _OF_QUESTION.get(question, ()):
        if name in facts:
            found = ending(period, Days.parse(facts[name]), on)
            if found is not None:
                begun = {"begun": Days.parse(facts[name]).earliest.isoformat()}
                values = {**begun, "last": found.last.isoformat()}
                if found.is_over:
                    return Reply(f"utter_period_{period.value}_over", values)
                return Reply(f"utter_period_{period.value}", {**values, "left": time_left(found.last, on)})
    return None
