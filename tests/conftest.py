"""What holds in every test: it logs where it set up, and what is published in plain values is held to its model."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import pytest
import structlog
from hypothesis import settings

from contracts.event import encode_data
from contracts.message import EventData
from contracts.states import Known
from libraries.chassis.unit_of_work import PlainEvent, UnitOfWork

# How long an example takes says something of the machine and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def loggers_keep_nothing() -> Iterator[None]:
    """A logger of a module outlives its test: what it logs to must not be what a test before set up."""
    configure = structlog.configure

    def without_keeping(**settings: Any) -> None:
        configure(**{**settings, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(structlog, "configure", without_keeping)
        yield


@pytest.fixture(autouse=True)
def logs_are_set_up_for_one_test() -> Iterator[None]:
    """A test may run a service in this process, whose logs go to the standard output of that test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.fixture(autouse=True, scope="session")
def plain_events_are_checked() -> Iterator[None]:
    publish, publish_plain = UnitOfWork.publish, UnitOfWork.publish_plain

    def checked(self: UnitOfWork[Any], data: EventData) -> None:
        publish(self, data)
        assert_says_known_codes(data)

    def checked_plain(self: UnitOfWork[Any], said: PlainEvent) -> None:
        publish_plain(self, said)
        assert_as_its_model(said, self.published[-1].payload)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(UnitOfWork, "publish", checked)
        patched.setattr(UnitOfWork, "publish_plain", checked_plain)
        yield


def assert_as_its_model(said: PlainEvent, payload: bytes | None) -> None:
    """Readers take it as they take a model's, and a model would be written in the same bytes."""
    assert payload is not None
    data = said.event.model_validate_json(payload, strict=True)
    assert encode_data(data) == payload
    assert data.aggregate_id == said.key
    assert_says_known_codes(data)


def assert_says_known_codes(data: EventData) -> None:
    """Its writer's schema takes it: where codes are enumerated, it says one of them."""
    for name, codes in enumerated(type(data)).items():
        value = getattr(data, name)
        assert value is None or value in codes, (
            f"{data.event_type}: {name} says {value}, which the contracts do not list"
        )


@cache
def enumerated(model: type[EventData]) -> Mapping[str, tuple[str, ...]]:
    """The codes of each field whose values are known."""
    found: dict[str, tuple[str, ...]] = {}
    for name, field in model.model_fields.items():
        marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part)[1:])]
        for mark in marks:
            if isinstance(mark, Known):
                found[name] = mark.codes
    return found
