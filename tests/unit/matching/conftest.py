"""The pool of most tests: empty, under the rules that hold."""

from __future__ import annotations

import pytest

from tests.unit.matching.events import PoolInMemory


@pytest.fixture
def pool() -> PoolInMemory:
    return PoolInMemory()
