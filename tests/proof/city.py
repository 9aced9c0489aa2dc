"""The City in which the edition is played: its services' mailboxes, its offices, and rounds that are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contracts.catalogue import SERVICES as FOLLOWERS
from deploy.demo.rules import in_rounds
from deploy.local.rehearsing import Beginning
from deploy.local.stack import Stack
from deploy.roles import DESK
from tests.proof.edition import BEGINS, SERVICES

ETHICS: Final = "deontologie@marseille.example"
FOUNDATION: Final = "concours@fondation.example"


def mailbox_of(service: str) -> str:
    """Where mail reaches a service of the City."""
    return f"{service}@marseille.example"


def city(directory: Path) -> Stack:
    """The whole system, not started: a rehearsal whose clock stands."""
    programme = in_rounds(directory / "programme")
    lines = [f'[{code}]\nname = "{code}"\nemail = "{mailbox_of(code)}"\n' for code in SERVICES]
    (programme / "city_services.toml").write_text("\n".join(lines), encoding="utf-8")
    return Stack(
        services=(*FOLLOWERS, DESK),
        directory=directory,
        environment={
            "ENGAGE_PROGRAMME": str(programme),
            "ENGAGE_MAIL_ETHICS": f"Déontologie <{ETHICS}>",
            "ENGAGE_MAIL_FOUNDATION": f"Fondation <{FOUNDATION}>",
        },
        rehearsal=Beginning(BEGINS, is_paused=True),
    )
