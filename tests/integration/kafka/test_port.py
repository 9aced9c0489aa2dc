"""What every implementation of the port keeps to, whatever stands behind it."""

from __future__ import annotations

import asyncio
import time

import pytest

from contracts.partitions import partition_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.servers.port import LARGEST_RECORD, Bounds, NotAccepted, NotPolled, NotSent, Outgoing
from tests.eventually import eventually
from tests.integration.kafka.conftest import (
    LANES,
    OTHER,
    TOPIC,
    Bed,
    Owner,
    Started,
    numbered,
    read,
    send_all,
    started,
    to_lane,
    values,
)


async def test_a_start_is_refused_where_no_broker_answers(bed: Bed) -> None:
    kafka = bed.unreachable()
    with pytest.raises(NotSent):
        await kafka.start()
    with pytest.raises(NotPolled):
        await kafka.ask()
    await kafka.stop()


async def test_a_cluster_that_is_there_answers(members: Started) -> None:
    async with members() as kafka:
        await kafka.ask()
        await kafka.ask()


async def test_what_is_sent_comes_as_it_was(members: Started) -> None:
    headers = [("ce_id", b"1"), ("ce_id", b""), ("ce_type", "déjà".encode())]
    async with members() as kafka:
        await Owner(kafka).join()
        before = time.time() * 1000
        assert await kafka.send([Outgoing(TOPIC, b"key", b"value", headers), Outgoing(TOPIC, b"key", None, ())]) == 2
        ((lane, (first, second)),) = (await read(kafka, 2)).items()
    assert (first.key, first.value, list(first.headers), first.offset) == (b"key", b"value", headers, 0)
    assert (second.key, second.value, list(second.headers), second.offset) == (b"key", None, [], 1)
    assert before - 1 <= first.timestamp <= time.time() * 1000
    assert LaneName(first.topic.name, first.partition) == lane


