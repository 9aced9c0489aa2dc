"""What the loop guarantees, seen through topics and tables."""

from __future__ import annotations

import pytest

from contracts.codec import Record
from libraries.chassis.records.name import LaneName
from tests.eventually import eventually
from tests.forms import belonging
from tests.integration.chassis.conftest import System, corrected, titled
from tests.kafka import Sending, read_all

FORMS = "forms.applications.v1"


async def test_every_event_has_each_effect_once(system: System) -> None:
    titles = [f"t{number}" for number in range(300)]
    await system.send(*(titled(title) for title in titles))
    async with system.running():
        await eventually(lambda: _written(system, 300))
    assert sorted(await system.titles()) == sorted(titles)
    await system.has_published(dict.fromkeys(titles, 1))
    assert await system.fetch("SELECT * FROM outbox") == [], "a graceful stop leaves nothing to relay"


async def test_the_same_event_twice_has_one_effect(system: System) -> None:
    first, again = titled("once", name="same"), titled("once", name="same")
    await system.send(first, again, titled("other"))
    async with system.running():
        await eventually(lambda: _written(system, 2))
        await system.send(first)
        await system.send(titled("last"))
        await eventually(lambda: _written(system, 3))
    await system.has_published({"once": 1, "other": 1, "last": 1})


async def test_order_of_an_aggregate_is_kept(system: System) -> None:
    await system.send(*(titled(f"{key} {number:03}", key=key) for number in range(100) for key in "abc"))
    async with system.running(batch_records=17):
        await eventually(lambda: _written(system, 300))
    titles = await system.titles()
    for key in "abc":
        assert [title for title in titles if title.startswith(key)] == [f"{key} {n:03}" for n in range(100)]


async def test_bad_records_become_dead_letters_and_hurt_nobody_else(system: System) -> None:
    good = titled("before")
    headers = good.record.headers
    without_type = [header for header in headers if header[0] != "ce_type"]
    bad = {
        "json": Record(b"k1", b"{not json", headers),
        "json ": Record(b"k2", b"\xff\xfe", headers),
        "tombstone": Record(b"k3", None, headers),
        "header": Record(b"k4", b"{}", without_type),
        "header ": Record(b"k5", good.record.value, [("ce_id", b"\xff"), *without_type]),
        "unknown-type": Record(b"k6", b"{}", [*without_type, ("ce_type", b"engage.unheard.of.v1")]),
        "contract": Record(b"k7", b"{}", headers),
        "key": Record(b"k8", titled("other").record.value, headers),
    }
    await system.send(good, *(Sending(FORMS, record) for record in bad.values()), titled("refuse"), titled("break"))
    await system.send(titled("after"))
    async with system.running():
        await eventually(lambda: _written(system, 2))
        await eventually(lambda: _held(system, 10))
    assert sorted(await system.titles()) == ["after", "before"]
    reasons = sorted([*(reason.strip() for reason in bad), "refused", "handler-failed"])
    assert sorted((await system.held())["dead"]) == reasons
    letters = await read_all(system.bootstrap_servers, "intake.dead-letters.v1")
    assert len(letters) == 10
    details = [row["detail"] for row in await system.fetch("SELECT detail FROM held_record")]
    assert not any("example.invalid" in detail for detail in details), "a reason never quotes the record"


async def test_later_records_of_what_failed_unforeseen_wait_behind_it(system: System) -> None:
    correction = [corrected(f"later {number}", key="k") for number in (1, 2, 3)]
    await system.send(titled("break", key="k"), *correction[:2], titled("free"))
    async with system.running():
        await eventually(lambda: _written(system, 1))
        await eventually(lambda: _held(system, 3))
        await system.send(correction[2])
        await eventually(lambda: _held(system, 4))
        assert await system.held() == {"dead": ["handler-failed"], "behind": ["behind"] * 3}
        await system.fetch("UPDATE held_record SET requested = 'discard', requested_by = 'test' WHERE state = 'dead'")
        await eventually(lambda: _written(system, 4))
    assert await system.titles() == ["free", "later 1", "later 2", "later 3"]
    assert list(await system.held()) == ["discarded"]


