"""Intake's named SQL."""

from __future__ import annotations

from typing import Final

from libraries.chassis.store import named_queries

QUERIES: Final = named_queries("services.intake")
