"""A journey as a diagram of Mermaid: who told whom what, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from contracts.event import canonical_uuid
from contracts.message import Language
from services.journal.journeys.model import Journey, Step

_FORMS: Final = "forms"
_CLOCK: Final = "clock"
_NAMED_CAUSE: Final = 5
"""The version of the ids of causes that are no events: what the clock causes is known by its name."""
_SPECIAL: Final = re.compile(r"[;#<>{}\[\]\"`\n\r:]")
_MOST_CHARACTERS: Final = 80


def diagram(journey: Journey, language: Language) -> str:
    """A sequence diagram: an arrow for each step, from the service whose event caused it."""
    return "\n".join(_lines(journey, language)) + "\n"


def _lines(journey: Journey, language: Language) -> Iterator[str]:
    yield "sequenceDiagram"
    by_id = {step.event_id: step for step in journey.steps}
    services = dict.fromkeys(step.service for step in journey.steps)
    for service in (_FORMS, _CLOCK, *services):
        yield f"    participant {_name(service)}"
    for step in journey.steps:
        cause = by_id.get(step.caused_by) if step.caused_by else None
        origin = cause.service if cause else _origin(step)
        said = _plain(step.what.in_(language))
        yield f"    {_name(origin)}->>{_name(step.service)}: {step.at:%Y-%m-%d %H.%M} {said}"


def _origin(step: Step) -> str:
    """Where something came from whose cause is nothing that anybody may read: a form, or the clock."""
    if step.caused_by is None:
        return step.service
    try:
        is_named = canonical_uuid(step.caused_by).version == _NAMED_CAUSE
    except ValueError:
        return _FORMS
    return _CLOCK if is_named else _FORMS


def _name(service: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", service)[:_MOST_CHARACTERS] or "unknown"


def _plain(text: str) -> str:
    # What means something to Mermaid, or ends its line.
    return _SPECIAL.sub(" ", text)[:_MOST_CHARACTERS]
