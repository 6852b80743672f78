#!/usr/bin/env python3
"""Creates benchmarks/.venv from the lock here: stock Rasa with TensorFlow, on the Python that it needs.

Run by make, not imported, and only for ``compare`` and ``load``. It takes the steps of bot/install.py, with
another place and another version of Python.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bot"))

import install  # noqa: E402

if __name__ == "__main__":
    install.ROOT = HERE
    install.ENVIRONMENT = HERE / ".venv"
    install.PYTHON = "3.10"
    install.main()
