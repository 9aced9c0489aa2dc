"""The database server of the run, as integration tests have it, and one story for all tests."""

from __future__ import annotations

import asyncio

import pytest

from deploy.local.postgresql import PostgreSQL
from tests.conformance.playing import Inputs, played
from tests.integration.conftest import database_url, postgresql

__all__ = ["database_url", "inputs", "postgresql"]


@pytest.fixture(scope="package")
def inputs(postgresql: PostgreSQL) -> Inputs:
    """The inputs of one story: to play it takes seconds."""
    return asyncio.run(played(postgresql, 9))
