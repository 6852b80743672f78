"""Questions of data/nlu/faq: the written answer, or the computed one where the case is known."""

from __future__ import annotations

from actions import dialogue
from actions.dialogue import DialogueAction
from actions.turn import Turn
from bot.guides import GUIDES, inspection, periods
from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.guides.price import is_out_of_reach, obstacle
from bot.law.situation import Holder, Inspection, VehicleKind
from bot.procedures.registry import DIALOGUE_OF_INTENT, FACTS

# The questions whose answer the core computes as soon as one of these facts is known, with the facts that
# the question itself states.
COMPUTED: dict[str, tuple[str, frozenset[str], Facts]] = {
    "faq/cost": (
        "price",
        frozenset({"plate_format", "moved", "storm_damage", "vehicle_kind", "energy"}),
        {},
    ),
    "faq/cost.vehicle_type": ("price", frozenset({"plate_format"}), {}),
    "faq/change_of_holder.cost": (
        "price",
        frozenset({"region", "fiscal_power"}),
        {"operation": "change_of_holder"},
    ),
    "faq/cost.change_of_holder": (
        "price",
        frozenset({"region", "fiscal_power"}),
        {"operation": "change_of_holder"},
    ),
    "faq/refusal_remedies": ("remedy", frozenset({"refused_on", "gracious_appeal_on"}), {}),
    "faq/refusal_remedies.deadlines": ("remedy", frozenset({"refused_on", "gracious_appeal_on"}), {}),
    "faq/delay_delivery": ("remedy", frozenset({"validated_on", "shipped_on"}), {}),
    "faq/delay_delivery.slow": ("remedy", frozenset({"validated_on", "shipped_on"}), {}),
    "faq/not_received": ("remedy", frozenset({"shipped_on"}), {}),
}

# Whether the card turned up before or after the request decides which of these answers is true.
_FOUND = "faq/original_found"
_OF_FOUND = frozenset({_FOUND, f"{_FOUND}.before_request", f"{_FOUND}.after_request"})
# A dead person's card is not made again: what is asked of it has another answer.
_OF_HEIRS = {
    "faq/request_duplicate": "faq/who_can_apply.deceased_holder",
    "faq/sell_vehicle_without_card": "faq/change_of_holder.inheritance",
    "faq/cost": "faq/change_of_holder.cost",
}
# While the vehicle is not found again, its card is not made again either.
_OF_STOLEN_VEHICLE = {
    "faq/declare_theft": "faq/vehicle_stolen_with_card",
    "faq/request_duplicate": "faq/vehicle_stolen_with_card.duplicate_refused",
}
_OF_DRIVING = frozenset(f"faq/drive_without_card{which}" for which in ("", ".cpi", ".declaration"))
# The facts by which a card is told from another.
_OF_A_CASE = frozenset(fact.name for fact in FACTS.values() if fact.tells_cards_apart)
# Whether the inspection is missing; with one that is valid, the next step is the request.
_OF_INSPECTION = frozenset(f"faq/technical_inspection{which}" for which in ("", ".expired", ".without_card"))
_NEVER_INSPECTED = frozenset({VehicleKind.TRAILER, VehicleKind.TRACTOR})
# Told with another question, "je n'ai pas internet" asks where to get help with it.
_HELP = "faq/help_in_person.no_equipment"
_DONE_ONLINE = frozenset({"declare_loss", "declare_theft", "request_duplicate", "deterioration", "cost"})
# These answers speak of the plate, or of a price, themselves.
_OF_PLATE = frozenset({"plate_format_change", "cost", "payment", "out_of_scope"})
# The days from which a limit runs whose passing is fined.
_BEGIN_A_LIMIT = ("sold_on", "moved_on")
# What is known only of a request that was made.
_OF_A_REQUEST = frozenset({"requested_on", "validated_on", "shipped_on", "refused_on"})


class ActionQuoteFee(DialogueAction):
    """Starts the guided dialogue on the price."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_quote_fee"

    def take(self, turn: Turn) -> None:
        """The first question, or the price; an heir's is that of a card in a new name."""
        if turn.facts.get("holder") == Holder.DECEASED and "operation" not in turn.facts:
            turn.learn({**turn.said, "operation": "change_of_holder"})
        dialogue.start(turn, "price")


class ActionCheckEligibility(DialogueAction):
    """Starts the guided dialogue on the right to a duplicate and its documents."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_check_eligibility"

    def take(self, turn: Turn) -> None:
        """The first question, or the decision."""
        dialogue.start(turn, "eligibility")


class ActionPlanRemedy(DialogueAction):
    """Starts the guided dialogue on a refusal, a delay or a silence."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_plan_remedy"

    def take(self, turn: Turn) -> None:
        """The first question, or the plan."""
        dialogue.start(turn, "remedy")


