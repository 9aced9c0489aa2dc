"""What a mentor says of their own part: that they leave, and from whose files they abstain. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.mentors import MentorWithdrawn, RecusalDeclared
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.asked import Asked
from services.desk.linked.given import Given
from services.desk.linked.matters import Matter
from services.desk.linked.standing import LEFT, TAKES_PART
from services.mentoring.operations import Part

LEAVING: Final[Mapping[str, Words]] = {
    "changes-post": Words(fr="changement de poste", en="a change of post"),
    "no-time": Words(fr="plus assez de temps", en="not enough time any more"),
    "leaves-the-city": Words(fr="départ de la Ville", en="leaving the City"),
    "other": Words(fr="autre raison", en="another reason"),
}
"""Why somebody is a mentor no more: told to nobody."""


def part_of(person_id: UUID, part: Part) -> Matter:
    """Somebody's part as a mentor, as the matter of a page; no public event is of it, so none is told."""
    facts = {"mentor_id": str(part.mentor_id), "mentor_person_id": str(person_id)}
    return Matter(
        part.mentor_id, TAKES_PART if part.active else LEFT, part.version, facts, (), is_erased=part.forgotten
    )


def withdrawal(mentor_id: UUID, given: Given, at: datetime) -> MentorWithdrawn:
    """That a mentor leaves for good, as a form says it; raises Unclear where it gives no reason."""
    return MentorWithdrawn(mentor_id=mentor_id, withdrawn_at=at, reason=given.choice("reason", LEAVING))


def leave(asked: Asked) -> MentorWithdrawn:
    """The mentor of the page leaves: whom they accompany is offered another."""
    return withdrawal(asked.matter.id, asked.given, asked.now)


def abstain(asked: Asked) -> RecusalDeclared:
    """The mentor of the page abstains from the file of one of the applications that they have found."""
    found = {str(application_id): application_id for application_id in asked.kept.found}
    application_id = found[asked.given.choice("application_id", found)]
    return RecusalDeclared(mentor_id=asked.matter.id, application_id=application_id, declared_at=asked.now)
