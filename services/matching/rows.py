"""Values to the columns of `queries.sql` and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import asyncpg

from contracts.needs import Need as PublicNeed
from services.matching.settings.rules import Rules
from services.matching.states.assignments import Assignment
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need, need_document
from services.matching.states.profiles import project_profile

# The order of each table's columns here is that of its queries, of COPY and of the functions below.
NEED: Final = ("need_id", "version", "state", "owner_id", "source", "said_at", "revision", "document")
CANDIDATE: Final = (
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
    "said_at",
    "members",
    "laureate",
)
ASSIGNMENT: Final = (
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
    "pinned",
)
# No code and no territory can contain it. An array would take 20 bytes more a row and be slower to write.
_SEPARATOR: Final = "|"


def candidate_from(row: asyncpg.Record) -> Candidate:
    """A candidate out of its row."""
    application_id, track, lead_id, organisation_name, project_title, *project = row
    themes, publics, territories = map(_codes, project[:3])
    summarised, words, said_at, members, laureate = project[3:]
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
        said_at,
        members,
        laureate,
    )


def candidate_row(candidate: Candidate) -> tuple[Any, ...]:
    """A candidate in the order of CANDIDATE; codes are joined, for `unnest` takes arrays of arrays apart."""
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
        candidate.said_at,
        candidate.members,
        candidate.laureate,
    )


def need_from(row: asyncpg.Record, rules: Rules, *, fixed: int) -> Need:
    """A need out of its row, and how many of its places people have filled."""
    need_id, version, state, owner_id, source, said_at, revision, document = row
    # Its profile is made anew and not kept: it follows from the document and from the rules that hold now.
    content = PublicNeed.model_validate_json(document)
    return Need(need_id, version, state, owner_id, need_document(revision, content, rules), source, said_at, fixed)


def need_row(need: Need) -> tuple[Any, ...]:
    """A need in the order of NEED."""
    # As the contract writes it, so that what is kept is read by the rules of what is published.
    document = need.document
    return (
        need.need_id,
        need.version,
        need.state,
        need.owner_id,
        need.source,
        need.said_at,
        document.revision,
        document.content.model_dump_json(),
    )


def assignment_row(assignment: Assignment) -> tuple[Any, ...]:
    """An assignment in the order of ASSIGNMENT."""
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


def assignment_change(assignment: Assignment) -> tuple[Any, ...]:
    """What of an assignment may change, in the order of `update_assignments`."""
    return (
        assignment.assignment_id,
        assignment.state,
        assignment.version,
        assignment.actor,
        assignment.reason,
        assignment.pinned,
    )


def columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one array a column, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]


def _codes(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_SEPARATOR)) if joined else ()
