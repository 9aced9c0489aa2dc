"""What a running service says of itself in figures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.exposition import generate_latest

from contracts.codec import Record
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.port import Outgoing
from libraries.chassis.watching.catalogue import REGISTRY
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE
from tests.integration.chassis.failing import FailingDuty, FailingKafka, Switch, put, running, writer_store
from tests.kafka import Sending

FORMS = "forms.applications.v1"


def figure(name: str, **labels: str) -> float:
    """A series' value now; nought where there is none yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def measured(service: Running, name: str, **labels: str) -> float:
    await service.measuring.measure()
    return figure(name, **labels)


async def test_time_from_form_to_commit_and_to_effect_is_measured(system: System) -> None:
    commits = figure("engage_record_to_commit_seconds_count", topic=FORMS)
    effects = figure("engage_form_to_effect_seconds_count", topic="contacts.v1")
    assigned = figure("engage_rebalances_total")
    sent = titled("one"), titled("two")
    async with system.running():
        await system.send(*sent)
        await eventually(lambda: _written(system, 2))
    assert figure("engage_record_to_commit_seconds_count", topic=FORMS) == commits + 2
    assert figure("engage_form_to_effect_seconds_count", topic="contacts.v1") == effects + 2
    assert figure("engage_rebalances_total") > assigned
    # The story of what was committed: whoever sees a slow one can look at its trace.
    text = generate_latest(REGISTRY).decode()  # type: ignore[no-untyped-call]
    examples = set(re.findall(r'engage_record_to_commit_seconds_bucket.* # {trace_id="([0-9a-f]{32})"}', text))
    assert examples & {_id_of(each).replace("-", "") for each in sent}


async def test_what_is_set_aside_is_counted_by_its_reason(system: System) -> None:
    before = figure("engage_dead_letters_total", topic=FORMS, reason="json")
    good = titled("good")
    async with system.running() as service:
        await system.send(Sending(FORMS, Record(b"key", b"{no", good.record.headers)), titled("wait for ever"), good)
        await eventually(lambda: _held(service, "dead", "json"))
        await eventually(lambda: _held(service, "waiting", "not-yet"))
        assert figure("engage_held_oldest_seconds", state="waiting") > 0
        assert figure("engage_held_oldest_seconds", state="behind") == 0
    assert figure("engage_dead_letters_total", topic=FORMS, reason="json") == before + 1


async def test_a_lane_that_has_stopped_is_seen_to_be_behind(system: System, cluster: MemoryCluster) -> None:
    async with running(system, replace(SERVICE), FailingKafka(cluster)) as service:
        name = next(lane for lane in service.committer.lanes if lane.topic == FORMS)
        stopped = service.committer.lanes[name]
        stopped.problem = "the test says so"
        await _send_to(cluster, name)
        labels = {"topic": name.topic, "partition": str(name.partition)}
        assert await measured(service, "engage_lane_lag_records", **labels) > 0
        first = await measured(service, "engage_lane_oldest_seconds", **labels)
        assert await measured(service, "engage_lane_oldest_seconds", **labels) > first
        assert figure("engage_lanes_stopped") == 1
        del service.committer.lanes[name]
        assert await measured(service, "engage_lane_lag_records", **labels) == 0, "another replica has it"


async def test_a_part_that_fails_is_seen_by_its_name(system: System, cluster: MemoryCluster) -> None:
    switch = Switch()
    made = replace(SERVICE, duties=(lambda: FailingDuty(switch),))
    async with running(system, made, FailingKafka(cluster)) as service:
        await eventually(lambda: measured(service, "engage_duty_last_success_timestamp_seconds", duty="watch"))
        switch.is_on = True
        for place in service.roster.places.values():
            service.around.deadlines.note({place.name: service.around.programme_clock()})
        await eventually(lambda: measured(service, "engage_failing_seconds", part="the duty watch/0"))
        switch.is_on = False
        await eventually(lambda: _none(service, "the duty watch/0"))


@pytest.mark.parametrize(("single_writer", "state"), [(True, "owner"), (False, None)])
async def test_the_owner_of_a_single_writer_says_that_it_is(
    system: System, cluster: MemoryCluster, single_writer: bool, state: str | None
) -> None:
    store = writer_store(Switch()) if single_writer else SERVICE.store
    made = replace(SERVICE, single_writer=single_writer, store=store)
    async with running(system, made, FailingKafka(cluster)) as service:
        await service.measuring.measure()
        shown = {s.labels["state"] for m in REGISTRY.collect() for s in m.samples if "single_writer" in s.name}
        assert state is None or shown == {state}


async def test_figures_are_given_while_kafka_is_away(system: System, cluster: MemoryCluster) -> None:
    kafka = FailingKafka(cluster)
    async with running(system, SERVICE, kafka) as service:
        kafka.polls.is_on = kafka.rounds.is_on = True
        put(cluster, "meanwhile")
        await eventually(lambda: measured(service, "engage_failing_seconds", part="the poll of Kafka"))
        assert REGISTRY.get_sample_value("engage_lanes") == len(service.committer.lanes)


async def _send_to(cluster: MemoryCluster, name: LaneName) -> None:
    """Sends forms until one has come to a lane."""
    for number in range(1000):
        topic, record, _ = titled(f"t{number}")
        cluster.send([Outgoing(topic, record.key, record.value, record.headers)])
        if cluster.bounds(name).end:
            return


def _id_of(sent: Sending) -> str:
    return next((value or b"").decode() for name, value in sent.record.headers if name == "ce_id")


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _held(service: Running, state: str, reason: str) -> bool:
    return await measured(service, "engage_held_records", state=state, reason=reason) == 1


async def _none(service: Running, part: str) -> bool:
    await service.measuring.measure()
    return REGISTRY.get_sample_value("engage_failing_seconds", {"part": part}) is None
