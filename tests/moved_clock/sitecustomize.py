"""Starts a program of the tests on their day: Python imports this file before anything else."""

import os
import runpy
from pathlib import Path

if offset := os.environ.get("TEST_CLOCK_OFFSET"):
    runpy.run_path(str(Path(__file__).parent.parent / "clock.py"))["move"](float(offset))
