"""Who speaks on a form, `lead:<id>`, `mentor:<id>` or `officer:<id>`: which persons that may be, and under which names.

Nothing binds these ids to who fills in a form, so whoever it may be counts: to forget a name too much harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from uuid import UUID

from contracts.event import Event
from contracts.message import EventData
from contracts.obstacles import ObstacleReported
from contracts.support import IntroductionReported

if TYPE_CHECKING:
    from services.mentoring.programme import Programme

_PERSONS: Final = ("lead", "mentor", "officer")


def speakers(programme: Programme, reporter: str, assignment_id: UUID) -> Iterator[UUID]:
    """The persons that a reporter may be, as far as they are known: a mentor goes by their own id or the person's."""
    kind, _, said = reporter.partition(":")
    # Held or not: whose lead was not loaded is nobody's whom this transaction asks about.
    if kind == "lead" and (lead := programme.leads.held(assignment_id)):
        yield lead.lead_id
    try:
        identifier = UUID(said)
    except ValueError:
        return
    yield identifier
    if kind == "mentor" and (mentor := programme.roster.get(identifier)):
        yield mentor.person_id


def reporting(events: Iterable[Event[EventData]], programme: Programme) -> Iterator[UUID]:
    """Who may be the reporters of what these events write that is kept as it was written."""
    for event in events:
        if isinstance(event.data, IntroductionReported | ObstacleReported):
            yield from speakers(programme, event.data.reported_by, event.data.assignment_id)


def names_of(people: Iterable[UUID], mentors: Iterable[UUID]) -> list[str]:
    """The names under which persons, and the mentors that they are, may have reported something."""
    return [f"{kind}:{person_id}" for person_id in people for kind in _PERSONS] + [f"mentor:{it}" for it in mentors]


def has_asked_since(event: Event[IntroductionReported] | Event[ObstacleReported], programme: Programme) -> bool:
    """Whether somebody who may have written a report asked to be forgotten since."""
    authors = speakers(programme, event.data.reported_by, event.data.assignment_id)
    asked = [programme.erasures.of(person_id) for person_id in authors]
    return any(erased_at is not None and event.time <= erased_at for erased_at in asked)


def authors_of(event: Event[ObstacleReported], programme: Programme) -> tuple[UUID, ...]:
    """The persons who may have written a report, each once; none where one of them asked to be forgotten since.

    Nor where nobody is known by the name that it has: nobody could have it forgotten.
    """
    if has_asked_since(event, programme):
        return ()
    return tuple(dict.fromkeys(speakers(programme, event.data.reported_by, event.data.assignment_id)))
