"""The programme as its head sees it: how needs are covered, and what is left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.reader import Reader
from libraries.pages.tiles import NeedOnMap, counted, tile_map
from services.desk.premises import Premises
from services.journal import operations as journal
from services.journal.operations import Filter
from services.matching import operations as matching
from services.matching.operations import RegisteredNeed

_SHOWN: Final = 100


class Register:
    """The register of needs as a whole, on a map and by theme, and what the last rounds left over."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/programme", premises.shown(self._covered, "head"), methods=["GET"]),
        ]

    async def _covered(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within("matching") as connection:
            needs = [need for need in await matching.find_needs(connection, None) if need.state != "closed"]
        async with self._premises.database.within("journal") as connection:
            lines = await journal.list_lines(connection, "needs", Filter())
            rounds = await journal.list_lines(connection, "rounds", Filter(limit=_SHOWN))
            unmet = await journal.left_unmet(connection, rounds)
            unplaced = await journal.left_unplaced(connection)
        confirmed = {line.id: int(line.facts.get("confirmed", 0)) for line in lines}
        areas = counted([on_map(need, confirmed.get(need.need_id, 0)) for need in needs], reader.language)
        values: dict[str, Any] = {
            "needs": needs,
            "areas": areas,
            "map": tile_map(areas, reader.language),
            "themes": by_theme(needs, confirmed),
            "unmet": unmet[:_SHOWN],
            "unmet_count": len(unmet),
            "unplaced": unplaced[:_SHOWN],
            "unplaced_count": len(unplaced),
            "here_too": "covered",
        }
        return self._premises.rendering.page(reader, "register.html", here="register", **values)


def on_map(need: RegisteredNeed, confirmed: int) -> NeedOnMap:
    """A need of the register as a map counts it."""
    content = need.content
    return NeedOnMap(content.coverage, content.salience, content.territories, content.capacity, confirmed)


def by_theme(needs: Iterable[RegisteredNeed], confirmed: Mapping[UUID, int]) -> list[tuple[str, Counter[str]]]:
    """How needs are covered by theme, the most needs first; a need of several themes counts in each."""
    found: dict[str, Counter[str]] = {}
    for need in needs:
        for theme in need.content.themes:
            counts = found.setdefault(theme, Counter())
            counts.update(("needs", need.content.coverage, need.content.salience))
            counts["places"] += need.content.capacity
            counts["confirmed"] += confirmed.get(need.need_id, 0)
    return sorted(found.items(), key=lambda each: (-each[1]["needs"], each[0]))
