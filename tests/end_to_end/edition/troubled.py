"""The journal of a played edition in trouble: killed at named points, behind, and built anew in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from contracts.attributes import encode_attributes
from contracts.catalogue import topics_read_by
from contracts.codec import Record
from libraries.chassis.process.faults import Point
from services.journal.operations import begin_again, find_stories, read_journey, read_positions
from tests.end_to_end.edition.system import System
from tests.eventually import eventually
from tests.faults.evidence import Found
from tests.faults.journeys import TOPICS, Story, check_journeys, is_part_of, read_stories
from tests.faults.verdict import Verdict
from tests.integration.journal.test_running import process
from tests.kafka import Sending, read_all, send

_DIES_AT: Final[tuple[Point, ...]] = (
    "after-claim", "after-inbox", "after-handlers", "before-commit", "after-commit", "before-offset-commit",
)  # fmt: skip
"""Every point that a journal comes to; it publishes nothing but dead letters."""


async def assert_told_all_the_same(
    system: System, connection: asyncpg.Connection[asyncpg.Record], bootstrap_servers: str, directory: Path, url: str
) -> int:
    """Has a journal hear the edition while all goes wrong; returns how many journeys equal what the topics say."""
    sendings = list(_sendings(system))
    first, rest = sendings[: len(sendings) // 2], sendings[len(sendings) // 2 :]
    await send(bootstrap_servers, first)
    for point in _DIES_AT:
        dying = process(url, bootstrap_servers, directory, ENGAGE_FAULT_POINT=f"{point}:3")
        dying.start()
        await asyncio.to_thread(dying.wait, 60)
    stories = read_stories(await _found(bootstrap_servers))
    assert await _journeys_so_far(connection, stories) > 0
    living = process(url, bootstrap_servers, directory)
    living.start()
    try:
        await send(bootstrap_servers, rest)
        await begin_again(connection)  # while it reads
        await eventually(lambda: _has_read(connection, len(sendings)), within=120)
    finally:
        living.terminate()
    verdict = Verdict()
    await check_journeys(connection, await _found(bootstrap_servers), verdict)
    if verdict.violations:
        raise AssertionError("\n".join(violation.text for violation in verdict.violations[:20]))
    return verdict.counted["journeys"]


def _sendings(system: System) -> Iterator[Sending]:
    """All that was published for anybody to read, as the relay sends it, each service's in its order."""
    read = {topic.name for topic in topics_read_by("journal")}
    for name, stage in system.stages.items():
        for number, row in enumerate(stage.published):
            if row.topic in read:
                sequence = f"{name}/0:{number:016x}"
                told = row.type, 0, row.time, row.correlation_id, row.causation_id, row.traceparent, sequence
                headers = encode_attributes(str(row.id), f"urn:engage:{name}", *told)
                yield Sending(row.topic, Record(row.key.encode(), row.payload, headers))


async def _journeys_so_far(connection: asyncpg.Connection[asyncpg.Record], stories: dict[str, Story]) -> int:
    """How many journeys a journal that is behind tells: in none is anything that the topics do not say."""
    known = await connection.fetch("SELECT id FROM thing WHERE kind = 'application'")
    for row in known:
        (story_id,) = await find_stories(connection, str(row["id"]))
        assert is_part_of(stories[str(row["id"])], await read_journey(connection, story_id))
    return len(known)


async def _has_read(connection: asyncpg.Connection[asyncpg.Record], count: int) -> bool:
    return sum(position.next_offset for position in await read_positions(connection)) >= count


async def _found(bootstrap_servers: str) -> dict[str, Sequence[Found]]:
    return {topic: await _found_on(bootstrap_servers, topic) for topic in TOPICS}


async def _found_on(bootstrap_servers: str, topic: str) -> list[Found]:
    return [
        Found(
            topic,
            record.partition,
            record.offset,
            (record.key or b"").decode(),
            {name: value.decode() for name, value in record.headers},
            record.value or b"",
        )
        for record in await read_all(bootstrap_servers, topic)
    ]
