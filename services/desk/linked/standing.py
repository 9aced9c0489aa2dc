"""What is true of a link when it is opened: whether its matter goes on, and whether its person still holds the role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from libraries.links.holders import service_id
from libraries.links.seal import Link
from services.desk.linked.matters import Matter

Standing: TypeAlias = Literal["open", "over", "handed-over", "unknown"]

LinkedPage: TypeAlias = Literal["application", "project", "pair", "mentor", "obstacle"]
"""The pages whose people have no account, but the links of their mails."""

LINKED_PAGES: Final[tuple[LinkedPage, ...]] = get_args(LinkedPage)

ENTITIES: Final[Mapping[LinkedPage, tuple[str, ...]]] = {
    "application": ("application",),
    "project": ("assignment",),
    "pair": ("pair",),
    "mentor": ("mentor",),
    "obstacle": ("obstacle",),
}
"""Of what the events are that give a page's matter its states."""

TAKES_PART: Final = "active"
LEFT: Final = "withdrawn"
"""The states of somebody's part as a mentor, of which no public event tells."""

_SERVICE: Final = "service"
_HOLDERS: Final[Mapping[LinkedPage, Mapping[str, str]]] = {
    "application": {"lead": "lead_id"},
    "project": {"lead": "lead_id"},
    "pair": {"lead": "lead_id", "mentor": "mentor_person_id", "owner": "owner_id"},
    "mentor": {"mentor": "mentor_person_id"},
    "obstacle": {"lead": "lead_id", "owner": "owner_id", _SERVICE: "service"},
}
"""Which fact of a page's matter names who holds a role in it now."""

_OVER: Final[Mapping[LinkedPage, frozenset[str]]] = {
    "application": frozenset({"withdrawn"}),
    "project": frozenset({"declined", "released"}),
    "pair": frozenset({"declined", "expired", "ended"}),
    "mentor": frozenset({LEFT}),
    "obstacle": frozenset({"lifted", "abandoned"}),
}


def standing_of(page: LinkedPage, link: Link, matter: Matter | None) -> Standing:
    """What whoever follows a link is told first; only where it is `open` they can say something."""
    if matter is None:
        return "unknown"
    if matter.is_erased:
        return "over"
    if not _holds(page, link, matter):
        return "handed-over"
    # A lead whose obstacle is lifted may have met the next one: to them the page stays open.
    if (page, link.role) == ("obstacle", "lead"):
        return "open"
    return "over" if matter.state in _OVER[page] else "open"


def _holds(page: LinkedPage, link: Link, matter: Matter) -> bool:
    fact = _HOLDERS[page].get(link.role or "")
    if fact is None:
        return False
    if fact == _SERVICE:
        # A service is no person: links know it by an id made of its code.
        return service_id(str(matter.facts.get(fact))) == link.person_id
    return matter.person(fact) == link.person_id
