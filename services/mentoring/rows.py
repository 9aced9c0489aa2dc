"""Rows of the database as values, and values as the columns of statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg

from contracts.pairs import MeetingReported
from services.mentoring.columns import (
    LEAD_COLUMNS,
    MEETING_COLUMNS,
    OBSTACLE_CHANGES,
    OBSTACLE_COLUMNS,
    PAIR_CHANGES,
    PAIR_COLUMNS,
    SHAPE_COLUMNS,
)
from services.mentoring.states.clearance import clearances_from, document_of
from services.mentoring.states.lead import Lead
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.states.pair import KnownMeeting, Pair
from services.mentoring.states.profile import profile_of
from services.mentoring.states.shape import Shape, shared

Row: TypeAlias = tuple[Any, ...]


def mentor_from(row: asyncpg.Record) -> Mentor:
    """A mentor from a row in the order of MENTOR_COLUMNS."""
    identifier, person, source, profile, capacity, authorised, checked, active, pending, starts, version, *rest = row
    paused_until, authorised_until, handled, accompanied, told_at, _, clearances = rest
    return Mentor(
        identifier,
        person,
        source,
        # By its text, so that mentors with equal ones share one, as they did before the writer began anew.
        profile_of(profile),
        capacity,
        authorised,
        checked,
        told_at,
        active,
        pending,
        tuple(starts),
        version,
        paused_until,
        authorised_until,
        frozenset(handled),
        frozenset(accompanied),
        clearances_from(clearances),
    )


def lead_from(row: asyncpg.Record) -> Lead:
    """A lead from a row in the order of LEAD_COLUMNS."""
    return Lead(
        assignment_id=row["assignment_id"],
        application_id=row["application_id"],
        lead_id=row["lead_id"],
        owner_id=row["owner_id"],
        directorate=row["directorate"],
        organisation_name=row["organisation_name"],
        project_title=row["project_title"],
        # Thousands wait, and few shapes: each is kept once.
        shape=shared(Shape(*[frozenset(row[column]) for column in SHAPE_COLUMNS])),
        confirmed_at=row["confirmed_at"],
        state=row["state"],
        told=row["told"],
        passed=frozenset(row["passed"]),
    )


def pair_from(row: asyncpg.Record) -> Pair:
    """A pair from a row in the order of PAIR_COLUMNS."""
    return Pair(*row)


def obstacle_from(row: asyncpg.Record) -> Obstacle:
    """An obstacle from a row in the order of OBSTACLE_COLUMNS."""
    # As the record has it, it is a list.
    return Obstacle(*(*row[:-1], tuple(row[-1])))


def record(value: object, columns: Sequence[str]) -> Row:
    """The fields of a value that are so named."""
    return tuple([getattr(value, column) for column in columns])


def mentor_record(mentor: Mentor, reopens_at: datetime | None) -> Row:
    """A mentor as a record of MENTOR_COLUMNS."""
    return (
        mentor.mentor_id,
        mentor.person_id,
        mentor.source,
        mentor.profile.document,
        mentor.capacity,
        mentor.line_manager_authorised,
        mentor.ethics_check_done,
        mentor.active,
        mentor.pending,
        mentor.starts,
        mentor.version,
        mentor.paused_until,
        mentor.authorised_until,
        sorted(mentor.handled),
        sorted(mentor.accompanied),
        mentor.told_at,
        reopens_at,
        document_of(mentor.clearances),
    )


def form_change(mentor: Mentor) -> Row:
    """What forms say, for `update_forms`."""
    return (
        mentor.mentor_id,
        mentor.profile.document,
        mentor.capacity,
        mentor.line_manager_authorised,
        mentor.ethics_check_done,
        mentor.active,
        mentor.version,
        mentor.paused_until,
        mentor.authorised_until,
        _array(map(str, sorted(mentor.handled))),
        mentor.told_at,
        document_of(mentor.clearances),
    )


def place_change(mentor: Mentor, reopens_at: datetime | None) -> Row:
    """A mentor's places, for `update_places`."""
    starts = _array(start.isoformat() for start in mentor.starts)
    return mentor.mentor_id, mentor.pending, starts, _array(map(str, sorted(mentor.accompanied))), reopens_at


def lead_record(lead: Lead) -> Row:
    """A lead as a record of LEAD_COLUMNS."""
    shape = lead.shape
    return (
        lead.assignment_id,
        lead.application_id,
        lead.lead_id,
        lead.owner_id,
        lead.directorate,
        lead.organisation_name,
        lead.project_title,
        *(sorted(part) for part in (shape.themes, shape.territories, shape.skills, shape.languages, shape.slots)),
        lead.confirmed_at,
        lead.state,
        lead.told,
        sorted(lead.passed),
    )


def leads_document(leads: Iterable[Lead]) -> str:
    """Changed leads as JSON, for `update_leads`: arrays within a row are beyond what `unnest` can carry."""
    # Ids and times go as text, which `json_to_recordset` reads by the columns' types.
    return json.dumps([dict(zip(LEAD_COLUMNS, lead_record(lead), strict=True)) for lead in leads], default=str)


def pair_record(pair: Pair) -> Row:
    """A pair as a record of PAIR_COLUMNS."""
    return record(pair, PAIR_COLUMNS)


def pair_change(pair: Pair) -> Row:
    """What changes of a pair, for `update_pairs`."""
    return record(pair, PAIR_CHANGES)


def obstacle_record(obstacle: Obstacle) -> Row:
    """An obstacle as a record of OBSTACLE_COLUMNS."""
    return record(obstacle, OBSTACLE_COLUMNS)


def obstacle_change(obstacle: Obstacle) -> Row:
    """What changes of an obstacle, for `update_obstacles`."""
    return record(obstacle, OBSTACLE_CHANGES)


def meeting_record(report: MeetingReported | KnownMeeting) -> Row:
    """A new meeting as a record of MEETING_COLUMNS: when and how long, never what was said."""
    return record(report, MEETING_COLUMNS)


def _array(values: Iterable[str]) -> str:
    """An array as text: `unnest` takes arrays of arrays apart."""
    # Ids and times only, so there is nothing that a quotation mark would have to be escaped in.
    return "{" + ",".join(f'"{value}"' for value in values) + "}"
