"""Follow-ups and series as rows of their tables, and back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from services.notifications.planned.follow_ups import FollowUp, Key, Planned, ids_about, lane_of
from services.notifications.planned.series import Series, read, series_key, written

QUERIES: Final = named_queries("services.notifications")

AT_ONCE: Final = datetime.fromtimestamp(0, UTC)
"""Before everything that is due: PostgreSQL's `epoch`, since its `-infinity` has no time zone in Python."""

BY_NUMBER: Final[Callable[[UUID], int]] = attrgetter("int")
"""The order of ids: comparing them as they are runs a function of Python's for each comparison."""

# The order of each table's columns here is that of COPY and of the functions below.
_COLUMNS: Final = (
    "id", "lane", "kind", "recipient_id", "counterpart_id", "matter_id", "application_id", "matter_version", "occasion",
    "correlation_id", "parameters", "due_at", "state", "settled", "next_attempt_at", "caused_at", "words_of",
    "traceparent",
)  # fmt: skip
_SERIES_COLUMNS: Final = (
    "id", "lane", "planned_by", "recipient_id", "matter_id", "application_id", "matter_version", "correlation_id",
    "parameters", "occasions", "next_due_at", "caused_at", "words_of", "occasion",
    "traceparent",
)  # fmt: skip


async def insert_follow_ups(connection: Connection, planned: Iterable[Planned]) -> None:
    """Writes new rows by COPY, which costs half of an INSERT; raises SerializationError where one is there already."""
    await _insert(connection, "follow_up", _COLUMNS, [_record(new) for new in planned])


async def insert_series(connection: Connection, series: Iterable[Series]) -> None:
    """Writes new rows by COPY; raises SerializationError where one is there already."""
    await _insert(connection, "series", _SERIES_COLUMNS, [_series_record(new) for new in series])


async def move_series_on(connection: Connection, moves: Sequence[tuple[Series, Series]]) -> None:
    """Writes what is left of series, each beside what it was; raises SerializationError where one is not that any more.

    Of a series that is over nothing is kept but that it was.
    """
    # In the order of their ids, as everywhere, so that no two transactions wait for each other.
    moves = sorted(moves, key=lambda move: move[0].id.int)
    status = await connection.execute(
        QUERIES["move_series_on"],
        [before.id for before, _ in moves],
        [written(before.occasions) for before, _ in moves],
        [written(left.occasions) for _, left in moves],
        [left.next_due_at for _, left in moves],
    )
    check_all_changed(status, len(moves), "a series")


async def settle_follow_ups(connection: Connection, changes: Sequence[tuple[FollowUp, FollowUp]]) -> None:
    """Writes what follow-ups have become, each beside what it was; raises SerializationError where one is not that."""
    # In the order of their ids, as everywhere, so that no two transactions wait for each other.
    rows = [
        (after.id, before.state, after.attempts, after.state, after.settled)
        for before, after in sorted(changes, key=lambda change: change[0].id.int)
    ]
    status = await connection.execute(QUERIES["settle"], *zip(*rows, strict=True))
    check_all_changed(status, len(rows), "a follow-up")


async def renew(connection: Connection, renewed: Collection[Planned | Series]) -> None:
    """Writes what is to come says from now on; raises SerializationError where a follow-up is not as it was read."""
    if planned := [new for new in renewed if isinstance(new, Planned)]:
        await _renew_follow_ups(connection, planned)
    if series := [new for new in renewed if isinstance(new, Series)]:
        await _renew_series(connection, series)


async def _renew_follow_ups(connection: Connection, planned: Collection[Planned]) -> None:
    """Writes what open follow-ups say from now on; raises SerializationError where one is not as it was read."""
    planned = sorted(planned, key=lambda new: new.follow_up.id.int)
    changes = [
        (
            new.follow_up.id,
            new.follow_up.state,
            new.follow_up.attempts,
            new.parameters,
            new.counterpart_id,
            new.words_of,
        )
        for new in planned
    ]
    status = await connection.execute(QUERIES["renew_follow_ups"], *zip(*changes, strict=True))
    check_all_changed(status, len(changes), "a follow-up")


