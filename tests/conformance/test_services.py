"""What every service passes by being one, whatever it does: a service that is added is tried at once."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contracts.assignments import AssignmentAmended
from contracts.catalogue import PROGRAMME, SERVICES, topics_read_by
from contracts.event import Event
from contracts.message import EventData
from contracts.pairs import PairAmended
from deploy.local.postgresql import PostgreSQL
from libraries.chassis.handling import NotYet, Refused
from tests.conformance.playing import Inputs, on_stage, played
from tests.conformance.stage import Taken, service_named
from tests.forms import form_event, person

_SPLITS = (1, 2, 3)
"""Seeds of how a story is cut into batches."""

_GOLDEN = Path(__file__).parents[2] / "contracts" / "published" / "golden"


def batches(inputs: Sequence[Taken], seed: int | None) -> list[Sequence[Taken]]:
    """The inputs one by one, or cut at random."""
    if seed is None:
        return [[taken] for taken in inputs]
    chance, left = random.Random(seed), list(inputs)
    cut: list[Sequence[Taken]] = []
    while left:
        size = chance.choice((1, 2, 7, 40, len(left)))
        cut.append(left[:size])
        left = left[size:]
    return cut


async def outcome(
    postgresql: PostgreSQL, service: str, portions: Sequence[Sequence[Taken]], *, forgetful: bool = False
) -> tuple[list[Any], dict[str, Any]]:
    """What a service publishes and has in its tables after these batches."""
    async with on_stage(postgresql, service, forgetful=forgetful) as stages:
        stage = stages[service]
        for portion in portions:
            await stage.take(portion)
        return stage.published, await stage.tables()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("seed", _SPLITS)
async def test_a_batch_gives_what_its_events_give_one_by_one(
    postgresql: PostgreSQL, inputs: Inputs, service: str, seed: int
) -> None:
    one_by_one = await outcome(postgresql, service, batches(inputs[service], None))
    assert await outcome(postgresql, service, batches(inputs[service], seed)) == one_by_one
    assert one_by_one[0] or service not in PROGRAMME, "a story in which a service says nothing proves nothing of it"


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_in_memory_is_what_the_tables_say(postgresql: PostgreSQL, inputs: Inputs, service: str) -> None:
    portions = batches(inputs[service], _SPLITS[0])
    kept = await outcome(postgresql, service, portions)
    assert await outcome(postgresql, service, portions, forgetful=True) == kept


@pytest.mark.parametrize("service", SERVICES)
async def test_statements_do_not_grow_with_the_batch(postgresql: PostgreSQL, inputs: Inputs, service: str) -> None:
    async def statements(portion: Sequence[Taken]) -> int:
        async with on_stage(postgresql, service) as stages:
            await stages[service].take(portion)
            return stages[service].statements

    longer = (await played(postgresql, 30))[service]
    assert len(longer) > len(inputs[service])
    assert await statements(longer) <= await statements(inputs[service])


@pytest.mark.parametrize("service", SERVICES)
async def test_whatever_it_handles_it_handles_alone(postgresql: PostgreSQL, service: str) -> None:
    """A handler that looks at what no need of its named fails here, and would stand still in production."""
    async with on_stage(postgresql, service) as stages:
        stage = stages[service]
        told = examples(service)
        assert {type(event.data) for event in told} == set(stage.service.handlers)
        for event in told:
            with suppress(NotYet, Refused):
                await stage.take([event])


@pytest.mark.parametrize("service", SERVICES)
def test_the_story_has_what_people_say_to_it(inputs: Inputs, service: str) -> None:
    told = {type(taken.data) for taken in inputs[service] if isinstance(taken, Event)}
    forms = {event for topic in topics_read_by(service) if topic.name.startswith("forms.") for event in topic.events}
    assert {event for event in service_named(service).handlers if event in forms} <= told


def examples(service: str) -> list[Event[EventData]]:
    """The published examples of each event that a service handles."""
    found = []
    for event in service_named(service).handlers:
        for path in sorted(_GOLDEN.glob(f"{event.event_type}.*.json")):
            for example in json.loads(path.read_text(encoding="utf-8")):
                data = event.model_validate_json(json.dumps(example["value"]), strict=True)
                found.append(form_event(data, name=f"{path.name} {example['example']}"))
    return found


def test_a_new_lead_reaches_whoever_is_concerned(inputs: Inputs) -> None:
    successor = person("successor s").person_id
    for service, event_type in (
        ("mentoring", AssignmentAmended),
        ("notifications", AssignmentAmended),
        ("notifications", PairAmended),
    ):
        told = [taken.data for taken in inputs[service] if isinstance(taken, Event)]
        assert any(isinstance(data, event_type) and data.lead_id == successor for data in told), event_type
