"""Values to the columns of `queries.sql` and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import asyncpg

from contracts.catalogue import EVENT_BY_TYPE
from contracts.codec import encode_data
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import Need as PublicNeed
from services.matching.profiles import project_profile
from services.matching.register import Assignment, Candidate, Need, need_document
from services.matching.rules import Rules

CHANGE_COLUMNS: Final = (
    "number",
    "subject",
    "type",
    "event_id",
    "time",
    "correlation_id",
    "traceparent",
    "data",
)
# No code and no territory can contain it.
_SEPARATOR: Final = "|"
_SOURCE: Final = "urn:engage:matching"


def change_row(number: int, event: Event[EventData]) -> tuple[Any, ...]:
    """A change in CHANGE_COLUMNS."""
    data = event.data
    return (
        number,
        data.aggregate_id,
        data.event_type,
        event.id,
        event.time,
        event.correlation_id,
        event.traceparent,
        encode_data(data),
    )


def event_from(row: asyncpg.Record) -> Event[EventData]:
    """The event that a change was made of."""
    data = EVENT_BY_TYPE[row["type"]].model_validate_json(row["data"])
    return Event(
        id=row["event_id"],
        source=_SOURCE,
        time=row["time"],
        subject=str(data.aggregate_id),
        correlation_id=row["correlation_id"],
        causation_id=None,
        traceparent=row["traceparent"],
        data=data,
    )


def candidate_from(row: asyncpg.Record) -> Candidate:
    """A candidate out of its row."""
    application_id, track, lead_id, organisation_name, project_title, *project = row
    themes, publics, territories = map(tuple, project[:3])
    summarised, words, members, laureate = project[3:]
    profile = project_profile(
        themes=themes,
        publics=publics,
        territories=territories,
        summarised=summarised,
        words=frozenset(words.split()),
    )
    return Candidate(
        application_id,
        track,
        lead_id,
        organisation_name,
        project_title,
        themes,
        publics,
        territories,
        summarised,
        profile,
        members,
        laureate,
    )


def candidate_row(candidate: Candidate) -> tuple[Any, ...]:
    """A candidate in the order of `save_candidates`; arrays are joined, for `unnest` takes arrays of arrays apart."""
    return (
        candidate.application_id,
        candidate.track,
        candidate.lead_id,
        candidate.organisation_name,
        candidate.project_title,
        _SEPARATOR.join(candidate.themes),
        _SEPARATOR.join(candidate.publics),
        _SEPARATOR.join(candidate.territories),
        candidate.summarised,
        # Sorted, so that the same events leave the same bytes.
        " ".join(sorted(candidate.profile.words)),
        candidate.members,
        candidate.laureate,
    )


def need_from(row: asyncpg.Record, rules: Rules) -> Need:
    """A need out of its row."""
    need_id, version, state, owner_id, revision, document, fixed = row
    content = PublicNeed.model_validate_json(document)
    return Need(need_id, version, state, owner_id, need_document(revision, content, rules), fixed)


def need_row(need: Need) -> tuple[Any, ...]:
    """A need in the order of `save_needs`."""
    document = need.document
    return (
        need.need_id,
        need.version,
        need.state,
        need.owner_id,
        document.revision,
        document.content.model_dump_json(),
        need.fixed,
    )


def assignment_row(assignment: Assignment) -> tuple[Any, ...]:
    """An assignment in the order of `save_assignments`."""
    return (
        assignment.assignment_id,
        assignment.application_id,
        assignment.need_id,
        assignment.state,
        assignment.version,
        assignment.fit,
        assignment.parts,
        assignment.rules_version,
        assignment.actor,
        assignment.reason,
        assignment.pinned,
    )


def columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one array a column, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]
