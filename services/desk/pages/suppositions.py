"""What if: what would be decided with other places, a pin or a ban; computed beside matching, published nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Refused, one
from libraries.pages.reader import Reader
from libraries.pages.tiles import NeedOnMap, counted, tile_map
from services.desk.premises import Premises
from services.desk.weighing import Elsewhere, moves, title_of
from services.matching.answers.suppositions import Impossible, Supposition, suppose
from services.matching.pool.pool import Pool

_MOST_PLACES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Compared:
    """What is now beside what would be: who moves, needs answered more and no more, and totals by their names."""

    moved: tuple[Elsewhere, ...]
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]
    placed: tuple[int, int]
    equity: tuple[int, int]
    coverage: tuple[int, int]
    fit: tuple[int, int]
    changed: tuple[NeedOnMap, ...]


@dataclass(frozen=True, slots=True)
class _Choices:
    """The needs and the projects that somebody may choose from, by id and title."""

    needs: tuple[tuple[UUID, str], ...]
    projects: tuple[tuple[UUID, str], ...]


class Suppositions:
    """One page whose address holds what is supposed, so that it can be sent on; looking at it changes nothing."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/what-if", premises.shown(self._show, "head"), methods=["GET"])]

    async def _show(self, request: Request, reader: Reader) -> Response:
        asked = {name: [value] for name, value in request.query_params.items()}
        supposition = _supposed(asked)
        try:
            choices, found = await self._premises.weighing.weigh(lambda pool: _weigh(pool, supposition))
        except Impossible as error:
            raise Refused(
                422,
                "C’est impossible : il n’y a pas tant de places, ou une décision tient déjà ce projet ailleurs.",
                f"That can't be supposed: {error}.",
            ) from None
        values: dict[str, Any] = {
            "choices": choices,
            "compared": found,
            "asked": {name: one(asked, name, 100) for name in ("need", "places", "project", "for", "what")},
            "map": None,
        }
        if found is not None and found.changed:
            values["map"] = tile_map(counted(found.changed, reader.language), reader.language)
        return self._premises.rendering.page(reader, "suppositions.html", here="suppositions", **values)


def compared(pool: Pool, supposition: Supposition) -> Compared:
    """What would change under a supposition, by names; raises Impossible."""
    outcome = suppose(pool, supposition)
    changed = [pool.needs[each].document.content for each in (*outcome.newly_answered, *outcome.no_longer_answered)]
    return Compared(
        moved=moves(pool, outcome),
        answered=tuple(title_of(pool, need_id) or "" for need_id in outcome.newly_answered),
        unanswered=tuple(title_of(pool, need_id) or "" for need_id in outcome.no_longer_answered),
        placed=(outcome.placed_before, outcome.placed_after),
        equity=(outcome.before.equity, outcome.after.equity),
        coverage=(outcome.before.coverage, outcome.after.coverage),
        fit=(outcome.before.fit, outcome.after.fit),
        changed=tuple(NeedOnMap(it.coverage, it.salience, it.territories, it.capacity, 0) for it in changed),
    )


def _weigh(pool: Pool, supposition: Supposition | None) -> tuple[_Choices, Compared | None]:
    needs = [(need.need_id, need.document.content.title) for need in pool.needs.values() if need.state != "closed"]
    projects = [(each.application_id, each.project_title) for each in pool.candidates.values()]
    choices = _Choices(*(tuple(sorted(found, key=lambda each: each[1])) for found in (needs, projects)))
    return choices, None if supposition is None else compared(pool, supposition)


def _supposed(asked: dict[str, list[str]]) -> Supposition | None:
    """What an address supposes; None for nothing. Raises Refused for what can't be read."""
    supposed: dict[str, Any] = {}
    if need := one(asked, "need", 36):
        supposed["capacities"] = {_id(need): _places(one(asked, "places", 10))}
    if project := one(asked, "project", 36):
        pair = {"application_id": _id(project), "need_id": _id(one(asked, "for", 36))}
        supposed["pins" if one(asked, "what", 10) != "forbid" else "forbids"] = [pair]
    return Supposition.model_validate(supposed) if supposed else None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(
            422, "Choisissez le besoin et le projet dans les listes.", "Choose need and project from the lists."
        ) from None


def _places(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= _MOST_PLACES:
        return int(text)
    raise Refused(422, f"Places : un nombre de 0 à {_MOST_PLACES}.", f"Places: a number from 0 to {_MOST_PLACES}.")
