"""What if: what would be decided with other places, a pin or a ban; computed beside matching, published nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.pages.tiles import NeedOnMap, counted, tile_map
from services.desk.pages.sides import COVERAGE, EQUITY, FIT, PLACED, Compared
from services.desk.premises import Premises
from services.desk.weighing import moves, title_of
from services.matching import operations as matching
from services.matching.answers.suppositions import Impossible, Supposition, suppose
from services.matching.pool.pool import Pool

_MOST_PLACES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Choices:
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
        supposition = supposition_in(asked)
        try:
            choices, found = await self._premises.weighing.weigh(
                lambda pool: (choices_of(pool), None if supposition is None else supposed(pool, supposition))
            )
        except Impossible as error:
            raise impossible(error) from None
        values: dict[str, Any] = {
            "choices": choices,
            "compared": found,
            "asked": {name: one(asked, name, 100) for name in ("need", "places", "project", "for", "what")},
            "map": await map_of(self._premises, found, reader),
        }
        return self._premises.rendering.page(reader, "suppositions.html", here="suppositions", **values)


def supposed(pool: Pool, supposition: Supposition) -> Compared:
    """What would change under a supposition, by names; raises Impossible."""
    outcome = suppose(pool, supposition)
    return Compared(
        moved=moves(pool, outcome),
        answered=tuple(title_of(pool, need_id) or "" for need_id in outcome.newly_answered),
        unanswered=tuple(title_of(pool, need_id) or "" for need_id in outcome.no_longer_answered),
        changed=(*outcome.newly_answered, *outcome.no_longer_answered),
        totals=(
            (PLACED, outcome.placed_before, outcome.placed_after),
            (EQUITY, outcome.before.equity, outcome.after.equity),
            (COVERAGE, outcome.before.coverage, outcome.after.coverage),
            (FIT, outcome.before.fit, outcome.after.fit),
        ),
    )


def impossible(error: Impossible) -> Refused:
    """What is wrong with a supposition, for who asked it."""
    return Refused(
        422,
        "C’est impossible\u00a0: il n’y a pas tant de places, ou une décision tient déjà ce projet ailleurs.",
        f"That can't be supposed: {error}.",
    )


async def map_of(premises: Premises, found: Compared | None, reader: Reader) -> Markup | None:
    """Where needs gain or lose their answer; None where none does."""
    if found is None or not found.changed:
        return None
    async with premises.database.within("matching") as connection:
        needs = {need.need_id: need.content for need in await matching.find_needs(connection, None)}
    changed = [needs[need_id] for need_id in found.changed if need_id in needs]
    shown = [NeedOnMap(it.coverage, it.salience, it.territories, it.capacity, 0) for it in changed]
    return tile_map(counted(shown, reader.language), reader.language)


def choices_of(pool: Pool) -> Choices:
    """What somebody may suppose something of."""
    needs = [(need.need_id, need.document.content.title) for need in pool.needs.values() if need.state != "closed"]
    projects = [(each.application_id, each.project_title) for each in pool.candidates.values()]
    return Choices(*(tuple(sorted(found, key=lambda each: each[1])) for found in (needs, projects)))


def supposition_in(asked: Fields, before: str = "", *, keep: bool = True) -> Supposition | None:
    """What an address supposes in the fields whose names begin so; None for nothing.

    Raises Refused for what can't be read.
    """
    given: dict[str, Any] = {} if keep else {"keep": False}
    if need := one(asked, f"{before}need", 36):
        given["capacities"] = {_id(need): _places(one(asked, f"{before}places", 10))}
    if project := one(asked, f"{before}project", 36):
        pair = {"application_id": _id(project), "need_id": _id(one(asked, f"{before}for", 36))}
        given["pins" if one(asked, f"{before}what", 10) != "forbid" else "forbids"] = [pair]
    return Supposition.model_validate(given) if given else None


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
    raise Refused(422, f"Places\u00a0: un nombre de 0 à {_MOST_PLACES}.", f"Places: a number from 0 to {_MOST_PLACES}.")
