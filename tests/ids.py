"""Ids in tests: the same name is the same id, so that a failing test can be repeated."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("6f1f8f3a-2f7b-4c43-9d0e-7a3c1c0d1e5b")


def identifier(name: str) -> UUID:
    """The id that a name stands for in a test, such as `application une`."""
    return uuid5(_NAMESPACE, name)
