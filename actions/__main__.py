"""Serves the custom actions: ``python -m actions``. Rasa SDK's own command listens on every interface."""

from __future__ import annotations

import logging
import os

from rasa_sdk.endpoint import create_app

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    create_app("actions").run(
        host=os.environ.get("ACTION_SERVER_HOST", "127.0.0.1"),
        port=int(os.environ.get("ACTION_SERVER_PORT", "5055")),
        access_log=False,
    )
