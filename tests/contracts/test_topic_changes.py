"""The gate judges every change of a topic rightly: what it keeps, for how long, who writes it, who may read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, NamedTuple

import pytest

from contracts.topic import Topic
from publication.facts import facts_of, judge_topics
from tests.contracts.test_compatibility import BREAKS, FINE, ORDER, _First, _Second, event, topic

THING = event(a=str)
Side = Literal["service", "form"]
Said = dict[str, Any]


class Change(NamedTuple):
    """A change of a topic from what `was` says to what `now` says, of a form and of a service, and its verdict."""

    name: str
    form: str
    service: str
    was: Said | None = None
    now: Said | None = None


PUBLIC, RESTRICTED = {"privacy": "public"}, {"privacy": "restricted"}
FOR_EVER: Said = {"retention_days": None}
KEPT_NEWEST = {"compacted": True, "compacted_within_days": 7}

CHANGES = [
    Change("nothing changes", FINE, FINE),
    Change("it is described in other words", FINE, FINE, now={"description": "What happened"}),
    Change("partitions are added", BREAKS, BREAKS, now={"partitions": 8}),
    Change("partitions are taken away", BREAKS, BREAKS, now={"partitions": 2}),
    Change("the key is another id", BREAKS, BREAKS, now={"key": "other id"}),
    Change("one more event has another key", FINE, FINE, now={"key": "thing id; other id", "events": (THING, _Second)}),
    Change("the events have another key, too", BREAKS, BREAKS, now={"key": "thing id; other id"}),
    Change("it is compacted", BREAKS, BREAKS, now={"compacted": True}),
    Change("it is compacted no longer", BREAKS, BREAKS, was={"compacted": True}),
    Change("it goes by another name", BREAKS, BREAKS, now={"name": "others.v1"}),
    Change("it becomes public", BREAKS, BREAKS, now=PUBLIC),
    Change("it becomes restricted", BREAKS, BREAKS, was=PUBLIC, now=RESTRICTED),
    Change("it stays public", FINE, FINE, was=PUBLIC, now=PUBLIC),
    # What people sent is kept as long as they were told; whoever reads what is public counts on its being there.
    Change("a public one is kept for less", ORDER, BREAKS, was=PUBLIC, now={**PUBLIC, "retention_days": 29}),
    Change("a public one is kept for ever no longer", ORDER, BREAKS, was={**PUBLIC, **FOR_EVER}, now=PUBLIC),
    Change("a public one is kept for longer", FINE, FINE, was=PUBLIC, now={**PUBLIC, "retention_days": 90}),
    Change("a public one is kept for ever", FINE, FINE, was=PUBLIC, now={**PUBLIC, **FOR_EVER}),
    Change("a restricted one is kept for less", ORDER, BREAKS, now={"retention_days": 7}),
    Change("a restricted one is kept for longer", ORDER, ORDER, now={"retention_days": 90}),
    Change("a restricted one is kept for ever", ORDER, ORDER, now=FOR_EVER),
    Change("what was replaced goes sooner", FINE, FINE, KEPT_NEWEST, {**KEPT_NEWEST, "compacted_within_days": 1}),
    Change("what was replaced goes later", ORDER, ORDER, KEPT_NEWEST, {**KEPT_NEWEST, "compacted_within_days": 30}),
    Change("what was replaced goes whenever it does", ORDER, ORDER, KEPT_NEWEST, {"compacted": True}),
    Change("one more service writes it", FINE, FINE, {"producers": ("intake",)}, {"producers": ("intake", "matching")}),
    Change("a service writes it no more", BREAKS, BREAKS,
           {"producers": ("intake", "matching")}, {"producers": ("intake",)}),
    Change("another service writes it", BREAKS, BREAKS, {"producers": ("intake",)}, {"producers": ("matching",)}),
    Change("forms write it no more", BREAKS, BREAKS, {"producers": ("forms",)}, {"producers": ("intake",)}),
    Change("forms write it, too", BREAKS, BREAKS, {"producers": ("intake",)}, {"producers": ("intake", "forms")}),
    Change("one more service reads it", FINE, FINE, {"consumers": ()}, {"consumers": ("matching",)}),
    Change("a service reads it no more", BREAKS, BREAKS, {"consumers": ("matching", "mentoring")},
           {"consumers": ("mentoring",)}),
    Change("one more event is on it", FINE, FINE, now={"events": (THING, _Second)}),
    Change("an event is read and no longer written", FINE, FINE, {"events": (_First,)},
           {"events": (_Second,), "earlier": (_First,)}),
]  # fmt: skip


def judged(was: Topic, now: Topic, *others: Topic) -> tuple[str, list[str]]:
    found = list(judge_topics([facts_of(was)], [now, *others]))
    weights = {finding.weight for finding in found}
    return (BREAKS if BREAKS in weights else ORDER if ORDER in weights else FINE), [finding.text for finding in found]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_of_a_topic_is_judged_rightly(change: Change) -> None:
    sides: tuple[tuple[Side, str], ...] = (("form", change.form), ("service", change.service))
    for side, expected in sides:
        on = topic(THING, side)
        seen, said = judged(replace(on, **(change.was or {})), replace(on, **(change.now or {})))
        assert seen == expected, f"on a topic of a {side}: {said}"


def test_an_event_that_leaves_one_of_its_topics_is_missed_there() -> None:
    one, two = topic(THING, "service", name="one.v1"), topic(_Second, "service", name="two.v1")
    both = replace(one, events=(THING, _Second))
    assert judged(both, one, two) == (BREAKS, ["engage.thing.happened.v2 has left it"])
    # What no topic carries any more is told of the event, once, and not of each topic.
    assert judged(both, one) == (FINE, [])


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        (PUBLIC, RESTRICTED, "what was public would be restricted: subscribers would be shut out"),
        ({**PUBLIC, **FOR_EVER}, {"retention_days": 30}, "kept for ever it was, and would be for 30 days"),
        ({}, {"partitions": 8}, "partitions was 4 and would be 8"),
        ({"consumers": ("matching",)}, {"consumers": ()}, "matching would not read it any more"),
    ],
)
def test_a_finding_says_what_was_and_what_would_be(was: Said, now: Said, says: str) -> None:
    on = replace(topic(THING, "service"), **was)
    assert judged(on, replace(on, **now))[1] == [says]
