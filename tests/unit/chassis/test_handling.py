"""Handlers are registered where they stand; what they need is checked before anything runs."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from mypy import api

from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from contracts.contacts import ContactPublished
from contracts.event import Event
from libraries.chassis.handling import (
    Handlers,
    Handling,
    Lookup,
    NotYet,
    both,
    handlers_in,
    handles,
    handles_tombstones_of,
)
from libraries.chassis.store import NO_STORE
from libraries.chassis.unit_of_work import UnitOfWork
from tests.forms import application, form_event, identifier

_HEAD = """
from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from contracts.event import Event
from libraries.chassis.handling import handles
from libraries.chassis.unit_of_work import UnitOfWork
from services.intake.applications import Application
from services.intake.lookups import application, person
from services.intake.store import IntakeStore
"""


def test_a_need_that_is_missing_or_misspelt_is_an_error_of_the_type_checker(tmp_path: Path) -> None:
    cases = {
        "right": ("needs=lambda said: application(said.application_id)", None),
        "misspelt": ("needs=lambda said: application(said.aplication_id)", 'has no attribute "aplication_id"'),
        "missing": ("slow=False", "incompatible type"),
        "another": ("needs=lambda said: person(said.application_id)", "incompatible type"),
    }
    text = _HEAD + "".join(
        f"@handles(ApplicationCorrected, {needs})\n"
        f"def {name}(\n"
        "    event: Event[ApplicationCorrected], unit: UnitOfWork[IntakeStore], known: Application\n"
        ") -> None: ...\n"
        for name, (needs, _) in cases.items()
    )
    path = tmp_path / "made_up.py"
    path.write_text(text, encoding="utf-8")
    said, _, _ = api.run([str(path), "--strict", "--config-file", "pyproject.toml", "--no-error-summary"])
    errors = [line for line in said.splitlines() if "made_up.py" in line and ": error:" in line]
    for error, (name, (needs, expected)) in zip(errors, list(cases.items())[1:], strict=True):
        assert expected is not None
        assert expected in error, (name, needs)


def _module(**functions: Any) -> ModuleType:
    module = ModuleType("made_up_handlers")
    for name, function in functions.items():
        function.__module__ = module.__name__
        setattr(module, name, function)
    return module


def _unit() -> UnitOfWork[Any]:
    return UnitOfWork("intake", NO_STORE)


def test_a_handler_gets_what_it_needs_and_its_service_loads_what_was_named() -> None:
    told: list[object] = []

    @handles(ApplicationSubmitted, needs=lambda said: both(_person(said.lead.person_id), _person(said.application_id)))
    def on_submitted(event: Event[ApplicationSubmitted], unit: UnitOfWork[Any], given: tuple[UUID, UUID]) -> None:
        told.append(given)

    handlers = handlers_in(_module(on_submitted=on_submitted))
    event = form_event(form := application("a"))
    handlers[ApplicationSubmitted](event, _unit())
    assert told == [(form.lead.person_id, form.application_id)]
    assert handlers.named([event, event]) == {"person": {form.lead.person_id, form.application_id}}
    assert handlers.named([event])["something else"] == frozenset()


def test_what_is_missed_is_missed_before_anything_is_done() -> None:
    done: list[str] = []

    def not_there(_: object) -> None:
        raise NotYet("application", identifier("a"))

    handlers = Handlers(
        [Handling(ApplicationSubmitted, lambda *_: done.append("handler"), lambda _: Lookup((), not_there))],
        first=lambda event, unit: done.append("first"),
    )
    with pytest.raises(NotYet, match="application"):
        handlers[ApplicationSubmitted](form_event(application("a")), _unit())
    assert done == []


def test_two_functions_for_one_event_are_refused() -> None:
    with pytest.raises(ValueError, match="ApplicationSubmitted has two handlers"):
        Handlers([Handling(ApplicationSubmitted, print), Handling(ApplicationSubmitted, print)])


def test_only_functions_written_there_are_found_and_tombstones_apart() -> None:
    @handles_tombstones_of(ContactPublished)
    def on_gone(person_id: UUID, unit: UnitOfWork[Any]) -> None: ...

    @handles(ApplicationCorrected, slow=True)
    def elsewhere(event: Event[ApplicationCorrected], unit: UnitOfWork[Any]) -> None: ...

    module = _module(on_gone=on_gone)
    module.elsewhere = elsewhere  # type: ignore[attr-defined]
    handlers = handlers_in(module)
    assert list(handlers) == []
    assert handlers.tombstones == {ContactPublished: on_gone}
    assert handlers_in(sys.modules[__name__]).is_slow(ApplicationCorrected) is False


def _person(identifier: UUID) -> Lookup[Any, UUID]:
    return Lookup((("person", identifier),), lambda _: identifier)
