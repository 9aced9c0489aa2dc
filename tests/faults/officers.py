"""The officer of the campaign: owns all needs, decides on what is proposed, names deputies who later are forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from contracts.deputies import DeputyNamed
from contracts.erasures import ErasureRequested
from contracts.message import EventData
from contracts.needs import NeedDeclared, NeedRevised
from tests.forms import START, confirmation, need, person

_OWNER: Final = person("officer")
_CAPACITY: Final = 50_000


def declared(theme: str) -> NeedDeclared:
    """A need that the officer owns, with places for whoever comes."""
    return need(theme, capacity=_CAPACITY).model_copy(update={"owner": _OWNER})


def revised(theme: str, number: int) -> NeedRevised:
    """The need again, as of a round."""
    form = declared(theme)
    fields: dict[str, Any] = {name: getattr(form, name) for name in type(form).model_fields if name != "declared_at"}
    return NeedRevised(**{**fields, "capacity": _CAPACITY + number, "revised_at": START + timedelta(days=number)})


def confirmed(assignment_id: UUID) -> EventData:
    """The officer confirms what is proposed."""
    return confirmation(assignment_id, _OWNER.person_id)


def deputies(number: int) -> list[EventData]:
    """Another deputy in each round; whoever was one in the round before asks meanwhile to be forgotten."""
    named = DeputyNamed(owner_id=_OWNER.person_id, deputy=person(f"deputy {number}"), named_at=START)
    former = ErasureRequested(person_id=person(f"deputy {number - 1}").person_id, requested_at=START)
    return [named, former] if number else [named]
