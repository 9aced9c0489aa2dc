"""Which errors of the database pass by themselves."""

from __future__ import annotations

import asyncpg
import pytest
from asyncpg.exceptions import _base

from libraries.chassis.database import is_transient


@pytest.mark.parametrize(
    "error", [asyncpg.InterfaceError("x"), asyncpg.DeadlockDetectedError(), ConnectionResetError()]
)
def test_what_passes(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", [_base.DataError("a value"), asyncpg.CheckViolationError(), ZeroDivisionError()])
def test_what_will_be_refused_for_ever(error: Exception) -> None:
    assert not is_transient(error), "a record that is tried for ever would hold up all lanes"
