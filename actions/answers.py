"""What a person says that is no question: a fact, yes, no, "I don't know"."""

from __future__ import annotations

from actions import dialogue, handoff
from actions.dialogue import DialogueAction
from actions.recall import last_answers
from actions.turn import Turn
from bot.guides import GUIDES, periods
from bot.guides.facts import PERIOD_FIELDS, Facts, told
from bot.guides.guide import Reply

# Out of any dialogue, the question that a bare fact most likely means, the most telling fact first.
QUESTION_OF_FACT: tuple[tuple[str, object, str], ...] = (
    ("vehicle_stolen", True, "faq/vehicle_stolen_with_card"),
    ("original_found", "before_request", "faq/original_found.before_request"),
    ("original_found", "after_request", "faq/original_found.after_request"),
    ("original_found", "found", "faq/original_found"),
    ("holder", "lessor", "faq/leasing"),
    ("holder", "minor", "faq/minor"),
    ("holder", "company", "faq/company_vehicle"),
    ("holder", "deceased", "faq/who_can_apply.deceased_holder"),
    ("applicant", "other", "faq/who_can_apply.mandate"),
    ("applicant", "agent", "faq/who_can_apply.mandate"),
    ("applicant", "professional", "faq/who_can_apply.professional"),
    ("applicant", "buyer", "faq/sell_vehicle_without_card"),
    ("event_abroad", True, "faq/theft_abroad_or_loss_abroad"),
    ("reason", "theft", "faq/declare_theft"),
    ("reason", "damage", "faq/deterioration"),
    ("reason", "loss", "faq/declare_loss"),
    ("moved", True, "faq/address_change"),
    ("inspection", "expired", "faq/technical_inspection"),
    ("inspection", "valid", "faq/technical_inspection"),
    ("plate_format", "fni", "faq/plate_format_change"),
    ("file_status", "refused", "faq/refusal_remedies"),
)
# The questions after which a new fact asks for the exact computation.
GUIDE_OF_QUESTION = {"faq/cost": "price", "faq/refusal_remedies": "remedy"}
# From so many facts on, a story told in one go asks for the case to be examined.
FACTS_OF_A_CASE = 3


class ActionTakeAnswer(DialogueAction):
    """Takes a fact, a yes, a no or a "don't know" where the conversation stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_take_answer"

    def take(self, turn: Turn) -> None:
        """A choice offered, the running dialogue, the last answer: the first that the message completes."""
        choice = turn.slot_before("pending_choice") or {}
        if choice and turn.intent in ("affirm", "deny") and not turn.said:
            _choose(turn, choice, turn.intent == "affirm")
        elif turn.running:
            take_fact(turn)
        elif turn.intent in ("affirm", "deny", "dont_know") and not turn.said:
            turn.say("utter_what_next")
        else:
            _complete(turn)


def take_fact(turn: Turn) -> None:
    """The running dialogue with the fact just told, or with one more fact that the person cannot tell."""
    asked, skipped = turn.asked, turn.skipped
    if turn.intent == "dont_know" and asked and asked not in skipped:
        turn.keep(skipped_facts=[*skipped, asked])
    is_told = turn.is_new or asked in turn.said
    dialogue.advance(turn, turn.running or "", misunderstood=None if is_told else asked)


def question_of_facts(said: Facts) -> str | None:
    """The question that the facts of a message most likely mean, None where they mean none."""
    return next((label for fact, value, label in QUESTION_OF_FACT if said.get(fact) == value), None)


def guide_of_last_answer(turn: Turn) -> str | None:
    """The guided dialogue that a fact told now makes exact: that of the last question, or the last one."""
    question = (turn.last.get("question") or "").partition(".")[0]
    return GUIDE_OF_QUESTION.get(question) or turn.last.get("guide")


def answer_by_fact(turn: Turn) -> None:
    """The question that a bare fact most likely means, or that it is noted."""
    meant = question_of_facts(turn.said)
    if meant is None and not turn.said:
        meant = turn.question
    if meant is not None:
        dialogue.answer_question(turn, meant)
    elif "plate_format" in turn.said and _is_priced(turn):
        # A number plate told by itself is told for the price: nothing else depends on it.
        dialogue.conclude(turn, "price")
    elif of_day := periods.of_days(turn.said, turn.said, turn.on):
        dialogue.answer_question(turn, *of_day)
    elif turn.said:
        turn.say("utter_facts_noted", facts=told(turn.said), answers=last_answers(turn)[:1])
        turn.keep(misses=None)
    else:
        dialogue.not_understood(turn)


def _is_priced(turn: Turn) -> bool:
    return GUIDES["price"].next_question(turn.facts, frozenset(turn.skipped), turn.on) is None


def _choose(turn: Turn, choice: Facts, is_yes: bool) -> None:
    """Does what was offered for a yes: another dialogue, or the situation supposed."""
    if "person" in choice:
        if is_yes:
            handoff.join(turn, later=choice["person"] == "later")
        else:
            turn.say("utter_handoff_left")
    elif "start" in choice:
        if is_yes:
            dialogue.switch(turn, choice["start"])
        else:
            turn.say("utter_switch_declined")
            dialogue.advance(turn, turn.running or "")
    elif is_yes:
        turn.learn(choice["suppose"])
        dialogue.advance(turn, choice["guide"])
    else:
        turn.say("utter_supposition_left")
        dialogue.repeat(turn)


def _complete(turn: Turn) -> None:
    """The last guided answer, computed anew where the fact counts for it; else what the fact means."""
    guide = guide_of_last_answer(turn)
    is_question_latest = bool(turn.last.get("question"))
    until = _last_day_now_known(turn)
    if until is not None:
        dialogue.answer_question(turn, turn.last["question"], until)
    elif guide is not None and (turn.corrects or _counts(turn, guide) or not is_question_latest):
        # What the person could not tell before is not asked again.
        dialogue.advance(turn, guide)
    elif len(turn.said) >= FACTS_OF_A_CASE and "reason" in turn.said:
        dialogue.start(turn, "eligibility")
    else:
        answer_by_fact(turn)


def _last_day_now_known(turn: Turn) -> Reply | None:
    """The last day that the last question was about, where the message tells the day that it counts from."""
    if turn.said.keys().isdisjoint(PERIOD_FIELDS):
        return None
    return periods.reply(turn.last.get("question") or "", turn.facts, turn.on)


def _counts(turn: Turn, name: str) -> bool:
    """Whether the facts just told make another answer of a guided dialogue."""
    guide = GUIDES[name]
    unknown = frozenset(turn.skipped)
    return guide.gist(turn.before, turn.on) != guide.gist(turn.facts, turn.on) or guide.next_question(
        turn.before, unknown, turn.on
    ) != guide.next_question(turn.facts, unknown, turn.on)
