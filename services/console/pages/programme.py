"""Programme: needs on the map, what a round left unmet and unplaced, rounds, pairs and obstacles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.reader import Reader
from libraries.pages.tiles import counted, need_on_map, tile_map
from services.console.drawing.boundaries import boundary_map
from services.console.premises import Premises
from services.journal import operations
from services.journal.operations import Filter

_MOST_NEEDS: Final = 2_000
_MOST_UNPLACED: Final = 1_000
_SHOWN: Final = 100
_ENDED: Final[Mapping[str, frozenset[str]]] = {
    "pairs": frozenset({"ended", "declined", "expired", "refused"}),
    "obstacles": frozenset({"lifted", "abandoned"}),
}


class Programme:
    """What the programme is about, out of the journal."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/programme", premises.shown(self._needs), methods=["GET"]),
            Route("/programme/rounds", premises.shown(self._rounds), methods=["GET"]),
            Route("/programme/pairs", premises.shown(self._pairs), methods=["GET"]),
            Route("/programme/obstacles", premises.shown(self._obstacles), methods=["GET"]),
        ]

    async def _needs(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within("journal") as connection:
            lines = await operations.list_lines(connection, "needs", Filter(limit=_MOST_NEEDS))
            published = await operations.last_words(connection, "need", "engage.need.published.v1", limit=_MOST_NEEDS)
        shown = [line for line in lines if line.state not in ("closed", "gone", None)]
        known = {said.id: said for said in published}
        areas = counted(
            [
                need_on_map(known[line.id].data, int(line.facts.get("confirmed", 0)))
                for line in shown
                if line.id in known
            ],
            reader.language,
        )
        boundaries = self._premises.boundaries
        values: dict[str, Any] = {
            "areas": areas,
            "map": tile_map(areas, reader.language)
            if boundaries is None
            else boundary_map(boundaries, areas, reader.language),
            "is_tiled": boundaries is None,
            "needs": shown,
            "here_too": "needs",
        }
        return self._premises.rendering.page(reader, "needs.html", here="programme", **values)

    async def _rounds(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within("journal") as connection:
            rounds = await operations.list_lines(connection, "rounds", Filter(limit=_SHOWN))
            completed = await operations.last_words(connection, "round", "engage.round.completed.v1", limit=_SHOWN)
            unmet = await operations.left_unmet(connection, rounds)
            unplaced = await operations.left_unplaced(connection)
        values: dict[str, Any] = {
            "rounds": rounds,
            "completed": {said.id: said for said in completed},
            "unmet": unmet[:_SHOWN],
            "unmet_count": len(unmet),
            "unplaced": unplaced[:_SHOWN],
            "unplaced_count": len(unplaced),
            "here_too": "rounds",
        }
        return self._premises.rendering.page(reader, "rounds.html", here="programme", **values)

    async def _pairs(self, request: Request, reader: Reader) -> Response:
        return await self._aged(request, reader, "pairs")

    async def _obstacles(self, request: Request, reader: Reader) -> Response:
        return await self._aged(request, reader, "obstacles")

    async def _aged(self, request: Request, reader: Reader, what: Any) -> Response:
        """Pairs or obstacles that are not over, those first that have stood for longest as they are."""
        async with self._premises.database.within("journal") as connection:
            lines = await operations.list_lines(connection, what, Filter(limit=_MOST_NEEDS))
        live = sorted((line for line in lines if line.state not in _ENDED[what]), key=lambda line: line.said_at)
        values: dict[str, Any] = {
            "lines": live[:_SHOWN],
            "count": len(live),
            "over": len(lines) - len(live),
            "here_too": what,
        }
        return self._premises.rendering.page(reader, f"{what}.html", here="programme", **values)
