"""Needs that nobody answers after a round, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from operator import attrgetter
from uuid import UUID

from contracts.rounds import GateCount, NeedUnmet, RoundRequested
from services.matching.codes import UnmetCause
from services.matching.pool.pool import Pool
from services.matching.settings.texts import unmet_cause
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.store import Unit


def unmet_needs(pool: Pool, answered: Collection[UUID]) -> list[Need]:
    """The open needs that nobody answers, in the order of their ids."""
    unmet = [need for need in pool.needs.values() if need.is_open and need.need_id not in answered]
    return sorted(unmet, key=attrgetter("need_id"))


def need_unmet(
    request: RoundRequested, need: Need, candidates: list[Candidate], full: Collection[str], unit: Unit
) -> NeedUnmet:
    """What is published of a need that nobody answers: the cause, and which gates kept how many away.

    `full` are the territories that may get no more projects.
    """
    shut = [unit.store.pool.shut_gates(candidate, need) for candidate in candidates]
    counts = Counter(gate for gates in shut for gate in gates)
    able = sum(not gates for gates in shut)
    return NeedUnmet(
        round_id=request.round_id,
        need_id=need.need_id,
        need_title=need.document.content.title,
        directorate=need.document.content.directorate,
        owner_id=unit.store.pool.people.told_of(need),
        cause=unmet_cause(_cause(need, len(candidates), able, full)),
        gates=tuple(
            GateCount(gate=gate, applications=count) for gate, count in sorted(counts.items(), key=_most_first)
        ),
        candidates=able,
        occurred_at=unit.now,
    )


def _cause(need: Need, candidates: int, able: int, full: Collection[str]) -> UnmetCause:
    if not need.capacity:
        return "no-capacity"
    if not candidates:
        return "no-candidates"
    if not able:
        return "all-gated"
    return "territory-full" if need.document.profile.bounded_in in full else "placed-elsewhere"


def _most_first(count: tuple[str, int]) -> tuple[int, str]:
    gate, applications = count
    return -applications, gate
