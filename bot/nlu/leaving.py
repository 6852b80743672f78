"""Whether somebody who is with a person, or waits for one, asks for the robot again.

The classifier is not asked: a guess that is wrong would cut a talk short. Only a message that says this and
nothing else counts.
"""

from __future__ import annotations

import re

from bot.nlu.text import fold, normalise

_LONGEST = 120
_OPENING = r"(?:(?:non|bon|ok|merci|finalement|alors|desole|desolee|en fait|tant pis|c'est bon)[ ,.!]*)*"
_CLOSING = r"(?:[ ,.!]|svp|stp|s'il vous plait|s'il te plait|merci|finalement|maintenant|tout de suite)*"
_WISH = (
    r"(?:(?:je |j')?(?:prefere|preferais|prefererais|veux|voudrais|aimerais|souhaite|demande)"
    r"(?: bien| a| plutot)? ?)"
)
_BACK = (
    r"(?:(?:re)?parler|(?:re)?discuter|revenir|retourner|repasser|retour|continuer|reprendre"
    r"|(?:rendez|remettez|repassez|passez)[- ]moi) ?"
)
_ROBOT = (
    r"(?:(?:a|au|avec|vers) ?)?(?:(?:le|la|un|l'|mon) ?)?(?:seul )?"
    r"(?:robot|bot|chatbot|chat bot|automate|assistant(?: automatique| virtuel)?|machine)"
)
_NO_LONGER = (
    r"(?:je )?(?:(?:ne )?(?:veux|peux|souhaite|vais) plus attendre|n'attends plus|ne plus attendre"
    r"|(?:j')?arrete d'attendre)"
)
_LEAVING = re.compile(f"{_OPENING}(?:(?:{_WISH}|{_BACK}|{_WISH}{_BACK}){_ROBOT}|{_NO_LONGER}){_CLOSING}")


def asks_for_the_robot(text: str) -> bool:
    """Whether the whole message says that its author leaves the person, or the queue, for the robot."""
    return len(text) <= _LONGEST and _LEAVING.fullmatch(fold(normalise(text))) is not None
