"""What once went wrong, or could: hostile records, polls that fail, answers that are lost, owners that change."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException

from contracts.applications import ApplicationWithdrawalRequested
from contracts.catalogue import topics_read_by
from contracts.codec import Record
from libraries.chassis.lanes.ledger import Ledger
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from libraries.chassis.store import Connection
from tests.eventually import eventually
from tests.forms import START, identifier, sending
from tests.integration.chassis.conftest import System, corrected, titled
from tests.kafka import Sending, read_all

FORMS = "forms.applications.v1"
LANES = sum(topic.partitions for topic in topics_read_by("intake"))


@pytest.mark.parametrize(
    ("value", "header"),
    [
        (b'{"application_id":"\\u0000aa"}', None),
        (b"{}", ("ce_\0x", b"\xff")),
        (None, ("ce_time", b"0001-01-01T00:00:00+14:00")),
        (None, ("ce_time", b"9999-12-31T23:59:59-14:00")),
        (b"{" + b" " * 900_000, None),
    ],
    ids=["zero-character", "zero-in-header-name", "before-time", "after-time", "large"],
)
async def test_a_hostile_record_is_set_aside(
    system: System, value: bytes | None, header: tuple[str, bytes] | None
) -> None:
    good = titled("good", on=0).record
    headers = [it for it in good.headers if header is None or it[0] != header[0]] + ([header] if header else [])
    await system.send(Sending(FORMS, Record(good.key, value or good.value, headers), 0))
    await system.send(titled("after", on=0))
    async with system.running() as service:
        await eventually(lambda: _written(system, 1))
        await eventually(lambda: _published(system, "intake.dead-letters.v1", 1))
        assert service.failed is None
        assert service.health.ready() == []
    assert await system.titles() == ["after"]
    assert len((await system.held())["dead"]) == 1


async def test_a_key_that_no_index_can_hold_does_not_end_every_process_that_suspects_it(system: System) -> None:
    junk = Record(random.Random(1).randbytes(20_000), b"junk", [])
    await system.send(Sending(FORMS, junk, 0), titled("after", on=0))
    # As a lane stands whose processes were killed from outside, thrice after they had begun with this record alone.
    await system.fetch(
        "INSERT INTO lane (topic, partition, next_offset, attempts, suspected_to) VALUES ($1, 0, 0, 3, 1)", FORMS
    )
    async with system.running() as service:
        await eventually(lambda: _written(system, 1))
        assert service.failed is None
    assert await system.titles() == ["after"]
    assert await system.held() == {"dead": ["kills-the-process"]}


async def test_an_effect_that_cannot_be_stored_sets_its_record_aside_alone(system: System) -> None:
    await system.fetch("ALTER TABLE effect ADD CHECK (title <> 'unstorable')")
    await system.send(*(titled(title, key="one lane") for title in ("a", "b")), titled("unstorable"), titled("c"))
    async with system.running() as service:
        await eventually(lambda: _written(system, 3))
        await eventually(lambda: _held(system, 1))
        assert service.failed is None
    assert sorted(await system.titles()) == ["a", "b", "c"]
    assert await system.held() == {"dead": ["unprocessable"]}


async def test_a_poll_that_fails_loses_nothing(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: set[TopicPartition] = set()
    failures: list[TopicPartition] = []
    original = fetcher.FetchResult.getall

    def fail_once_another_was_taken(result: fetcher.FetchResult, limit: int | None = None) -> object:
        partition = result._topic_partition
        if taken - {partition} and not failures:
            failures.append(partition)
            raise CorruptRecordException("invalid checksum")
        records = original(result, limit)
        taken.add(partition)
        return records

    titles = [f"{partition}-{number}" for partition in range(4) for number in range(40)]
    monkeypatch.setattr(fetcher.FetchResult, "getall", fail_once_another_was_taken)
    await system.send(*(titled(title, on=int(title[0])) for title in titles))
    async with system.running():
        await eventually(lambda: _written(system, 160))
    assert failures, "the poll failed after it had taken another partition's records"
    assert sorted(await system.titles()) == sorted(titles)


async def test_many_records_behind_one_all_go_on(system: System) -> None:
    titles = [f"{number:03}" for number in range(520)]
    await system.send(titled("break", key="k"), *(corrected(title, key="k") for title in titles))
    async with system.running():
        await eventually(lambda: _held(system, 521))
        await system.fetch("UPDATE held_record SET requested = 'discard' WHERE state = 'dead'")
        await eventually(lambda: _written(system, 520), within=60)
    assert await system.titles() == titles
    assert list(await system.held()) == ["discarded"]


async def test_what_was_sent_before_the_form_it_refers_to_follows_it(system: System) -> None:
    early = [corrected(f"correct {number}", key="k") for number in (1, 2, 3)]
    await system.send(*early[:2], titled("form", key="k"), early[2], titled("other"))
    async with system.running():
        await eventually(lambda: _written(system, 5))
        await eventually(lambda: _held(system, 0))
    assert [title for title in await system.titles() if title != "other"] == [
        "form",
        "correct 1",
        "correct 2",
        "correct 3",
    ]


async def test_what_fails_behind_a_record_that_waits_is_not_laid_at_its_door(system: System) -> None:
    await system.send(corrected("correct 1", key="k"), corrected("break", key="k"))
    async with system.running(retry_seconds=0.05):
        await eventually(lambda: _tried(system, 2))
        assert await system.held() == {"waiting": ["not-yet"], "behind": ["behind"]}


async def test_what_waits_for_its_own_key_is_woken_by_what_comes_behind_it(system: System) -> None:
    await system.send(corrected("correct 1", key="k"))
    async with system.running(retry_seconds=600.0):
        await eventually(lambda: _held(system, 1))
        await system.send(titled("form", key="k"))
        await eventually(lambda: _written(system, 2))
    assert await system.titles() == ["form", "correct 1"]


async def test_a_commit_whose_answer_was_lost_is_found_again(system: System) -> None:
    await system.send(titled("wait cause", key="k"))
    async with system.running() as service:
        await eventually(lambda: _held(system, 1))
        lost = _lose_answers(service, 2)
        await system.send(titled("cause"), titled("other"))
        await eventually(lambda: _all_published(system, 3))
    assert lost == ["lost", "lost"]
    await system.has_published({"cause": 1, "other": 1, "wait cause": 1})


async def test_what_was_passed_over_is_noted_even_where_that_fails_at_first(system: System) -> None:
    withdrawal = ApplicationWithdrawalRequested(application_id=identifier("nobody's"), requested_at=START)
    async with system.running() as service:
        await eventually(lambda: _is(len(service.committer.lanes) == LANES))
        failures = _fail_before_commits(service, 1)
        await system.send(sending(withdrawal))
        await eventually(lambda: _read_to_its_end(system))
    assert failures == ["failed"], "writing how far the lane had come failed once"


async def test_what_another_owner_released_holds_nothing_back(system: System) -> None:
    await system.send(titled("break", key="k"))
    async with system.running():
        await eventually(lambda: _held(system, 1))
        await system.fetch("UPDATE held_record SET state = 'discarded', resolved_at = now()")
        await system.fetch("UPDATE lane SET moved = true, revision = revision + 1")
        await system.send(corrected("later", key="k"))
        await eventually(lambda: _written(system, 1))
    assert await system.titles() == ["later"]


async def test_held_records_are_tried_under_load(system: System) -> None:
    await system.send(titled("wait cause", key="k"))
    async with system.running(batch_records=5) as service:
        await eventually(lambda: _held(system, 1))
        place = (await system.fetch("SELECT partition FROM held_record"))[0]["partition"]
        lane = service.committer.lanes[LaneName(FORMS, place)]
        flood = [titled(f"n{number}", on=place) for number in range(3_000)]
        await system.send(titled("cause", on=(place + 1) % 4), *flood)
        await eventually(lambda: _released(system))
        assert lane.next_offset < 3_000, "it was released while the lane was busy"


async def test_lanes_that_could_not_be_opened_at_first_are_opened_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Ledger.open
    calls: list[object] = []

    async def fail_at_first(ledger: Ledger, lanes: Mapping[LaneName, int]) -> object:
        calls.append(lanes)
        if len(calls) == 1:
            raise ConnectionResetError
        return await original(ledger, lanes)

    monkeypatch.setattr(Ledger, "open", fail_at_first)
    async with system.running() as service:
        await eventually(lambda: _is(service.membership.assigned_once and len(service.committer.lanes) == LANES))
        assert len(calls) == 2
        assert _tasks("Relay._run") == 1
    assert _tasks("Relay._run") == 0


async def test_a_topic_made_anew_is_noticed(system: System) -> None:
    await system.fetch("INSERT INTO lane (topic, partition, next_offset) VALUES ($1, 0, 1000)", FORMS)
    await system.send(titled("a", on=0))
    async with system.running() as service:
        await eventually(lambda: _is(service.membership.assigned_once))
        assert any("was the topic made anew?" in problem for problem in service.health.ready())
    assert await system.titles() == []


def _lose_answers(service: Running, count: int) -> list[str]:
    """Lets the next transactions commit, and their process not hear of it."""
    ledger = service.committer.ledger
    original = ledger.transaction
    lost: list[str] = []

    @asynccontextmanager
    async def transaction(*arguments: Any) -> AsyncIterator[Connection]:
        async with original(*arguments) as connection:
            yield connection
        if len(lost) < count:
            lost.append("lost")
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    ledger.transaction = transaction  # type: ignore[method-assign,assignment]
    return lost


def _fail_before_commits(service: Running, count: int) -> list[str]:
    """Lets the next transactions fail before anything is done in them."""
    ledger = service.committer.ledger
    original = ledger.transaction
    failed: list[str] = []

    @asynccontextmanager
    async def transaction(*arguments: Any) -> AsyncIterator[Connection]:
        if len(failed) < count:
            failed.append("failed")
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
        async with original(*arguments) as connection:
            yield connection

    ledger.transaction = transaction  # type: ignore[method-assign,assignment]
    return failed


async def _read_to_its_end(system: System) -> bool:
    rows = await system.fetch("SELECT sum(next_offset) AS read FROM lane WHERE topic = $1", FORMS)
    return bool(rows[0]["read"] == 1)


def _tasks(name: str) -> int:
    return sum(1 for task in asyncio.all_tasks() if name in repr(task.get_coro()))


async def _is(value: bool) -> bool:
    return value


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _held(system: System, count: int) -> bool:
    return sum(map(len, (await system.held()).values())) >= count


async def _tried(system: System, times: int) -> bool:
    rows = await system.fetch("SELECT retries FROM held_record WHERE state <> 'behind'")
    return bool(rows) and rows[0]["retries"] >= times


async def _released(system: System) -> bool:
    return "wait cause" in await system.titles()


async def _published(system: System, topic: str, count: int) -> bool:
    return len(await read_all(system.bootstrap_servers, topic)) >= count


async def _all_published(system: System, count: int) -> bool:
    return sum((await system.published()).values()) >= count
