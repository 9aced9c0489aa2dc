"""The vocabularies, on a topic of their own: each is published when it is not what was said of it last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from contracts.vocabularies import Vocabulary, VocabularyPublished, vocabulary_id_of
from libraries.chassis.records.published import Cause
from libraries.chassis.service import DutyLane
from services.matching.flows.matters import Matter, do_each
from services.matching.settings.days import day_of, midnight_of
from services.matching.states.vocabularies import digests, next_saying, unsaid
from services.matching.store import Unit

PUBLISHING: Final = "vocabularies"
"""The duty's name."""


class PublishVocabularies:
    """The duty that publishes what this process holds and the topic does not: the single writer does it, once."""

    name = PUBLISHING
    lanes = 1

    def __init__(self, clock: Callable[[], datetime], vocabularies: Sequence[Vocabulary]) -> None:
        self._clock = clock
        self._by_name = {vocabulary.name: vocabulary for vocabulary in vocabularies}
        self._digests = digests(vocabularies)

    async def perform(self, lane: DutyLane) -> None:
        """Publishes what is new or differs, and takes back what is gone; nothing is due by the clock after that."""
        # The day, so that who does again what was not committed says the same.
        at = midnight_of(day_of(self._clock()))

        async def find(unit: Unit) -> Sequence[Matter]:
            return [
                Matter(f"vocabulary {name} as {digest}", partial(self._say, name, digest, at))
                for name, digest in unsaid(unit.store.pool.said, self._digests)
            ]

        await lane.carry_out(find, do_each)

    def _say(self, name: str, digest: str | None, at: datetime, unit: Unit) -> None:
        pool = unit.store.pool
        saying = next_saying(pool.said, name, digest)
        pool.say(saying)
        unit.because_of(Cause.named(f"engage matching vocabulary {name}, publication {saying.times}", at))
        if digest is None:
            unit.retract(VocabularyPublished, vocabulary_id_of(name))
            return
        unit.publish(
            VocabularyPublished(
                vocabulary_id=vocabulary_id_of(name),
                vocabulary=self._by_name[name],
                actor=pool.rules.actor,
                occurred_at=unit.now,
                version=saying.times,
            )
        )

    async def close(self) -> None:
        """Holds nothing."""
