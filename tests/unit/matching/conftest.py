"""The pool of most tests: empty, under the rules that hold."""

from __future__ import annotations

import pytest

from tests.unit.matching.events import PoolInMemory, declared, registered


@pytest.fixture
def pool() -> PoolInMemory:
    return PoolInMemory()


@pytest.fixture
def proposed(pool: PoolInMemory) -> PoolInMemory:
    """One application, proposed to the one need there is."""
    pool.on(declared("n"))
    pool.on(registered("a"))
    return pool
