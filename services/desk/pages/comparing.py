"""Two rounds side by side: such as there were, such as would be now, and what holds today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from services.desk.pages.sides import Side, compared, side_of_pool, side_of_round
from services.desk.pages.suppositions import Choices, choices_of, impossible, map_of, supposition_in
from services.desk.premises import Premises
from services.journal import operations as journal
from services.journal.operations import Filter
from services.journal.reports.rounds import PastRound, read_round
from services.matching.answers.suppositions import Impossible
from services.matching.pool.pool import Pool

_SHOWN: Final = 100
_SIDES: Final = ("left", "right")
_NOW: Final = "now"
_ROUND: Final = "round"
_LIVE: Final = "implantation"
"""The track that today's proposals and a simulated round are of."""


class Comparing:
    """One page whose address holds both sides; looking at it changes nothing."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/rounds/compare", premises.shown(self._show, "head"), methods=["GET"])]

    async def _show(self, request: Request, reader: Reader) -> Response:
        asked = {name: [value] for name, value in request.query_params.items()}
        chosen = [one(asked, side, 36) for side in _SIDES]
        async with self._premises.database.within("journal") as connection:
            rounds = await journal.list_lines(connection, "rounds", Filter(limit=_SHOWN))
            past = {each: await read_round(connection, _id(each)) for each in chosen if each not in ("", _NOW, _ROUND)}
        try:
            choices, live = await self._premises.weighing.weigh(lambda pool: _live_sides(pool, asked))
        except Impossible as error:
            raise impossible(error) from None
        found = None
        if all(chosen):
            _check_tracks([_track(each, past) for each in chosen])
            left, right = (live.get(name) or _side_of(past[each]) for name, each in zip(_SIDES, chosen, strict=True))
            found = compared(left, right)
        names = ("need", "places", "project", "for", "what")
        values: dict[str, Any] = {
            "rounds": rounds,
            "choices": choices,
            "chosen": dict(zip(_SIDES, chosen, strict=True)),
            "asked": {f"{side}-{name}": one(asked, f"{side}-{name}", 100) for side in _SIDES for name in names},
            "compared": found,
            "map": await map_of(self._premises, found, reader),
        }
        return self._premises.rendering.page(reader, "compare.html", here="rounds", **values)


def _live_sides(pool: Pool, asked: Fields) -> tuple[Choices, Mapping[str, Side]]:
    """What may be supposed, and the sides that are of today; raises Impossible."""
    sides = {}
    for side in _SIDES:
        if one(asked, side, 36) == _NOW:
            sides[side] = side_of_pool(pool, None)
        elif one(asked, side, 36) == _ROUND:
            sides[side] = side_of_pool(pool, supposition_in(asked, f"{side}-", keep=False))
    return choices_of(pool), sides


def _side_of(past: PastRound | None) -> Side:
    if past is None:
        raise Refused(404, "Cette session n’est pas connue, ou plus.", "This round is not known, or not any more.")
    return side_of_round(past)


def _track(chosen: str, past: Mapping[str, PastRound | None]) -> str | None:
    if chosen in (_NOW, _ROUND):
        return _LIVE
    known = past.get(chosen)
    return None if known is None else known.track


def _check_tracks(tracks: list[str | None]) -> None:
    if None not in tracks and len(set(tracks)) > 1:
        raise Refused(
            422,
            "Choisissez deux sessions du même volet\u00a0: l’une est du concours, l’autre de l’implantation.",
            "Choose two rounds of one track: one is of the contest, the other of implantation.",
        )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(422, "Choisissez les deux côtés dans les listes.", "Choose both sides from the lists.") from None
