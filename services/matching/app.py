"""Matching as the chassis runs it: the single writer of the pool."""

from __future__ import annotations

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Duty, Service
from libraries.chassis.store import Connection
from libraries.clocks.programme import programme_clock
from libraries.programme.about import SEALED
from libraries.vocabularies.published import vocabularies
from services.matching import handlers
from services.matching.flows.duty import ReviewAndEmbargo
from services.matching.flows.new_rules import settle_first
from services.matching.flows.vocabularies import PublishVocabularies
from services.matching.settings.deciding import programme_heads
from services.matching.store import MatchingStore


def store_from_environment(connection: Connection) -> MatchingStore:
    """The store of a transaction, which knows who heads the programme."""
    return MatchingStore(connection, heads=programme_heads())


def review_from_environment() -> Duty:
    """What matching does by the clock; raises SettingsError."""
    # Read here too: with a wrong setting the service does not start, instead of failing at its first event.
    programme_heads()
    return ReviewAndEmbargo(programme_clock())


def vocabularies_from_environment() -> Duty:
    """What tells others which codes there are."""
    return PublishVocabularies(programme_clock(), vocabularies())


SERVICE = Service(
    name="matching",
    handlers=handlers_in(handlers, first=settle_first),
    store=store_from_environment,
    duties=(review_from_environment, vocabularies_from_environment),
    programme=SEALED,
    single_writer=True,
)
