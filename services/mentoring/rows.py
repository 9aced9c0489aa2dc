"""Rows of the database as values, and values as the columns of statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg

from services.mentoring.fit import Shape
from services.mentoring.lead import Lead
from services.mentoring.mentor import Mentor, profile_of
from services.mentoring.pair import Pair

LEAD_COLUMNS: Final = (
    "assignment_id",
    "application_id",
    "lead_id",
    "owner_id",
    "organisation_name",
    "project_title",
    "themes",
    "territories",
    "confirmed_at",
    "state",
    "told",
    "passed",
)
PAIR_COLUMNS: Final = (
    "pair_id",
    "assignment_id",
    "application_id",
    "mentor_id",
    "fit",
    "rules_version",
    "offered_at",
    "expires_at",
    "started_at",
    "state",
    "version",
)


def mentor_from(row: asyncpg.Record) -> Mentor:
    """A mentor from a row of `fetch_mentors`."""
    identifier, person, profile, capacity, authorised, checked, active, held, pending, starts, version = row
    return Mentor(
        identifier,
        person,
        profile_of(profile),
        capacity,
        authorised,
        checked,
        active,
        held,
        pending,
        tuple(starts),
        version,
    )


def lead_from(row: asyncpg.Record) -> Lead:
    """A lead from a row in the order of LEAD_COLUMNS."""
    assignment, application, lead, owner, name, title, themes, territories, confirmed_at, state, told, passed = row
    shape = Shape(frozenset(themes), frozenset(territories))
    return Lead(assignment, application, lead, owner, name, title, shape, confirmed_at, state, told, frozenset(passed))


def pair_from(row: asyncpg.Record) -> Pair:
    """A pair from a row in the order of PAIR_COLUMNS."""
    return Pair(*row)


def lead_record(lead: Lead) -> tuple[Any, ...]:
    """A lead as a record of LEAD_COLUMNS."""
    return (
        lead.assignment_id,
        lead.application_id,
        lead.lead_id,
        lead.owner_id,
        lead.organisation_name,
        lead.project_title,
        sorted(lead.shape.themes),
        sorted(lead.shape.territories),
        lead.confirmed_at,
        lead.state,
        lead.told,
        sorted(lead.passed),
    )


def pair_record(pair: Pair) -> tuple[Any, ...]:
    """A pair as a record of PAIR_COLUMNS."""
    return (
        pair.pair_id,
        pair.assignment_id,
        pair.application_id,
        pair.mentor_id,
        pair.fit,
        pair.rules_version,
        pair.offered_at,
        pair.expires_at,
        pair.started_at,
        pair.state,
        pair.version,
    )


def leads_document(leads: Iterable[Lead]) -> str:
    """Changed leads as JSON: arrays within a row are beyond what `unnest` can carry."""
    return json.dumps([dict(zip(LEAD_COLUMNS, lead_record(lead), strict=True)) for lead in leads], default=str)


def form_columns(mentors: Iterable[Mentor]) -> Sequence[Sequence[Any]]:
    """The columns of `save_mentors`: what forms say."""
    records = (
        (
            mentor.mentor_id,
            mentor.person_id,
            mentor.profile.document,
            mentor.capacity,
            mentor.line_manager_authorised,
            mentor.ethics_check_done,
            mentor.active,
            mentor.version,
        )
        for mentor in mentors
    )
    return list(zip(*records, strict=True))


def place_columns(
    changes: Iterable[tuple[tuple[int, int], Mentor, int | None]],
) -> Sequence[Sequence[Any]]:
    """The columns of `save_places` from (held and pending before, mentor, ceiling)."""
    records = (
        (
            mentor.mentor_id,
            held_before,
            pending_before,
            mentor.held,
            mentor.pending,
            "{" + ",".join(f'"{start.isoformat()}"' for start in mentor.starts) + "}",
            ceiling,
        )
        for (held_before, pending_before), mentor, ceiling in changes
    )
    return list(zip(*records, strict=True))
