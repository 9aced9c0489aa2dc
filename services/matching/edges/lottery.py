"""The lottery: what decides between equals, fixed by a seed that is known beforehand."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final
from uuid import UUID

# As many bits as the lottery has in a worth: enough that two tickets that are compared are seldom alike. Where they
# are, who came first decides.
_BYTES: Final = 5


def ticket(seed: str, application_id: UUID, need_id: UUID) -> int:
    """The 40-bit ticket of an application for a need; the lowest wins."""
    digest = blake2b(seed.encode() + application_id.bytes + need_id.bytes, digest_size=_BYTES)
    return int.from_bytes(digest.digest(), "big")