async def test_a_partition_keeps_the_order_of_sending(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        await send_all(kafka, numbered(0, 500))
        await send_all(kafka, numbered(500, 700))
        for received in (await read(kafka, 700)).values():
            assert [record.offset for record in received] == list(range(len(received)))
            assert values(received) == sorted(values(received))


async def test_a_key_goes_where_every_client_looks_for_it(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join(TOPIC, OTHER)
        await send_all(kafka, numbered(0, 100, 50) + numbered(0, 100, 50, OTHER) + numbered(0, 3, 3))
        for lane, received in (await read(kafka, 203)).items():
            count = await kafka.partitions(lane.topic)
            assert {partition_of(record.key or b"", count) for record in received} == {lane.partition}


async def test_nothing_comes_of_a_new_lane_before_it_is_resumed(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka, resumes=False).join()
        await kafka.send(numbered(0, 10))
        assert await kafka.poll(0.3) == {}
        kafka.resume(LANES)
        await read(kafka, 10)


async def test_nothing_comes_before_all_new_lanes_are_opened(members: Started) -> None:
    opened = asyncio.Event()
    async with members() as kafka:
        await kafka.send(numbered(0, 10))
        joining = asyncio.create_task(Owner(kafka, opened=opened.wait).join())
        assert await kafka.poll(1.0) == {}
        opened.set()
        await joining
        await read(kafka, 10)


async def test_a_lane_paused_while_it_is_opened_stays_so(members: Started) -> None:
    async with members() as kafka:
        await kafka.send(to_lane(LANES[0], 3) + to_lane(LANES[1], 3))

        async def hold() -> None:
            kafka.pause(LANES[:1])

        await Owner(kafka, opened=hold).join()
        assert set(await read(kafka, 3)) == {LANES[1]}
        assert await kafka.poll(0.2) == {}


async def test_a_seek_forgets_what_was_fetched(members: Started) -> None:
    lane = LANES[2]
    async with members() as kafka:
        await Owner(kafka).join()
        await send_all(kafka, to_lane(lane, 3_000, 20))
        assert values((await read(kafka, 1))[lane])[0] == 0
        for offset in (7, 2_990, 1):
            kafka.seek(lane, offset)
            assert (await read(kafka, 1))[lane][0].offset == offset


async def test_a_seek_while_a_poll_waits_holds_for_that_poll(members: Started) -> None:
    lane = LANES[0]
    async with members() as kafka:
        await Owner(kafka, begin=5).join()
        await kafka.send(to_lane(lane, 4))
        kafka.seek(lane, 4)
        waiting = asyncio.create_task(read(kafka, 1))
        await asyncio.sleep(0)
        kafka.seek(lane, 2)
        assert values((await waiting)[lane]) == [2, 3]


async def test_other_lanes_flow_while_one_is_paused(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        kafka.pause([LANES[0], LaneName(TOPIC, 99), LaneName("nobodys.v1", 0)])
        await kafka.send(to_lane(LANES[0], 3) + to_lane(LANES[1], 3))
        assert set(await read(kafka, 3)) == {LANES[1]}
        assert await kafka.poll(0.2) == {}
        kafka.resume([LANES[0], LaneName(TOPIC, 99)])
        assert values((await read(kafka, 3))[LANES[0]]) == [0, 1, 2]


async def test_what_was_fetched_of_a_lane_waits_while_it_is_paused(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        await send_all(kafka, to_lane(LANES[0], 3_000))
        polled = values((await read(kafka, 1))[LANES[0]])
        kafka.pause(LANES)
        assert await kafka.poll(0.2) == {}
        kafka.resume(LANES)
        while len(polled) < 3_000:
            polled += values((await read(kafka, 1))[LANES[0]])
        assert polled == list(range(3_000))


async def test_an_owner_takes_every_partition(members: Started) -> None:
    async with members() as kafka:
        await kafka.send(numbered(0, 50))
        owner = await Owner(kafka).take(TOPIC, OTHER)
        assert owner.lanes >= set(LANES)
        assert {lane.topic for lane in owner.lanes} == {TOPIC, OTHER}
        await read(kafka, 50)


async def test_an_owner_is_given_nothing_before_it_resumes(members: Started) -> None:
    async with members() as kafka:
        await kafka.send(numbered(0, 50))
        await Owner(kafka, resumes=False).take()
        assert await kafka.poll(0.3) == {}
        kafka.resume(LANES)
        await read(kafka, 50)


async def test_bounds_follow_what_is_sent(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        assert await kafka.bounds(LANES[:1]) == {LANES[0]: Bounds(0, 0)}
        await kafka.send(to_lane(LANES[0], 3))
        assert await kafka.bounds(LANES[:2]) == {LANES[0]: Bounds(0, 3), LANES[1]: Bounds(0, 0)}


async def test_bounds_can_be_asked_while_lanes_are_opened(members: Started) -> None:
    bounds: list[Bounds] = []
    async with members() as kafka:

        async def look() -> None:
            bounds.extend((await kafka.bounds(LANES)).values())

        await Owner(kafka, opened=look).join()
    assert bounds == [Bounds(0, 0)] * 4


async def test_a_lane_that_nobody_sought_begins_where_the_last_commit_said(members: Started) -> None:
    async with members() as kafka:
        await kafka.send(to_lane(LANES[0], 5) + to_lane(LANES[1], 5))
        await Owner(kafka).join()
        await kafka.commit({LANES[0]: 3, LaneName("nobodys.v1", 0): 4})
    async with members() as successor:
        await Owner(successor, begin=None).take()
        records = await read(successor, 7)
    assert (values(records[LANES[0]]), values(records[LANES[1]])) == ([3, 4], [0, 1, 2, 3, 4])


async def test_an_owner_may_commit(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).take()
        await kafka.commit({LANES[0]: 2})
        await kafka.send(to_lane(LANES[0], 3))
    async with members() as successor:
        await Owner(successor, begin=None).take()
        assert values((await read(successor, 1))[LANES[0]]) == [2]


async def test_a_record_that_is_too_large_holds_up_only_what_follows_it(members: Started) -> None:
    small, large = Outgoing(TOPIC, b"a", b"small", []), Outgoing(TOPIC, b"a", bytes(LARGEST_RECORD), [])
    async with members() as kafka:
        await Owner(kafka).join()
        assert await kafka.send([small, small, large, small]) == 2
        with pytest.raises(NotAccepted) as caught:
            await kafka.send([large, small])
        assert caught.value.index == 0
        assert await kafka.send([small]) == 1
        received = await read(kafka, 3)
    assert [record.value for records in received.values() for record in records] == [b"small"] * 3


async def test_a_large_record_goes(members: Started) -> None:
    large = Outgoing(TOPIC, b"a", bytes(LARGEST_RECORD - 100), [])
    async with members() as kafka:
        await Owner(kafka).join()
        await send_all(kafka, [large, large, large])
        await read(kafka, 3)


async def test_nothing_to_send_is_no_round(members: Started) -> None:
    async with members() as kafka:
        assert await kafka.send([]) == 0


@pytest.mark.parametrize("joins", [True, False])
async def test_a_poll_ends_in_its_time(members: Started, joins: bool) -> None:
    async with members() as kafka:
        if joins:
            await Owner(kafka).join()
        began = time.monotonic()
        assert await kafka.poll(0.3) == {}
        assert 0.25 <= time.monotonic() - began < 1.0


async def test_a_poll_ends_once_something_comes(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        waiting = asyncio.create_task(kafka.poll(10.0))
        await asyncio.sleep(0)
        began = time.monotonic()
        await kafka.send(numbered(0, 1))
        assert await waiting
        assert time.monotonic() - began < 2.0


async def test_a_member_stops_soon_and_as_often_as_one_likes(bed: Bed) -> None:
    for kafka in (bed.kafka(), bed.kafka("another")):
        await kafka.start()
        await Owner(kafka).join()
        async with asyncio.timeout(5.0):
            await kafka.stop()
            await kafka.stop()


async def test_a_poll_that_waits_while_its_member_stops_gives_nothing(members: Started) -> None:
    async with members() as kafka:
        await Owner(kafka).join()
        waiting = asyncio.create_task(kafka.poll(1.0))
        await asyncio.sleep(0)
    assert await waiting == {}
    assert await kafka.poll(0.01) == {}


async def test_members_share_the_lanes_and_take_over(group_bed: Bed) -> None:
    async with started(group_bed.kafka()) as first:
        one = await Owner(first).join()
        assert one.lanes == set(LANES)
        async with started(group_bed.kafka()) as second:
            two = await Owner(second).join()
            polling = asyncio.gather(read(first, 40), read(second, 40))
            await eventually(lambda: shared(one, two))
            await first.send([record for lane in LANES for record in to_lane(lane, 20)])
            by_first, by_second = await polling
            assert (set(by_first), set(by_second)) == (one.lanes, two.lanes)
        again = await read(first, 80)
        assert set(again) == set(LANES)
        assert one.lanes == set(LANES)


async def shared(*owners: Owner) -> bool:
    lanes = [lane for owner in owners for lane in owner.lanes]
    return sorted(lanes) == LANES and all(owner.lanes for owner in owners)


async def test_a_new_member_is_given_nothing_before_the_old_one_has_let_go(group_bed: Bed) -> None:
    letting_go, gone = asyncio.Event(), asyncio.Event()

    async def let_go(_: object) -> None:
        letting_go.set()
        await gone.wait()

    async with started(group_bed.kafka()) as first, started(group_bed.kafka()) as second:
        one, two = Owner(first), Owner(second)
        listener = one.listener
        await first.join([TOPIC], type(listener)(listener.assigned, let_go))
        await one.assigned.wait()
        joining = asyncio.create_task(two.join())
        await letting_go.wait()
        await first.send(numbered(0, 20))
        assert await first.poll(0.5) == {}
        assert not two.lanes
        gone.set()
        await joining
        assert two.lanes
