"""Events that the journal has emptied, as their contract has them: with a mark where names and words stood.

The journal takes whole fields out of events of an application whose content was erased, or is not public any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.message import EventData

UNKNOWN: Final = "erased"
"""Stands where a contract wants a code that the journal has not kept: no vocabulary has it."""


def with_marks(model: type[EventData], data: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """An event's data with what its contract requires and the journal has emptied; all else as it is.

    `mark` stands for each name, title and text.
    """
    marks = _marks(mark)
    required = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
    return {**{name: marks[name] for name in marks.keys() & required}, **data}


def _marks(mark: str) -> Mapping[str, Any]:
    organisation = {"name": mark, "siren": None, "rna": None, "commune": None, "identified_by": UNKNOWN}
    project = {"title": mark, "summary": mark, "themes": [], "publics": [], "territories": []}
    names = dict.fromkeys(("organisation_name", "project_title", "partner_name"), mark)
    return {**names, "organisation": organisation, "project": project}
