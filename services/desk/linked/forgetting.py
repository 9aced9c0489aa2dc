"""Who is to be forgotten: one question, and a tick that says that it is meant. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.erasures import ErasureRequested
from contracts.message import MOST_SHORT_CHARACTERS
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.asked import Asked
from services.desk.linked.given import Given, Unclear, together

_APPLICATIONS: Final = ("go-on", "withdraw")
"""What may become of the applications that somebody leads."""


def be_forgotten(asked: Asked) -> ErasureRequested:
    """The person of the link is to be forgotten; raises Unclear where nothing says that they mean it."""
    return erasure(asked.person_id, asked.given, asked.now, leads=asked.link.role == "lead")


def erasure(person_id: UUID, given: Given, at: datetime, *, leads: bool) -> ErasureRequested:
    """That a person is to be forgotten, as a form says it, and of who `leads`, what becomes of their applications.

    Raises Unclear where nothing says that it is meant.
    """
    said = together(
        {
            "applications": lambda: given.choice("applications", _APPLICATIONS) if leads else "go-on",
            "sure": lambda: _sure(given),
        }
    )
    applications = said["applications"]
    return ErasureRequested.model_validate({"person_id": person_id, "applications": applications, "requested_at": at})


def _sure(given: Given) -> str:
    if given.text("sure", most=MOST_SHORT_CHARACTERS) != "yes":
        raise Unclear("sure", _SURE)
    return "yes"


_SURE: Final = Words(
    fr="cochez la case\u00a0: ce qui est effacé ne se rétablit pas",
    en="tick the box: what is erased can’t be brought back",
)
