"""Keys: under what a batch may meet another one, and the numbers of their locks."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID
from zlib import crc32

LOCKS: Final = 0x696E7461
"""The first half of the numbers of this service's advisory locks; the second half is a key's."""
_MOST_LOCKS: Final = 1_024
"""Keys share so many locks. PostgreSQL has room for some thousands (64 a connection), a cycle may have as many keys,
and several replicas may be in one; that two keys share a lock costs a wait and changes no result."""


class Keys(NamedTuple):
    """What a batch claims: an edition with each key under which there may be duplicates, and whom it is about."""

    organisations: set[tuple[str, str]]
    projects: set[tuple[str, str]]
    people: set[UUID]

    @property
    def locks(self) -> list[int]:
        """The numbers of their locks, sorted, so that whoever wants the same ones waits in one direction only."""
        keys = [f"{edition} {key}".encode() for edition, key in self.organisations | self.projects]
        keys += [person.bytes for person in self.people]
        return sorted({crc32(key) % _MOST_LOCKS for key in keys})
