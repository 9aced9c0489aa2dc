"""Ids of assignments: made so that one that was never given can be told from one that is still to come.

A matching that reads its topics from their beginning meets decisions on assignments that it has yet to make again, so
what it does not know has to be waited for. But people type ids, and what they mistype, or take from another line, is no
assignment's at all. So the last two bytes of an id are a check of all others: what fails it nobody was ever given.
"""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from contracts.event import uuid_of

_CHECK_BITS: Final = 16
_CHECK: Final = (1 << _CHECK_BITS) - 1


def reference_from(identifier: UUID) -> UUID:
    """The id of an assignment out of a new one: as unique but for its last two bytes, and in the same order of time."""
    rest = identifier.int >> _CHECK_BITS
    return uuid_of(rest << _CHECK_BITS | _check_of(rest))


def may_be_reference(identifier: UUID) -> bool:
    """Whether an id may be an assignment's; of those that are none one in 65,536 may."""
    return identifier.int & _CHECK == _check_of(identifier.int >> _CHECK_BITS)


def _check_of(rest: int) -> int:
    hashed = hashlib.blake2b(rest.to_bytes(14, "big"), digest_size=_CHECK_BITS // 8, person=b"assignment")
    return int.from_bytes(hashed.digest(), "big")
