"""What a proposal weighs: who else was near, and what a refusal would bring about, as matching explains it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from contracts.message import Language
from libraries.pages.database import PagesDatabase
from services.matching import operations
from services.matching.answers.explanations import Explanation, standing_text
from services.matching.answers.suppositions import Outcome, Supposition
from services.matching.operations import Near, NotThere
from services.matching.pool.pool import Pool

_MOST_NEAR: Final = 6
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A project that would be somewhere else, by the titles of the needs that hold it; None for no need."""

    project: str
    organisation: str
    before: str | None
    after: str | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Another project that could answer the need, its fit in points, and the needs that hold it now."""

    project: str
    organisation: str
    fit: int
    held_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What stands behind a proposal.

    `why` is the standing of the need for the project in words, `alternatives` the same of the needs next to it;
    `answered` is how many needs would be answered less without it, and `fit` how many points of fit all would lose.
    """

    others: tuple[Other, ...]
    refusal: tuple[Elsewhere, ...]
    answered: int
    fit: int
    alternatives: tuple[tuple[str, str, int], ...]


class Weighing:
    """Reads the pool for one page at a time, and weighs beside the pages, which go on meanwhile."""

    def __init__(self, database: PagesDatabase) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    async def of_proposal(self, application_id: UUID, need_id: UUID, language: Language) -> Weighed | None:
        """What stands behind a proposal; None where matching does not know both any more."""
        return await self.weigh(lambda pool: _weigh(pool, application_id, need_id, language))

    async def weigh(self, how: Callable[[Pool], Found]) -> Found:
        """What somebody makes of the pool, which is nobody else's."""
        async with self._turn:
            async with self._database.within("matching") as connection:
                pool = await operations.read_weighing(connection)
            return await asyncio.to_thread(how, pool)


def _weigh(pool: Pool, application_id: UUID, need_id: UUID, language: Language) -> Weighed | None:
    try:
        near = operations.near(pool, need_id, _MOST_NEAR + 1)
        explanation = operations.explain(pool, application_id)
    except NotThere:
        return None
    pair = {"application_id": application_id, "need_id": need_id}
    outcome = operations.suppose(pool, Supposition.model_validate({"forbids": [pair]}))
    return Weighed(
        others=tuple(_other(pool, each) for each in near if each.candidate.application_id != application_id)[
            :_MOST_NEAR
        ],
        refusal=moves(pool, outcome, application_id),
        answered=len(outcome.no_longer_answered) - len(outcome.newly_answered),
        fit=outcome.before.fit - outcome.after.fit,
        alternatives=_alternatives(explanation, need_id, language),
    )


def moves(pool: Pool, outcome: Outcome, about: UUID | None = None) -> tuple[Elsewhere, ...]:
    """Who would be somewhere else, by names; the project that it is about first."""
    found = [
        Elsewhere(
            pool.candidates[move.application_id].project_title,
            pool.candidates[move.application_id].organisation_name,
            title_of(pool, move.before),
            title_of(pool, move.after),
            move.application_id == about,
        )
        for move in outcome.differences
    ]
    return tuple(sorted(found, key=lambda each: not each.is_this))


def title_of(pool: Pool, need_id: UUID | None) -> str | None:
    """What a need is called."""
    return None if need_id is None else pool.needs[need_id].document.content.title


def _other(pool: Pool, near: Near) -> Other:
    held = tuple(title for need_id in near.held_against if (title := title_of(pool, need_id)))
    return Other(near.candidate.project_title, near.candidate.organisation_name, near.fit.total, held)


def _alternatives(found: Explanation, need_id: UUID, language: Language) -> tuple[tuple[str, str, int], ...]:
    """The other needs that the project could answer, the nearest first: title, standing in words, points of fit."""
    return tuple(
        (each.need.document.content.title, standing_text(each, language), each.fit.total)
        for each in found.considerations
        if each.need.need_id != need_id and each.fit is not None
    )[:_MOST_NEAR]