class ActionAnswerQuestion(DialogueAction):
    """Answers a question, and any other of the same message, then takes a guided dialogue up again."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_answer_question"

    def take(self, turn: Turn) -> None:
        """The answers in the order asked; a dialogue asked for comes last."""
        if turn.question is None:
            raise LookupError("a question without a label")
        asked = [turn.question, *turn.also_asked()]
        if turn.said.get("needs_help") and _is_done_online(asked):
            asked.append(_HELP)
        is_said_again = asked == [turn.last.get("question")]
        for label in asked:
            if label not in DIALOGUE_OF_INTENT:
                answer(turn, label)
        wanted = next((DIALOGUE_OF_INTENT[label] for label in asked if label in DIALOGUE_OF_INTENT), None)
        if wanted:
            dialogue.start(turn, wanted)
        elif _needs_a_plan(turn):
            dialogue.conclude(turn, "remedy")
        elif _tells_plate_for_price(turn, asked):
            dialogue.conclude(turn, "price")
        elif until := _limit_of_a_new_day(turn):
            turn.reply([until])
            turn.keep(last_answer={**turn.last, "until": until.response})
        elif is_said_again and not turn.running:
            dialogue.offer_other_topics(turn)
        else:
            dialogue.resume(turn)


def _of_the_case(turn: Turn, label: str) -> str:
    """The answer of the same family that the facts make true, where they decide."""
    if turn.facts.get("holder") == Holder.DECEASED and label in _OF_HEIRS:
        return _OF_HEIRS[label]
    if turn.facts.get("vehicle_stolen") and label in _OF_STOLEN_VEHICLE:
        return _OF_STOLEN_VEHICLE[label]
    if label in _OF_DRIVING and turn.names_place_abroad:
        return "faq/drive_without_card.cpi_abroad"
    if label in _OF_INSPECTION and turn.said.get("inspection") == Inspection.VALID:
        # "Le contrôle est passé, et maintenant ?": nothing stands in the way of the request.
        return "faq/request_duplicate"
    if label in _OF_INSPECTION and "inspected_on" in turn.said:
        # Until when that inspection holds.
        return "faq/technical_inspection"
    if label in _OF_INSPECTION and turn.facts.get("vehicle_kind") in _NEVER_INSPECTED:
        return "faq/technical_inspection.exempt_or_other"
    if label not in _OF_FOUND:
        return label
    found = turn.facts.get("original_found")
    if found == "after_request" or _OF_A_REQUEST & turn.facts.keys():
        return f"{_FOUND}.after_request"
    return f"{_FOUND}.before_request" if found == "before_request" else label


def _is_done_online(asked: list[str]) -> bool:
    return bool(_DONE_ONLINE & set(map(dialogue.topic_of_question, asked)))


def _needs_a_plan(turn: Turn) -> bool:
    """Whether the message told the day of a refusal and was answered beside it: a limit runs from it."""
    is_beside = not turn.running and turn.last.get("guide") != "remedy"
    return is_beside and "refused_on" in turn.said and _is_complete(turn, "remedy", turn.facts)


def _limit_of_a_new_day(turn: Turn) -> Reply | None:
    """The last day to act, where the message tells beside its question the day that it counts from."""
    new = [day for day in _BEGIN_A_LIMIT if day in turn.said and day not in turn.before]
    told_before = (turn.slot_before("last_answer") or {}).get("until")
    if turn.running or not new or turn.last.get("until") not in (None, told_before):
        # A last day was just told; one of an earlier message is of another day.
        return None
    of_day = periods.of_days(new, turn.said, turn.on)
    return of_day[1] if of_day else None


def _tells_plate_for_price(turn: Turn, asked: list[str]) -> bool:
    """Whether the message tells, beside what it asks, the plate for the first time: the price hangs on it."""
    is_told = turn.said.get("plate_format") == turn.facts.get("plate_format") is not None
    is_new = is_told and "plate_format" not in turn.before
    is_other = _OF_PLATE.isdisjoint(map(dialogue.topic_of_question, asked))
    is_free = not turn.running and turn.last.get("guide") != "price"
    if not (is_new and is_other and is_free) or is_out_of_reach(turn.facts, turn.on):
        return False
    return _is_complete(turn, "price", turn.facts)


def answer(turn: Turn, label: str) -> None:
    """What the facts settle: a last day, an inspection due or not, a price, a plan; else the written answer.

    A last day or a plan told just before from the same facts is not told again.
    """
    label = _of_the_case(turn, label)
    # A question may suppose another age than that of the person's own vehicle.
    settled = periods.reply(label, _days_of_this_case(turn), turn.on) or inspection.reply(
        label, {**turn.facts, **turn.said}, turn.on
    )
    if settled is not None and turn.last.get("until") != settled.response:
        dialogue.answer_question(turn, label, settled)
        return
    if settled is not None and label in _OF_INSPECTION and turn.facts.get("inspection") == Inspection.VALID:
        # "Donc je peux la demander ?": the inspection that holds has been told.
        label = "faq/request_duplicate.conditions"
    name, deciding, stated = COMPUTED.get(label, ("", frozenset(), {}))
    facts = {**turn.facts, **stated}
    is_computed = bool(deciding & facts.keys()) and _is_complete(turn, name, facts)
    if not is_computed or (name == "remedy" and _was_just_computed(turn, name)):
        # The written price of a duplicate is no offer of one.
        turn.reply(obstacle(facts, turn.on) if name == "price" else [])
        dialogue.answer_question(turn, label)
    elif turn.running or stated:
        # Told beside the dialogue, or of another request than the person's own.
        turn.reply(GUIDES[name].reply(facts, turn.on))
        turn.keep(last_answer={**turn.last, "question": label}, misses=None)
    else:
        dialogue.conclude(turn, name)


def _days_of_this_case(turn: Turn) -> Facts:
    """The days that a period may count from: those told before may be of another card than a new one."""
    is_new_case = any(turn.said.get(name) not in (None, turn.before.get(name)) for name in _OF_A_CASE)
    return turn.said if is_new_case else turn.facts


def _was_just_computed(turn: Turn, name: str) -> bool:
    return turn.last.get("guide") == name and turn.last.get("facts") == turn.facts


def _is_complete(turn: Turn, name: str, facts: Facts) -> bool:
    return GUIDES[name].next_question(facts, frozenset(), turn.on) is None
