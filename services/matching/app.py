"""Matching as the chassis runs it: what changes the pool is put in line, and its owner decides."""

from __future__ import annotations

from datetime import UTC, datetime

from services.chassis.service import Service
from services.matching.deciding import DECISIONS
from services.matching.handlers import put_in_line
from services.matching.owner import PoolOwner
from services.matching.store import MatchingStore

SERVICE = Service(
    name="matching",
    handlers=dict.fromkeys(DECISIONS, put_in_line),
    store=MatchingStore,
    duties=(lambda: PoolOwner(lambda: datetime.now(UTC)),),
)
