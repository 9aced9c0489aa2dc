"""Two ways to hold projects against needs, side by side: who is elsewhere, which needs gain or lose their answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from libraries.vocabularies.vocabularies import Words
from services.desk.weighing import Elsewhere
from services.journal.reports.rounds import PastRound
from services.matching.answers.explanations import moves_between
from services.matching.answers.suppositions import Supposition, suppose
from services.matching.pool.pool import Pool

PLACED: Final = Words(fr="projets placés", en="projects placed")
ANSWERED: Final = Words(fr="besoins qui ont une réponse", en="needs that are answered")
EQUITY: Final = Words(fr="équité, places de territoires", en="equity, places of territories")
COVERAGE: Final = Words(fr="couverture, points d’urgence", en="coverage, points of urgency")
FIT: Final = Words(fr="adéquation, points", en="fit, points")
"""What two ways to hold projects are compared by."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is held: pairs of an application and a need with their fit in points, and what each of both is called."""

    held: Mapping[tuple[UUID, UUID], int]
    projects: Mapping[UUID, tuple[str, str]]
    needs: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """What is beside what would be, or what was beside what was later.

    `moved` says who is elsewhere; needs `answered` more and no more go by their titles, and `changed` are the ids of
    both; `totals` are a word and two numbers each.
    """

    moved: tuple[Elsewhere, ...]
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]
    changed: tuple[UUID, ...]
    totals: tuple[tuple[Words, int, int], ...]


def compared(left: Side, right: Side) -> Compared:
    """How the right side differs from the left one."""
    projects, needs = {**left.projects, **right.projects}, {**left.needs, **right.needs}
    answered_left, answered_right = ({need_id for _, need_id in side.held} for side in (left, right))
    gained, lost = sorted(answered_right - answered_left), sorted(answered_left - answered_right)
    placed = [len({application_id for application_id, _ in side.held}) for side in (left, right)]
    fits = [sum(side.held.values()) for side in (left, right)]
    return Compared(
        moved=tuple(
            Elsewhere(
                *projects[move.application_id],
                None if move.before is None else needs[move.before],
                None if move.after is None else needs[move.after],
                is_this=False,
            )
            for move in moves_between(left.held, right.held)
        ),
        answered=tuple(needs[need_id] for need_id in gained),
        unanswered=tuple(needs[need_id] for need_id in lost),
        changed=(*gained, *lost),
        totals=(
            (PLACED, placed[0], placed[1]),
            (ANSWERED, len(answered_left), len(answered_right)),
            (FIT, fits[0], fits[1]),
        ),
    )


def side_of_round(past: PastRound) -> Side:
    """What a round that there was left held."""
    return Side(
        {(each.application_id, each.need_id): each.fit or 0 for each in past.held},
        {each.application_id: (each.project or "—", each.organisation or "—") for each in past.held},
        {each.need_id: each.need or "—" for each in past.held},
    )


def side_of_pool(pool: Pool, supposition: Supposition | None) -> Side:
    """What is held now, or would be under a supposition; raises Impossible."""
    held = {(it.application_id, it.need_id) for it in pool.live}
    for move in () if supposition is None else suppose(pool, supposition).differences:
        held -= {(move.application_id, need_id) for need_id in (move.before,) if need_id is not None}
        held |= {(move.application_id, need_id) for need_id in (move.after,) if need_id is not None}
    return Side(
        {pair: _fit(pool, *pair) for pair in held},
        {each.application_id: (each.project_title, each.organisation_name) for each in pool.candidates.values()},
        {need.need_id: need.document.content.title for need in pool.needs.values()},
    )


def _fit(pool: Pool, application_id: UUID, need_id: UUID) -> int:
    fit = pool.edge(pool.candidates[application_id], pool.needs[need_id])
    return 0 if fit is None else fit.total
