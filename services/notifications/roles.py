"""Whom a mail goes to: roles that events name, and offices that settings fill."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from contracts.contacts import ContactRole

Office: TypeAlias = Literal["foundation", "ethics-officer", "service"]
"""La France s'engage, the programme's ethics officer, a service of the City: no form names them, and settings say how
they are reached."""

Role: TypeAlias = ContactRole | Office
"""Whom an event names: the lead of the application, the officer who owns the need, the mentor, their line manager; or
who holds an office."""


Party: TypeAlias = Literal["mentor", "lead"]
"""Who answers the offer of a pair."""


OFFICES: Final[tuple[Office, ...]] = get_args(Office)
