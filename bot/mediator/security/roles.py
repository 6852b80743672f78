"""What each role may do: an editor may do all that a mediator may, an administrator everything."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles, from the narrowest."""

    MEDIATOR = "mediator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def may_act_as(self, needed: Role) -> bool:
        """Whether this role holds all that ``needed`` may do."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(needed)
