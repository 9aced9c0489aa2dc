"""The ids by which links and mails know those who are no persons of a form."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_CITY_SERVICES: Final = UUID("c9a5e1c4-52f5-4d0f-8f0b-6d6a3c1b7e20")


def service_id(code: str) -> UUID:
    """The id of a service of the City, by its code as obstacles name it: a UUIDv5."""
    return uuid5(_CITY_SERVICES, code)
