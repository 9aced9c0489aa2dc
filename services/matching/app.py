"""Matching as the chassis runs it: the single writer of the pool."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.rounds import RoundRequested
from services.chassis.service import Service
from services.matching.duty import ReviewAndEmbargo
from services.matching.handlers import HANDLERS
from services.matching.store import MatchingStore

SERVICE = Service(
    name="matching",
    handlers=HANDLERS,
    store=MatchingStore,
    duties=(lambda: ReviewAndEmbargo(lambda: datetime.now(UTC)),),
    single_writer=True,
    slow=frozenset({RoundRequested}),
)
