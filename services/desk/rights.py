"""Who may do what at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from libraries.pages.signing import Role, Ticket

Right: TypeAlias = Literal["look", "decide", "head", "jury", "figures"]

_HAVE: Final[Mapping[str, frozenset[Role]]] = {
    "look": frozenset({"officer", "programme-head", "foundation"}),
    "decide": frozenset({"officer", "programme-head"}),
    "head": frozenset({"programme-head"}),
    "jury": frozenset({"foundation"}),
    "figures": frozenset({"programme-head", "foundation"}),
}
ROLES: Final[tuple[Role, ...]] = ("officer", "programme-head", "foundation")
"""Who is let in."""


def may(session: Ticket, right: str) -> bool:
    """Whether somebody has a right by one of their roles; nobody has one whom the programme does not know by an id.

    What is theirs to decide is for the services to say: the desk shows a page, and passes on a word.
    """
    return session.person_id is not None and not _HAVE.get(right, frozenset()).isdisjoint(session.roles)
