"""What people may ask of mentoring from outside its handlers: support plans, figures, mentors, offers to come.

Each function takes a connection whose schema is the service's. They read tables and not a writer's memory, and so may
be called from any process: they see what was committed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from contracts.message import Reason
from contracts.states import SupportActionState
from libraries.chassis.store import Connection, named_queries
from services.mentoring import rows
from services.mentoring.choice.choosing import bars_of, causes, pair_up
from services.mentoring.choice.roster import Roster
from services.mentoring.settings.pairing_rules import RULES, PairingRules
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from services.mentoring.settings.sentences import reason_of

_QUERIES: Final = named_queries("services.mentoring", "operations.sql")
_STORED: Final = named_queries("services.mentoring")

Listed: TypeAlias = Mapping[str, Any]
"""A line of a list, by the names that it is shown under."""


async def list_support_plans(
    connection: Connection,
    *,
    state: SupportActionState | None = None,
    assignment_id: UUID | None = None,
    settings: MentoringSettings = SETTINGS,
) -> list[Listed]:
    """Support plans, the oldest first, each with its `actions` and `introductions`.

    With `state`, those that have an action in it.
    """
    rows = await connection.fetch(_QUERIES["list_support_plans"], assignment_id, state, settings.support.actions)
    return [
        # The database aggregates no introduction at all to null.
        {**row, "actions": json.loads(row["actions"]), "introductions": json.loads(row["introductions"] or "[]")}
        for row in rows
    ]


async def list_impact(connection: Connection, *, assignment_id: UUID | None = None) -> list[Listed]:
    """The figures that projects reported as `years`: by year, as text, and then by what they count."""
    rows = await connection.fetch(_QUERIES["list_impact"], assignment_id)
    return [{**row, "years": json.loads(row["years"])} for row in rows]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A mentor who takes part, by what they bring: codes, places in all and those that pairs hold.

    `version` grows with each change.
    """

    mentor_id: UUID
    person_id: UUID
    version: int
    directorate: str
    skills: tuple[str, ...]
    territories: tuple[str, ...]
    places: int
    taken: int


async def list_enrolled(connection: Connection) -> list[Enrolled]:
    """The mentors who take part, in the order of their ids."""
    found = map(rows.mentor_from, await connection.fetch(_STORED["read_mentors"]))
    return [
        Enrolled(
            mentor.mentor_id,
            mentor.person_id,
            mentor.version,
            mentor.profile.directorate,
            tuple(sorted(mentor.profile.skills)),
            tuple(sorted(mentor.profile.territories)),
            mentor.capacity,
            len(mentor.accompanied),
        )
        for mentor in found
        if mentor.active
    ]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a mentor who takes part has said of themselves, as far as mentoring keeps it: codes, and no name.

    `version` grows with each change. The last four are what their form says of their authorisation: whom it names, and
    what it claims.
    """

    mentor_id: UUID
    version: int
    directorate: str
    skills: frozenset[str]
    languages: frozenset[str]
    territories: frozenset[str]
    slots: frozenset[str]
    capacity: int
    paused_until: date | None
    handled: frozenset[UUID]
    line_manager_id: UUID | None = None
    is_authorised: bool = False
    authorised_until: date | None = None
    is_checked: bool = False


async def find_brought(connection: Connection, mentor_id: UUID) -> Brought | None:
    """What a mentor brings; None for who takes no part."""
    row = await connection.fetchrow(_QUERIES["find_mentor"], mentor_id)
    if row is None or not (mentor := rows.mentor_from(row)).active:
        return None
    profile, claimed = mentor.profile, mentor.clearances.claimed
    return Brought(
        mentor.mentor_id,
        mentor.version,
        profile.directorate,
        profile.skills,
        profile.languages,
        profile.territories,
        profile.slots,
        mentor.capacity,
        mentor.paused_until,
        mentor.handled,
        mentor.clearances.line_manager_id,
        claimed.authorised,
        claimed.until,
        claimed.checked,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The part that a person has as a mentor; `version` grows with each change.

    Who left is not `active`; who asked to be forgotten is `forgotten` until they enrol anew.
    """

    mentor_id: UUID
    version: int
    active: bool
    forgotten: bool


async def find_part(connection: Connection, person_id: UUID) -> Part | None:
    """The part that a person has as a mentor: the one that goes on, else their last; None for who never had one."""
    row = await connection.fetchrow(_QUERIES["find_part"], person_id)
    if row is None:
        return None
    mentor = rows.mentor_from(row)
    return Part(mentor.mentor_id, mentor.version, mentor.active, mentor.forgotten)


async def list_abstentions(connection: Connection, mentor_id: UUID) -> list[UUID]:
    """The applications from whose files a mentor abstains."""
    return [row["application_id"] for row in await connection.fetch(_QUERIES["read_abstentions"], mentor_id)]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the lead of a confirmed assignment looks for in a mentor; of what is empty they said nothing."""

    assignment_id: UUID
    skills: frozenset[str]
    languages: frozenset[str]
    slots: frozenset[str]


async def find_wishes(connection: Connection, assignment_id: UUID) -> Wishes | None:
    """What the lead of an assignment looks for; None where it is not confirmed, or has ended."""
    row = await connection.fetchrow(_QUERIES["find_lead"], assignment_id)
    if row is None:
        return None
    shape = rows.lead_from(row).shape
    return Wishes(assignment_id, shape.skills, shape.languages, shape.slots)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A lead whose first offer waits for a round, and the mentor whom they would be offered.

    `fit` is in points; where nobody can be offered there is no mentor, and `reasons` say why.
    """

    assignment_id: UUID
    organisation_name: str
    project_title: str
    mentor_id: UUID | None
    fit: int | None
    reasons: tuple[Reason, ...] = ()


async def foresee_offers(
    connection: Connection, *, at: datetime, rules: PairingRules = RULES, settings: MentoringSettings = SETTINGS
) -> list[Foreseen]:
    """What would be offered were a round whole at a moment: all who wait weighed together, and nothing published."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        mentors = [rows.mentor_from(row) for row in await connection.fetch(_STORED["read_mentors"])]
        leads = [rows.lead_from(row) for row in await connection.fetch(_STORED["read_leads"])]
        recused: dict[UUID, set[UUID]] = defaultdict(set)
        for application_id, mentor_id in await connection.fetch(_STORED["read_recusals"]):
            recused[application_id].add(mentor_id)
    roster = Roster(mentors, rules=rules, settings=settings)
    waiting = sorted((lead for lead in leads if lead.state in ("held", "waiting")), key=lambda lead: lead.turn)
    bars = {lead.assignment_id: bars_of(lead, roster, recused[lead.application_id]) for lead in waiting}
    choices = pair_up(waiting, roster, bars=lambda lead: bars[lead.assignment_id], now=at) if waiting else {}
    for lead_id, choice in choices.items():
        # As when they are offered: why the others find nobody is said of the roster as it is then.
        roster.take_place(choice.mentor.mentor_id, lead_id, at)
    found = []
    for lead in (lead for lead in waiting if lead.state == "held"):
        named = lead.assignment_id, lead.organisation_name, lead.project_title
        if (chosen := choices.get(lead.assignment_id)) is not None:
            found.append(Foreseen(*named, chosen.mentor.mentor_id, chosen.fit))
        else:
            why = causes(lead, roster, bars[lead.assignment_id], now=at)
            found.append(Foreseen(*named, None, None, tuple(reason_of(code, count) for code, count in why)))
    return found
