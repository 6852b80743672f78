"""The custom actions in this process: called, where an action server would be requested.

The package is found by its name: the assistant knows no action but those that a model's rules name.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from rasa.core.actions.action import ActionExecutionRejection
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection as Rejected

from bot.engine import stored_events

logger = logging.getLogger(__name__)

PACKAGE = "actions"


class ActionsHere(EndpointConfig):
    """Runs the actions of the package, each in a thread of theirs (``actions/base.py``)."""

    def __init__(self) -> None:
        """Imports the package."""
        super().__init__("")
        self._executor = ActionExecutor()
        self._executor.register_package(PACKAGE)

    async def request(self, *_: Any, json: Any = None, **__: Any) -> Any:
        """The events and responses of the action called.

        Raises RasaException where the action fails, as a request would that is answered with an error.
        """
        # A copy, as a remote server would receive: an action cannot modify the tracker.
        call = msgspec.json.decode(stored_events.encoded(json))
        try:
            return await self._executor.run(call)
        except Rejected as error:
            raise ActionExecutionRejection(error.action_name, error.message) from error
        except Exception as error:
            logger.error("the action %s failed: %s", json["next_action"], type(error).__name__)
            raise RasaException(f"Failed to execute custom action '{json['next_action']}'") from error
