"""How often a minute something happened, counted in this process.

The storage in memory of ``limits`` starts a thread at almost every message, which looks through the messages
of everybody: it costs more the more people talk.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

_WINDOW_SECONDS = 60.0


class MovingWindow:
    """Counts messages by key over the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing counted; ``clock`` gives seconds."""
        self._clock = clock
        self._times: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self._swept = clock()

    def wait(self, most: int, key: tuple[str, ...]) -> float:
        """0 where one more is within ``most`` a minute, and then counted; else the seconds until it is."""
        now = self._clock()
        if now - self._swept >= _WINDOW_SECONDS:
            self._sweep(now)
        times = self._times[key]
        while times and now - times[0] >= _WINDOW_SECONDS:
            times.popleft()
        if len(times) >= most:
            return times[-most] + _WINDOW_SECONDS - now
        times.append(now)
        return 0.0

    def __len__(self) -> int:
        """How many keys are kept."""
        return len(self._times)

    def _sweep(self, now: float) -> None:
        """Forgets the keys of which nothing was counted for a minute: addresses are kept no longer."""
        self._swept = now
        for key in [key for key, times in self._times.items() if now - times[-1] >= _WINDOW_SECONDS]:
            del self._times[key]
