"""Who asks to be forgotten behind their link: one question, and a tick that says that it is meant. Pure."""

from __future__ import annotations

from typing import Final

from contracts.erasures import ErasureRequested
from contracts.message import MOST_SHORT_CHARACTERS
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.asked import Asked
from services.desk.linked.given import Unclear

APPLICATIONS: Final = ("go-on", "withdraw")
"""What may become of the applications that somebody leads."""


def be_forgotten(asked: Asked) -> ErasureRequested:
    """The person of the link is to be forgotten; raises Unclear where nothing says that they mean it."""
    applications = "go-on"
    if asked.link.role == "lead":
        applications = asked.given.choice("applications", APPLICATIONS)
    if asked.given.text("sure", most=MOST_SHORT_CHARACTERS) != "yes":
        raise Unclear("sure", _SURE)
    return ErasureRequested.model_validate(
        {"person_id": asked.person_id, "applications": applications, "requested_at": asked.now}
    )


_SURE: Final = Words(
    fr="cochez la case : ce qui est effacé ne se rétablit pas",
    en="tick the box: what is erased can’t be brought back",
)
