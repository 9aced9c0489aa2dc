"""A system on one machine whose data is kept: stopped and started again it goes on, and nothing happens twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.catalogue import TOPICS
from contracts.event import Event
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.eventually import eventually
from tests.forms import application, sending
from tests.kafka import read_events, send


@pytest.fixture
def directory() -> Iterator[Path]:
    """Where PostgreSQL can keep its data under another account too; pytest's own directories are private."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def started(directory: Path) -> Stack:
    return Stack(services=("intake",), broker=ApacheKafka(TOPICS, directory=directory / "kafka"), data=directory)


async def registered(stack: Stack, *names: str) -> Counter[str]:
    """How often each application was registered, once each was at all."""
    wanted = {str(application(name).application_id): name for name in names}

    async def all_of_them() -> Counter[str] | None:
        events = await read_events(stack.broker.bootstrap_servers, "applications.v1")
        told = Counter(
            wanted[event.subject]
            for event in events
            if isinstance(event, Event) and event.type == "engage.application.registered.v1"
        )
        return told if told.keys() == {*names} else None

    found = await eventually(all_of_them, within=60)
    assert found is not None
    return found


async def test_a_stack_goes_on_with_what_it_kept(directory: Path) -> None:
    first, second = (sending(application(name), name=name) for name in ("kept", "new"))
    with started(directory) as stack:
        await send(stack.broker.bootstrap_servers, [first])
        assert await registered(stack, "kept") == {"kept": 1}
        secret = stack.door_secret
    with started(directory) as again:
        assert again.door_secret == secret, "links in mails of before stay right"
        # The first comes again, as a form that heard no answer sends it.
        await send(again.broker.bootstrap_servers, [first, second])
        assert await registered(again, "kept", "new") == {"kept": 1, "new": 1}
