"""Links that sign people in at the pages of this machine, where there is no provider to sign in at."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Final
from uuid import UUID

from libraries.clocks.machine import machine_time
from libraries.pages.signing import Role, Signer, link_to, ticket_for

LOCAL_HEAD: Final = UUID("019ab0f0-0007-7a01-9c11-3a5b7c9d0e20")
"""Who heads the programme on one machine, where there is nobody else to."""

_HOURS: Final = 12


def signing_in(address: str, signer: Signer, *roles: Role, person_id: UUID | None = None) -> str:
    """A link that signs whoever runs this machine in at an address, once, and for some hours."""
    expires_at = machine_time() + timedelta(hours=_HOURS)
    return link_to(address, signer, ticket_for(getpass.getuser(), *roles, person_id=person_id, expires_at=expires_at))