async def _renew_series(connection: Connection, series: Collection[Series]) -> None:
    """Writes what is to come of series says from now on."""
    series = sorted(series, key=lambda new: new.id.int)
    changes = [(new.id, new.parameters, new.words_of) for new in series]
    await connection.execute(QUERIES["renew_series"], *zip(*changes, strict=True))


def check_all_changed(status: str, expected: int, what: str) -> None:
    """Raises SerializationError where an UPDATE found fewer rows as they were read: none of it may be committed."""
    if status != f"UPDATE {expected}":
        raise asyncpg.SerializationError(f"{what} was changed by another transaction meanwhile")


def matter_ranges(matters: Iterable[UUID]) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """Matters with the first and the last id of what was planned about each, for a query."""
    ordered = sorted(set(matters), key=BY_NUMBER)
    ranges = [ids_about(matter) for matter in ordered]
    return ordered, [ids.first for ids in ranges], [ids.last for ids in ranges]


def follow_up_of(row: asyncpg.Record) -> FollowUp:
    """A follow-up as it stands in its row."""
    key = Key(row["matter_id"], row["recipient_id"], row["kind"], row["occasion"])
    return FollowUp(
        row["id"], key, row["matter_version"], row["state"], row["attempts"], row["in_doubt"], row["settled"]
    )


def planned_of(row: asyncpg.Record) -> Planned:
    """A follow-up with what sending it takes."""
    return Planned(
        follow_up_of(row),
        row["application_id"],
        row["counterpart_id"],
        row["correlation_id"],
        row["due_at"],
        row["parameters"],
        row["caused_at"],
        row["words_of"],
        row["traceparent"],
    )


def series_of(row: asyncpg.Record) -> Series:
    """A series as it stands in its row."""
    key = series_key(row["matter_id"], row["recipient_id"], row["planned_by"], row["occasion"])
    return Series(
        key.id,
        key,
        row["application_id"],
        row["matter_version"],
        row["correlation_id"],
        row["parameters"],
        read(row["occasions"]),
        row["caused_at"],
        row["words_of"],
        row["settled"],
        row["traceparent"],
    )


async def _insert(
    connection: Connection, table: str, columns: Sequence[str], records: Sequence[tuple[object, ...]]
) -> None:
    try:
        await connection.copy_records_to_table(table, columns=columns, records=records)
    except asyncpg.UniqueViolationError as error:
        # As if it had been serialised: tried again, the transaction reads the other's row and leaves it alone.
        raise asyncpg.SerializationError("a follow-up was planned by two transactions at once") from error


def _record(planned: Planned) -> tuple[object, ...]:
    follow_up, key = planned.follow_up, planned.follow_up.key
    # What was settled before it had a row of its own is due at once, so that the sender says so.
    is_to_be_said = follow_up.settled is not None and follow_up.state == "scheduled"
    return (
        follow_up.id, lane_of(key.recipient_id), key.kind, key.recipient_id, planned.counterpart_id, key.matter_id,
        planned.application_id, follow_up.matter_version, key.occasion, planned.correlation_id, planned.parameters,
        planned.due_at, follow_up.state, follow_up.settled, AT_ONCE if is_to_be_said else planned.due_at,
        planned.caused_at, planned.words_of, planned.traceparent,
    )  # fmt: skip


def _series_record(series: Series) -> tuple[object, ...]:
    key = series.key
    return (
        series.id, lane_of(key.recipient_id), key.kind, key.recipient_id, key.matter_id, series.application_id,
        series.matter_version, series.correlation_id, series.parameters, written(series.occasions),
        series.next_due_at, series.caused_at, series.words_of, series.occasion, series.traceparent,
    )  # fmt: skip
