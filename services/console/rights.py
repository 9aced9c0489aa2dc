"""Who may do what in the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from libraries.pages.signing import Role, Ticket

Right: TypeAlias = Literal["look", "audit", "person", "repair", "sessions"]

_HAVE: Final[Mapping[str, frozenset[Role]]] = {
    "look": frozenset({"reader", "officer", "programme-head", "operator"}),
    "audit": frozenset({"programme-head", "operator"}),
    "person": frozenset({"programme-head", "operator"}),
    "repair": frozenset({"operator"}),
    "sessions": frozenset({"operator"}),
}
ROLES: Final[tuple[Role, ...]] = ("reader", "officer", "programme-head", "operator")
"""Who is let in."""


def may(session: Ticket, right: str) -> bool:
    """Whether one of somebody's roles has a right; nobody has one that is not known here."""
    return not _HAVE.get(right, frozenset()).isdisjoint(session.roles)
