#!/usr/bin/env python3
"""Creates the environment ``.venv`` here from the lock: stock Rasa with TensorFlow, on the Python it needs.

Run by make, not imported, and only for ``compare`` and ``load``. It takes the steps of bot/install.py, with
another place and another version of Python.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "bot"))

import install  # noqa: E402

if __name__ == "__main__":
    install.ROOT = HERE
    install.ENVIRONMENT = HERE / ".venv"
    install.PYTHON = "3.10"
    install.main()
