"""The day of the tests: chosen here once, so that no test turns red because the calendar moved."""

from __future__ import annotations

import datetime as dt
import os

# ``make test-on DAY=…`` moves it, and the machine's clock with it.
DAY = dt.date.fromisoformat(os.environ.get("TEST_DAY", "2026-11-30"))
