"""The programme alone, in memory: pairing 20,000 leads with 5,000 mentors, and what a departure costs.

The floor is what no design avoids: each event made, written and read once by the contracts' codec. Loading and
saving are not in it: `tests.benchmarks.chain` has them. Run it with `make bench` or
`python -m tests.benchmarks.mentoring`.
"""

from __future__ import annotations

import gc
import random
import time
from datetime import timedelta
from uuid import UUID

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import decode, encode
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.unit_of_work import UnitOfWork
from services.mentoring.store import MentoringStore
from tests.benchmarks._load import THEMES
from tests.benchmarks._measuring import percentile
from tests.unit.mentoring.desk import MemoryStore, handle, published
from tests.unit.mentoring.examples import NOW, confirmed, enrolled, event, withdrawn

_MENTORS = 5_000
_LEADS = 20_000
_BATCH = 500
_DEPARTURES = 500


def main() -> None:
    """Measures and prints."""
    chance = random.Random(1)
    store = MemoryStore()
    unit: UnitOfWork[MentoringStore] = UnitOfWork("mentoring", store)
    # Six places each, of which the rolling window lets three begin: 15,000 leads are served, the others wait.
    for start in range(0, _MENTORS, _BATCH):
        mentors = [event(_mentor(number, chance)) for number in range(start, start + _BATCH)]
        store.begin(mentors)
        handle(unit, mentors)
    leads = [event(_lead(number, chance)) for number in range(_LEADS)]
    store.begin(leads)
    unit.published.clear()
    gc.collect()
    gc.freeze()

    began = time.perf_counter()
    for start in range(0, _LEADS, _BATCH):
        handle(unit, leads[start : start + _BATCH])
    seconds = time.perf_counter() - began
    floor = _floor(leads)
    offered = [data for name, data in published(unit.published) if name == "pair.offered"]
    print(f"{_LEADS:,} leads, {_MENTORS:,} mentors: {len(offered):,} offers in {seconds:.2f} s")
    print(f"the floor, each lead's event written and read once: {floor:.2f} s; ratio {seconds / floor:.1f}")

    took = []
    for mentor_id in chance.sample(sorted({data["mentor_id"] for data in offered}), _DEPARTURES):
        departure = event(withdrawn(1).model_copy(update={"mentor_id": UUID(mentor_id)}), NOW + timedelta(minutes=1))
        began = time.perf_counter()
        handle(unit, [departure])
        took.append(1000 * (time.perf_counter() - began))
    print(
        f"a departure, its leads handed over: p50 {percentile(took, 0.5):.2f} ms, p99 {percentile(took, 0.99):.2f} ms"
    )


def _mentor(number: int, chance: random.Random) -> EventData:
    skills = tuple(chance.sample(THEMES, 2))
    return enrolled(number, skills=skills, territories=(f"132{chance.randint(1, 16):02}",), capacity=6)


def _lead(number: int, chance: random.Random) -> EventData:
    themes = tuple(chance.sample(THEMES, 2))
    return confirmed(number, themes=themes, territories=(f"132{chance.randint(1, 16):02}",), occurred_at=NOW)


def _floor(leads: list[Event[EventData]]) -> float:
    topic = TOPIC_BY_NAME["assignments.v1"]
    began = time.perf_counter()
    for lead in leads:
        record = encode(lead)
        decode(topic, record.key, record.value, record.headers)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
