"""Why a message did not reach its person, in the few words by which the desk tells what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

# The service lets nobody write to a person who has been silent for too long.
WINDOW = "window"
# The person asked the service, or us, to hear no more.
STOPPED = "stopped"
# The service cannot reach the person: a number without it, a conversation closed.
UNREACHABLE = "unreachable"
# Nobody can tell whether it arrived.
UNCERTAIN = "uncertain"
# The service was out of reach for too long.
LATE = "late"
# Anything else that the service refuses.
REFUSED = "refused"


def why(reason: str, known: Mapping[str, str]) -> str:
    """The word for a refusal: that of the first of the platform's ``known`` codes in its reason."""
    if reason.startswith(UNCERTAIN):
        return UNCERTAIN
    codes = re.findall(r"\w+", reason)
    return next((known[code] for code in codes if code in known), REFUSED)