async def test_what_cannot_be_read_or_is_refused_holds_back_nothing_of_its_key(system: System) -> None:
    unreadable = Record(titled("x", key="k").record.key, b"{", titled("x", key="k").record.headers)
    await system.send(Sending(FORMS, unreadable), titled("refuse", key="k"), corrected("later", key="k"))
    async with system.running():
        await eventually(lambda: _written(system, 1))
    assert await system.titles() == ["later"]
    assert await system.held() == {"dead": ["json", "refused"]}


async def test_a_whole_form_overtakes_what_failed_of_its_key(system: System) -> None:
    await system.send(titled("break", key="k"), corrected("older", key="k"))
    async with system.running():
        await eventually(lambda: _held(system, 2))
        await system.send(titled("whole", key="k"), corrected("newer", key="k"))
        await eventually(lambda: _written(system, 2))
    assert await system.titles() == ["whole", "newer"]
    assert await system.held() == {"dead": ["handler-failed", "overtaken"]}, "what it made out of date is tried no more"


async def test_a_whole_form_overtakes_what_came_just_before_it_too(system: System) -> None:
    await system.send(titled("break", key="k"))
    async with system.running():
        await eventually(lambda: _held(system, 1))
    await system.send(corrected("older", key="k"), titled("whole", key="k"), corrected("newer", key="k"))
    async with system.running():
        await eventually(lambda: _written(system, 2))
        await eventually(lambda: _held(system, 2))
    assert await system.titles() == ["whole", "newer"], "what is out of date must not come after the whole"
    assert await system.held() == {"dead": ["handler-failed", "overtaken"]}


async def test_what_arrives_too_early_waits_and_keeps_its_order(system: System) -> None:
    await system.send(titled("wait cause", key="k"), corrected("after it", key="k"))
    async with system.running():
        await eventually(lambda: _held(system, 2))
        assert await system.held() == {"waiting": ["not-yet"], "behind": ["behind"]}
        await system.send(titled("cause"))
        await eventually(lambda: _written(system, 3))
    assert await system.titles() == ["cause", "wait cause", "after it"]
    assert await system.held() == {}
    await system.has_published({"cause": 1, "wait cause": 1, "after it": 1})


async def test_a_waiting_record_becomes_a_dead_letter_at_its_limit(system: System) -> None:
    await system.send(titled("wait nothing"))
    async with system.running():
        await eventually(lambda: _held(system, 1))
        await system.fetch("UPDATE held_record SET waiting_since = waiting_since - interval '80 hours'")
        await eventually(lambda: _state(system, "dead"))
    assert await system.held() == {"dead": ["waited-too-long"]}


async def test_too_many_unexpected_failures_stop_the_lane_and_no_other(system: System) -> None:
    bad = [titled("break", key=belonging(f"bad {number}", 0)) for number in range(20)]
    await system.send(*bad, titled("same lane", on=0), titled("other", on=1))
    async with system.running(dead_letter_budget=5) as service:
        await eventually(lambda: _written(system, 1))
        await eventually(lambda: _held(system, 5))
        problems = service.health.ready()
    assert await system.titles() == ["other"]
    assert len((await system.held())["dead"]) == 5
    assert any("forms.applications.v1/0 stopped: too many of its records fail" in problem for problem in problems)
    async with system.running(dead_letter_budget=5):
        assert await system.titles() == ["other"], "a restart does not start a stopped lane"
    async with system.running(dead_letter_budget=50):
        await system.fetch(
            "UPDATE lane SET stopped_because = NULL, failures = 0, moved = true, revision = revision + 1"
        )
        await eventually(lambda: _written(system, 2))
    assert await system.titles() == ["other", "same lane"], "an operator's resumption does"
    assert len((await system.held())["dead"]) == 20


