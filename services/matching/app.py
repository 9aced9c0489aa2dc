"""Matching as the chassis runs it: the single writer of the pool."""

from __future__ import annotations

from datetime import UTC, datetime

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Service
from services.matching import handlers
from services.matching.flows.duty import ReviewAndEmbargo
from services.matching.flows.new_rules import settle_first
from services.matching.store import MatchingStore

SERVICE = Service(
    name="matching",
    handlers=handlers_in(handlers, first=settle_first),
    store=MatchingStore,
    duties=(lambda: ReviewAndEmbargo(lambda: datetime.now(UTC)),),
    single_writer=True,
)
