"""Values to the columns of `queries.sql` and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg

from services.matching.profiles import project_profile
from services.matching.register import Assignment, Candidate, Need, NeedDocument

CANDIDATE_COLUMNS = (
    "application_id",
    "track",
    "lead_id",
    "organisation_name",
    "project_title",
    "themes",
    "publics",
    "territories",
    "summarised",
    "words",
    "waiting",
)
ASSIGNMENT_COLUMNS = (
    "assignment_id",
    "application_id",
    "need_id",
    "state",
    "version",
    "fit",
    "parts",
    "rules_version",
    "actor",
    "reason",
)
DECLINED_COLUMNS = ("application_id", "need_id", "actor", "reason")
# No code and no territory can contain it.
_SEPARATOR = "|"


def candidate_from(row: asyncpg.Record) -> Candidate:
    """A candidate out of its row."""
    application_id, track, lead_id, organisation_name, project_title, *project = row
    themes, publics, territories = map(tuple, project[:3])
    summarised, words = project[3:]
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
    )


def candidate_row(candidate: Candidate, *, waiting: bool) -> tuple[Any, ...]:
    """A candidate in CANDIDATE_COLUMNS."""
    return (
        candidate.application_id,
        candidate.track,
        candidate.lead_id,
        candidate.organisation_name,
        candidate.project_title,
        candidate.themes,
        candidate.publics,
        candidate.territories,
        candidate.summarised,
        # Sorted, so that the same events leave the same bytes.
        " ".join(sorted(candidate.profile.words)),
        waiting,
    )


def flat_candidate_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same with its arrays joined, for `unnest` takes arrays of arrays apart."""
    joined = (_SEPARATOR.join(row[5]), _SEPARATOR.join(row[6]), _SEPARATOR.join(row[7]))
    return (*row[:5], *joined, *row[8:])


def need_from(row: asyncpg.Record, document: NeedDocument) -> Need:
    """A need out of its row and its document."""
    need_id, version, state, owner_id, _, proposed, confirmed, swept_to = row
    return Need(need_id, version, state, owner_id, document, proposed, confirmed, swept_to)


def need_row(need: Need) -> tuple[Any, ...]:
    """A need in the order of the statement `save_needs`."""
    content = need.document.content
    return (
        need.need_id,
        need.version,
        need.state,
        need.owner_id,
        need.document.revision,
        content.model_dump_json(),
        content.capacity,
        need.proposed,
        need.confirmed,
        need.swept_to,
    )


def assignment_from(row: asyncpg.Record) -> Assignment:
    """An assignment out of its row."""
    return Assignment(*row)


def assignment_row(assignment: Assignment) -> tuple[Any, ...]:
    """An assignment in ASSIGNMENT_COLUMNS."""
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
    )


def columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one array a column, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]
