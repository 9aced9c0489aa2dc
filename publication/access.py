"""Who may do what on a cluster: one user a service and a kind of outsider, each with no more than it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from contracts.catalogue import SERVICES, TOPICS
from contracts.erasures import ErasureRequested
from contracts.sources import DESK, Source, may_send
from contracts.topic import Topic

_DESK: Final = "desk"
_DOORS: Final = {("intake", "forms.applications.v1"), ("notifications", "forms.decisions.v1")}

Resource: TypeAlias = Literal["topic", "group", "cluster"]
Operation: TypeAlias = Literal[
    "Read", "Write", "Describe", "DescribeConfigs", "Create", "Delete", "Alter", "AlterConfigs"
]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user may do with a resource; `prefix` where the name is the beginning of one."""

    resource: Resource
    name: str
    operations: tuple[Operation, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A user of the cluster, and why it exists."""

    name: str
    purpose: str
    grants: tuple[Grant, ...]


def users(topics: Iterable[Topic] = TOPICS, sources: Iterable[Source] | None = None) -> tuple[User, ...]:
    """Every service, subscriber and operator, and every source that is listed, else each form's topic."""
    topics = tuple(topics)
    return (
        *(_service(name, topics) for name in SERVICES),
        User(
            f"engage-{_DESK}", "the pages on which people do their part", tuple(map(_sent, _said_at_the_desk(topics)))
        ),
        *((_form(topic, topics) for topic in topics if topic.is_form) if sources is None else _listed(sources, topics)),
        User(
            "public-subscriber",
            "a city system that follows what is public",
            (
                *(_read(topic) for topic in topics if topic.privacy == "public"),
                Grant("group", "public-subscriber-", ("Read",), True),
            ),
        ),
        User(
            "contacts-subscriber",
            "a city system that may reach people, too",
            (
                *(_read(topic) for topic in topics if topic.privacy == "public" or topic.name == "contacts.v1"),
                Grant("group", "contacts-subscriber-", ("Read",), True),
            ),
        ),
        User(
            "operator",
            "who looks at dead letters and at how far services are",
            (
                *(_watched(topic) for topic in topics),
                Grant("group", "engage-", ("Describe",), True),
                Grant("group", "operator-", ("Read",), True),
            ),
        ),
        User(
            "engage-console",
            "the operators' page: sees how far topics go, and sends what an operator corrected in a form's place",
            tuple(map(_repaired, topics)),
        ),
        User(
            "repairs",
            "who runs `engage dead-letters edit`: sends what an operator corrected in a form's place",
            tuple(_sent(topic) for topic in topics if topic.is_form),
        ),
        User(
            "erasures",
            "who runs `engage erasure`: proves that somebody was forgotten, and asks for it where they have no form",
            tuple(map(_looked_through, topics)),
        ),
        User(
            "restores",
            "who runs `engage restore`, `export` and `import`, and looks and repairs: reads, fills and empties",
            (*map(_refilled, topics), Grant("group", "engage-", ("Describe",), True)),
        ),
        User(
            "topics",
            "who runs `engage topics plan` and `apply`, but for `--delete`, which is an administrator's",
            (
                Grant("cluster", "kafka-cluster", ("Describe",)),
                Grant("topic", "*", ("Describe", "DescribeConfigs")),
                *(Grant("topic", it.name, ("Create", "AlterConfigs")) for it in topics),
            ),
        ),
    )


def _said_at_the_desk(topics: Iterable[Topic]) -> Iterator[Topic]:
    """The topics of forms that carry anything that the desk may say."""
    for topic in topics:
        if topic.is_form and any(may_send(DESK, event.event_type) for event in topic.events):
            yield topic


def _service(name: str, topics: Iterable[Topic]) -> User:
    return User(f"engage-{name}", f"the service {name}", tuple(_of_service(name, topics)))


def _of_service(name: str, topics: Iterable[Topic]) -> Iterator[Grant]:
    for topic in topics:
        reads, writes = name in topic.consumers, name in topic.producers
        # Doors put on the forms' topics what comes over HTTP: intake's applications, notifications' answers.
        writes = writes or (name, topic.name) in _DOORS
        operations: list[Operation] = ["Read"] if reads else []
        if reads or writes:
            yield Grant("topic", topic.name, (*operations, *(("Write",) if writes else ()), "Describe"))
    yield Grant("group", f"engage-{name}", ("Read",))


def _form(topic: Topic, topics: Iterable[Topic]) -> User:
    name = topic.name.removesuffix(".v1").replace(".", "-")
    return User(name, f"a form that publishes on {topic.name}", (_sent(topic), *_heard(name, topics)))


def _listed(sources: Iterable[Source], topics: Iterable[Topic]) -> Iterator[User]:
    """A user for each name that the list has: it writes what its sources send, and hears what becomes of it."""
    sent: dict[str, set[str]] = {}
    for source in sources:
        sent.setdefault(source.user, set()).update(source.events)
    for name, events in sorted(sent.items()):
        grants = [
            _sent(topic)
            for topic in topics
            if topic.is_form and events.intersection(event.event_type for event in topic.events)
        ]
        yield User(name, "a listed source", (*grants, *_heard(name, topics)))


def _sent(topic: Topic) -> Grant:
    return Grant("topic", topic.name, ("Write", "Describe"))


def _heard(name: str, topics: Iterable[Topic]) -> Iterator[Grant]:
    """What whoever sends may hear of it: the public topics, on which it is answered, in groups of its own."""
    yield from (_read(topic) for topic in topics if topic.privacy == "public")
    yield Grant("group", f"{name}-", ("Read",), True)


def _watched(topic: Topic) -> Grant:
    """What an operator may see of a topic: how it is and how far it is read, and of dead letters all."""
    content: tuple[Operation, ...] = ("Read",) if topic.name.endswith(".dead-letters.v1") else ()
    return Grant("topic", topic.name, (*content, "Describe", "DescribeConfigs"))


def _repaired(topic: Topic) -> Grant:
    """What the operators' page may do with a topic: see where it ends, and write where forms do; it reads no record."""
    return _sent(topic) if topic.is_form else Grant("topic", topic.name, ("Describe",))


def _looked_through(topic: Topic) -> Grant:
    """What whoever proves an erasure may do with a topic: read it, and ask for the erasure where forms do."""
    asking: tuple[Operation, ...] = ("Write",) if ErasureRequested in topic.events else ()
    return Grant("topic", topic.name, ("Read", *asking, "Describe"))


def _refilled(topic: Topic) -> Grant:
    """What whoever restores may do with a topic: read and write it, and delete records, for which compaction is set."""
    return Grant("topic", topic.name, ("Read", "Write", "Delete", "Describe", "DescribeConfigs", "AlterConfigs"))


def _read(topic: Topic) -> Grant:
    return Grant("topic", topic.name, ("Read", "Describe"))
