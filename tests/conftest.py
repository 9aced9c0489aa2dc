"""What holds in every test: what is published in plain values is held against its model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from contracts.codec import encode_data
from libraries.chassis.unit_of_work import PlainEvent, UnitOfWork

# How long an example takes says something of the machine and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def plain_events_are_checked() -> Iterator[None]:
    publish = UnitOfWork.publish_plain

    def checked(self: UnitOfWork[Any], said: PlainEvent) -> None:
        publish(self, said)
        assert_as_its_model(said, self.published[-1].payload)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(UnitOfWork, "publish_plain", checked)
        yield


def assert_as_its_model(said: PlainEvent, payload: bytes | None) -> None:
    """Readers take it as they take a model's, and a model would be written in the same bytes."""
    assert payload is not None
    data = said.event.model_validate_json(payload, strict=True)
    assert encode_data(data) == payload
    assert data.aggregate_id == said.key