async def test_any_number_of_records_that_cannot_be_read_stops_nothing(system: System) -> None:
    bad = [Sending(FORMS, Record(b"%d" % number, b"{", []), partition=0) for number in range(300)]
    await system.send(*bad, titled("after", on=0))
    async with system.running(dead_letter_budget=5) as service:
        await eventually(lambda: _written(system, 1))
        assert service.health.ready() == []
    assert len((await system.held())["dead"]) == 300


async def test_a_topics_quota_bounds_what_is_kept_and_not_what_is_told(system: System) -> None:
    bad = [Sending(FORMS, Record(b"%d" % number, b"{" + b" " * 1_000, []), partition=0) for number in range(10)]
    await system.send(*bad)
    async with system.running(dead_letter_bytes=4_500):
        await eventually(lambda: _held(system, 10))
    rows = await system.fetch("SELECT value, detail FROM held_record")
    assert sum(row["value"] is not None for row in rows) == 4
    assert all("SHA-256" in row["detail"] for row in rows if row["value"] is None)


async def test_keys_and_headers_fill_a_quota_too_and_after_a_restart(system: System) -> None:
    headers = [("x-large", b"h" * 1_000)]
    sendings = [Sending(FORMS, Record(b"k" * 1_000, None, headers), partition=0) for _ in range(10)]
    for part in (sendings[:5], sendings[5:]):
        await system.send(*part)
        count = len((await system.held()).get("dead", ())) + len(part)
        async with system.running(dead_letter_bytes=4_500):
            await eventually(lambda count=count: _held(system, count))  # type: ignore[misc]
    rows = await system.fetch("SELECT key, headers FROM held_record")
    assert sum(row["headers"] != b"[]" for row in rows) == 2
    assert sum(row["key"] is not None for row in rows) == 2


async def test_an_id_that_is_used_again_for_other_content_is_told(system: System) -> None:
    await system.send(titled("first", name="same"))
    async with system.running():
        await eventually(lambda: _written(system, 1))
        await system.send(titled("other content", key="first", name="same"), titled("after"))
        await eventually(lambda: _written(system, 2))
        await eventually(lambda: _held(system, 1))
    assert await system.titles() == ["first", "after"]
    assert await system.held() == {"dead": ["id-used-again"]}


@pytest.mark.parametrize("stopped", [False, True], ids=["idle", "stopped"])
async def test_who_steps_over_a_record_that_there_is_not_loses_none(system: System, stopped: bool) -> None:
    await system.send(titled("before", on=0))
    async with system.running() as service:
        await eventually(lambda: _written(system, 1))
        if stopped:
            stop = "UPDATE lane SET stopped_because = 'too much failed', revision = revision + 1"
            await system.fetch(f"{stop} WHERE topic = $1 AND partition = 0", FORMS)
        await system.step_over(LaneName(FORMS, 0), 1)
        await eventually(lambda: _stands_at(system, 1))
        await system.send(titled("after", on=0))
        await eventually(lambda: _written(system, 2))
        assert service.health.ready() == []
    assert await system.titles() == ["before", "after"]
    assert await system.held() == {}


async def test_a_restart_goes_on_where_it_stopped(system: System) -> None:
    for part in range(3):
        await system.send(*(titled(f"{part}-{number}") for number in range(50)))
        async with system.running():
            await eventually(lambda part=part: _written(system, 50 * (part + 1)))  # type: ignore[misc]
    assert len(set(await system.titles())) == 150
    assert sum((await system.published()).values()) == 150


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _held(system: System, count: int) -> bool:
    return sum(map(len, (await system.held()).values())) >= count


async def _state(system: System, state: str) -> bool:
    return state in await system.held()


async def _stands_at(system: System, offset: int) -> bool:
    [row] = await system.fetch("SELECT next_offset FROM lane WHERE topic = $1 AND partition = 0", FORMS)
    return bool(row["next_offset"] == offset)
