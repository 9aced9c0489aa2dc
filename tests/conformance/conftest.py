"""The database server of the run, as integration tests have it."""

from tests.integration.conftest import postgresql

__all__ = ["postgresql"]
