"""Whose an assignment is to decide: the pages of a proposal and of its support plan ask the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from libraries.chassis.store import Connection
from libraries.pages.asking import Refused
from libraries.pages.reader import Reader
from services.desk.premises import Premises, person_of
from services.journal import operations as journal
from services.journal.operations import Line
from services.matching import operations as matching

_PROPOSED: Final = "engage.assignment.proposed.v1"
_TOLD: Final = (_PROPOSED, "engage.assignment.amended.v1", "engage.assignment.confirmed.v1")
"""What says who decides on an assignment."""


async def stands_for(premises: Premises, person_id: UUID) -> Sequence[UUID]:
    """Somebody themselves, and the owners in whose place they decide."""
    async with premises.database.within("matching") as connection:
        return [person_id, *await matching.find_deputised(connection, person_id, at=premises.programme_clock())]


async def decides(premises: Premises, reader: Reader, assignment_id: UUID) -> bool:
    """Whether somebody decides on an assignment that was proposed, by the last that was said of it."""
    if reader.has("programme-head"):
        return True
    async with premises.database.within("journal") as connection:
        (last,) = await journal.said_of(connection, assignment_id, _TOLD)
    return _is_theirs(last.data, await stands_for(premises, person_of(reader)))


async def found_proposal(connection: Connection, assignment_id: UUID) -> tuple[Line, dict[str, Any]]:
    """An assignment as it is, and what was proposed; raises Refused where the journal does not know it (yet)."""
    line = await journal.find_line(connection, "assignment", assignment_id)
    said = await journal.said_of(connection, assignment_id, [_PROPOSED])
    if line is None or not said:
        raise Refused(
            404,
            "Cette proposition n’est pas connue, ou pas encore\u00a0: réessayez dans un instant.",
            "This proposal is not known, or not yet: try again in a moment.",
        )
    return line, dict(said[0].data)


def may_be_theirs(line: Line, owners: Sequence[UUID]) -> bool:
    """Whether an assignment is for somebody, as a list knows it: as who is to decide, or as the deputy of who is to.

    The list has no word for who can't decide though they own the need; the proposal's own page has.
    """
    return (line.facts.get("decider") or line.facts.get("owner") or "") in set(map(str, owners))


def _is_theirs(said: Mapping[str, Any], owners: Sequence[UUID]) -> bool:
    """Whether somebody decides, by the last that was said of an assignment: nobody but a head where it names nobody."""
    # What was said before there were deciders names none, and then the owner does.
    decider = said["decider_id"] if "decider_id" in said else said["owner_id"]
    return decider is not None and decider in set(map(str, owners))
