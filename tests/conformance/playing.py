"""A story played by all services, one after the other: what each of them takes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from contracts.catalogue import SERVICES
from contracts.event import Event
from deploy.local.postgresql import PostgreSQL
from tests.conformance import story
from tests.conformance.stage import Stage, Taken, event_of, reads, service_named
from tests.forms import form_event
from tests.integration.conftest import TEMPLATE, connect

Inputs = dict[str, list[Taken]]


@asynccontextmanager
async def on_stage(postgresql: PostgreSQL, *names: str, forgetful: bool = False) -> AsyncIterator[dict[str, Stage]]:
    """Services over a fresh database; it is dropped on leaving."""
    database = f"conformance_{random.getrandbits(64):x}"
    postgresql.clone_database(TEMPLATE, database)
    async with AsyncExitStack() as stack:
        stack.callback(postgresql.drop_database, database)
        stages = {}
        for name in names:
            connection = await connect(postgresql.database_url(database), name)
            stack.push_async_callback(connection.close)
            stages[name] = Stage(service_named(name), connection, forgetful)
        yield stages


async def played(postgresql: PostgreSQL, applications: int) -> Inputs:
    """What each service takes in a story, in one order: each form, and at once all that follows from it."""
    inputs: Inputs = {service: [] for service in SERVICES}
    async with on_stage(postgresql, *SERVICES) as stages:
        for form in (*story.first_forms("s", applications), *story.second_forms("s")):
            waiting: list[Taken] = [form_event(form, name=repr(form))]
            while waiting:
                taken = waiting.pop(0)
                for service, stage in stages.items():
                    if not reads(stage.service, taken):
                        continue
                    inputs[service].append(taken)
                    for row in await stage.take([taken]):
                        event = event_of(row, source=service)
                        waiting.append(event)
                        if isinstance(event, Event):
                            waiting += [form_event(said, name=repr(said)) for said in story.reactions(event.data)]
    return inputs
