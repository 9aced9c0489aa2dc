"""Links to the desk: the page of one matter, for one person in one role."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias, get_args

from libraries.links.seal import Link, Right, Seal

DeskPage: TypeAlias = Literal["application", "project", "pair", "mentor", "obstacle", "proposal", "need", "contest"]
"""A page of the desk that a link opens, of one matter: `project`, which is the lead's, and `proposal`, which is the
officer's, are of an assignment, `contest`, which is the foundation's, of an application, `mentor` of the person's own
part, and each other page of what it is called after."""

ASSIGNMENT_PAGES: Final[frozenset[DeskPage]] = frozenset({"project", "proposal"})
OWN_PAGES: Final[frozenset[DeskPage]] = frozenset({"mentor"})
"""Those of what somebody is, whatever a mail was about: their matter goes by the id of the person."""

DESK_PAGES: Final[tuple[DeskPage, ...]] = get_args(DeskPage)
DESK_PATH: Final = "/links/"

# Most end before, with their matter. As long as what a mail said is kept: who looks for the page looks in an old mail.
_DAYS: Final = timedelta(days=400)


class DeskLinks:
    """Links to the pages of the desk at an address."""

    def __init__(self, address: str, seal: Seal) -> None:
        self._address = address
        self._seal = seal

    def to(self, page: DeskPage, link: Link, at: datetime) -> str:
        """The link, made at a moment, to a page, for the person, the role and the matter that it proves.

        Made again on the same day it is the same, so that a mail that is written again is the same mail.
        """
        until = (at.astimezone(UTC) + _DAYS).date()
        return f"{self._address}{desk_path(self._seal, page, link, until)}"


def desk_path(seal: Seal, page: DeskPage, link: Link, until: date) -> str:
    """Where at the desk a page is for the person, the role and the matter of a link, to the end of a day."""
    return f"{DESK_PATH}{page}/{seal.token(_purpose(page), link, until)}"


def desk_right(seal: Seal, page: DeskPage, token: str, now: datetime) -> Right | None:
    """What the last part of a link to a page of the desk proves; None where it is not one of ours."""
    right = seal.read(_purpose(page), token, now)
    return right if right is not None and right.link.role and right.link.person_id else None


def _purpose(page: DeskPage) -> str:
    return f"desk-{page}"
