"""What the catalogue says of a topic, as it is published, and what a change of that does to those who count on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from contracts.topic import Topic
from publication.findings import (
    FORMS,
    KEYS_MOVE,
    NEW_TOPIC,
    OLD_READERS,
    OLD_WRITERS,
    SUBSCRIBERS,
    THE_PEOPLE,
    Finding,
)

Facts: TypeAlias = Mapping[str, Any]

_FIXED: Final = (("key", KEYS_MOVE), ("partitions", KEYS_MOVE), ("compacted", OLD_READERS))
_LEAVE: Final = "leave it as it was, or make a new topic"
_TELL: Final = "enter it in the register of processing first, and tell them"
_AS_NEW: Final = "leave it there; what is to be otherwise goes on a new topic"


def facts_of(topic: Topic) -> dict[str, Any]:
    """All that the catalogue says of a topic."""
    return {
        "topic": topic.name,
        "description": topic.description,
        "key": topic.key,
        "partitions": topic.partitions,
        "retention_days": topic.retention_days,
        "compacted": topic.compacted,
        "compacted_within_days": topic.compacted_within_days,
        "privacy": topic.privacy,
        "producers": list(topic.producers),
        "consumers": list(topic.consumers),
        "events": [event.event_type for event in topic.events],
        "earlier": [event.event_type for event in topic.earlier],
    }


def judge_topics(before: Iterable[Facts], topics: Iterable[Topic]) -> Iterator[Finding]:
    """What the catalogue as it is now does to every topic as it was published."""
    present = {topic.name: facts_of(topic) for topic in topics}
    carried = {event for facts in present.values() for event in _carried(facts)}
    for then in before:
        name = then["topic"]
        if (now := present.get(name)) is None:
            yield Finding(name, "breaks", "no topic is called so any more", SUBSCRIBERS, _AS_NEW)
            continue
        # What no topic carries is told of the event itself.
        for event in sorted((_carried(then) & carried) - _carried(now)):
            yield Finding(name, "breaks", f"{event} has left it", OLD_READERS, "leave it there")
        yield from _fixed(then, now)
        yield from _privacy(then, now)
        yield from _kept(then, now)
        yield from _parties(then, now)


def _carried(facts: Facts) -> set[str]:
    return {*facts["events"], *facts["earlier"]}


def _fixed(then: Facts, now: Facts) -> Iterator[Finding]:
    for name, whom in _FIXED:
        if then[name] != now[name] and not (name == "key" and _adds_keys(then, now)):
            text = f"{name} was {then[name]} and would be {now[name]}"
            yield Finding(then["topic"], "breaks", text, whom, NEW_TOPIC)


def _adds_keys(then: Facts, now: Facts) -> bool:
    """Whether the key is said for new events beside that of the others; theirs each event's own example holds."""
    is_beside = str(now["key"]).startswith(f"{then['key']}; ")
    return is_beside and bool(_carried(now) - _carried(then))


def _privacy(then: Facts, now: Facts) -> Iterator[Finding]:
    match then["privacy"], now["privacy"]:
        case "restricted", "public":
            text = "what was restricted would be public"
            yield Finding(then["topic"], "breaks", text, THE_PEOPLE, NEW_TOPIC)
        case "public", "restricted":
            text = "what was public would be restricted: subscribers would be shut out"
            yield Finding(then["topic"], "breaks", text, SUBSCRIBERS, _LEAVE)


def _kept(then: Facts, now: Facts) -> Iterator[Finding]:
    """For how long: subscribers count on what is kept, and people on what is not."""
    was, would_be = then["retention_days"], now["retention_days"]
    said = f"kept for {_days(was)} it was, and would be for {_days(would_be)}"
    if _shorter(would_be, was) and "forms" in then["producers"]:
        remedy = "let every service read up to the end first, and keep what is rebuilt from it elsewhere"
        yield Finding(then["topic"], "order", said, "services that are behind, or are rebuilt from it", remedy)
    elif _shorter(would_be, was):
        yield Finding(then["topic"], "breaks", said, SUBSCRIBERS, _LEAVE)
    elif _shorter(was, would_be) and "restricted" in (then["privacy"], now["privacy"]):
        yield Finding(then["topic"], "order", said, THE_PEOPLE, _TELL)
    was, would_be = then["compacted_within_days"], now["compacted_within_days"]
    if then["compacted"] and now["compacted"] and _shorter(was, would_be):
        text = f"what was replaced went within {_days(was)}, and would within {_days(would_be)}"
        yield Finding(then["topic"], "order", text, THE_PEOPLE, _TELL)


def _shorter(one: int | None, other: int | None) -> bool:
    return one is not None and (other is None or one < other)


def _days(count: int | None) -> str:
    return "ever" if count is None else f"{count} days"


def _parties(then: Facts, now: Facts) -> Iterator[Finding]:
    """Who writes it, and which services act on it."""
    name, by_forms = then["topic"], "forms" in then["producers"]
    for party in then["producers"]:
        if party not in now["producers"]:
            whom = OLD_WRITERS if party == "forms" else SUBSCRIBERS
            yield Finding(name, "breaks", f"{party} would not write it any more", whom, _LEAVE)
    if not by_forms and "forms" in now["producers"]:
        text = "forms would write it, where only services had the word"
        yield Finding(name, "breaks", text, SUBSCRIBERS, "let the forms have a topic of their own")
    for service in then["consumers"]:
        if service not in now["consumers"]:
            whom = FORMS if by_forms else SUBSCRIBERS
            yield Finding(name, "breaks", f"{service} would not read it any more", whom, _LEAVE)
