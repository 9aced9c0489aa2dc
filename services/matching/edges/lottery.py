"""The lottery: what decides between equals, fixed by a seed that is known beforehand."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

_BYTES = 5


def ticket(seed: str, application_id: UUID, need_id: UUID) -> int:
    """The 40-bit ticket of an application for a need; the lowest wins."""
    digest = blake2b(seed.encode() + application_id.bytes + need_id.bytes, digest_size=_BYTES)
    return int.from_bytes(digest.digest(), "big")
