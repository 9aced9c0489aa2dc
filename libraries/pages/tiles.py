"""The sixteen arrondissements as tiles, about where they lie; drawn by us, from no map of anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

from contracts.message import Language
from libraries.places.territories import TERRITORIES

_PLACES: Final[Mapping[int, tuple[int, int]]] = {
    16: (0, 0), 15: (1, 0), 14: (2, 0), 13: (3, 0),
    2: (1, 1), 3: (2, 1), 4: (3, 1), 12: (4, 1),
    7: (1, 2), 1: (2, 2), 5: (3, 2), 11: (4, 2),
    8: (1, 3), 6: (2, 3), 10: (3, 3),
    9: (2, 4),
}  # fmt: skip
"""Column and row of each arrondissement: the north above, the sea on the left."""
_TILE: Final = 92
_GAP: Final = 6
_INSEE: Final = 13_200
_COVERAGES: Final = ("uncovered", "poorly-covered", "covered")
_WIDE: Final = 3
"""Tiles that lie nowhere in particular stand below the others, so many in a row."""
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class NeedOnMap:
    """An open need as a map counts it."""

    coverage: str
    salience: str
    territories: tuple[str, ...]
    capacity: int
    confirmed: int


@dataclass(slots=True)
class AreaCounts:
    """The open needs of an area: by coverage, how many are pressing, places, and confirmed projects."""

    code: str
    label: str
    uncovered: int = 0
    poorly_covered: int = 0
    covered: int = 0
    pressing: int = 0
    places: int = 0
    confirmed: int = 0

    @property
    def needs(self) -> int:
        """All of them."""
        return self.uncovered + self.poorly_covered + self.covered

    def count(self, need: NeedOnMap) -> None:
        """Counts one more need."""
        if need.coverage in _COVERAGES:
            name = need.coverage.replace("-", "_")
            setattr(self, name, getattr(self, name) + 1)
        self.pressing += need.salience == "pressing"
        self.places += need.capacity
        self.confirmed += need.confirmed


def counted(needs: Iterable[NeedOnMap], language: Language) -> list[AreaCounts]:
    """Needs by area: each arrondissement, the whole city, each zone of which nobody knows where it lies, and the rest.

    A need of several areas counts in each.
    """
    whole = TERRITORIES.whole_city
    contents = TERRITORIES.contents()
    areas = {_INSEE + number: AreaCounts(str(_INSEE + number), _ordinal(number, language)) for number in range(1, 17)}
    by_code = {area.code: area for area in areas.values()}
    city = AreaCounts(whole.code, "toute la ville" if language == "fr" else "the whole city")
    elsewhere = AreaCounts(ELSEWHERE, "autres quartiers" if language == "fr" else "other quarters")
    by_code |= dict.fromkeys((whole.code, *whole.also), city)
    zones = [AreaCounts(zone.code, zone.label_fr) for zone in TERRITORIES.zones if not zone.arrondissements]
    by_code |= {zone.code: zone for zone in zones}
    for need in needs:
        codes = [code for named in need.territories for code in (contents.get(named) or (named,))]
        for area in {id(found): found for found in (by_code.get(code, elsewhere) for code in codes)}.values():
            area.count(need)
    return [*areas.values(), city, *zones, *([elsewhere] if elsewhere.needs else [])]


def tile_map(areas: Sequence[AreaCounts], language: Language) -> Markup:
    """The tiles as SVG: how many open needs, a bar of how they are covered, and how many are pressing."""
    columns, rows = (max(place[axis] for place in _PLACES.values()) + 1 for axis in (0, 1))
    width, top = columns * (_TILE + _GAP) - _GAP, rows * (_TILE + _GAP) + _GAP
    placed = [area for area in areas if area.code.isdigit()]
    others = [area for area in areas if not area.code.isdigit() and area.needs]
    wide = (width - (_WIDE - 1) * _GAP) // _WIDE
    tiles = Markup().join(
        [
            *(_tile(area, *_corner(area), _TILE, language) for area in placed),
            *(
                _tile(area, place % _WIDE * (wide + _GAP), top + place // _WIDE * (_TILE + _GAP), wide, language)
                for place, area in enumerate(others)
            ),
        ]
    )
    height = top + -(-len(others) // _WIDE) * (_TILE + _GAP) - _GAP
    hatch = Markup(
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="3" height="6"/></pattern>'
    )
    return Markup(
        '<svg class="tiles" viewBox="0 0 {} {}" aria-hidden="true" focusable="false"><defs>{}</defs>{}</svg>'
    ).format(width, height, hatch, tiles)


def _corner(area: AreaCounts) -> tuple[int, int]:
    column, row = _PLACES[int(area.code) - _INSEE]
    return column * (_TILE + _GAP), row * (_TILE + _GAP)


def _tile(area: AreaCounts, x: int, y: int, width: int, language: Language) -> Markup:
    pressing = "prégnants" if language == "fr" else "pressing"
    said = Markup('<text class="tile-pressing" x="{}" y="{}">{} {}</text>').format(
        x + 10, y + 66, area.pressing, pressing
    )
    return Markup(
        '<g class="tile{}"><rect class="tile-ground" x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text class="tile-name" x="{}" y="{}">{}</text><text class="tile-count" x="{}" y="{}">{}</text>{}{}</g>'
    ).format(
        "" if area.needs else " tile-empty",
        x, y, width, _TILE,
        x + 10, y + 20, area.label,
        x + 10, y + 50, area.needs,
        said if area.pressing else "",
        _bar(area, x + 10, y + 74, width - 20),
    )  # fmt: skip


def _bar(area: AreaCounts, x: float, y: float, width: int) -> Markup:
    """How an area's needs are covered, in parts of one bar: full, hatched, and outlined."""
    parts = []
    for name, share in (
        ("uncovered", area.uncovered),
        ("poorly-covered", area.poorly_covered),
        ("covered", area.covered),
    ):
        if share:
            wide = width * share / area.needs
            part = Markup('<rect class="bar-{}" x="{:.1f}" y="{}" width="{:.1f}" height="9"/>')
            parts.append(part.format(escape(name), x, y, wide))
            x += wide
    return Markup().join(parts)


def _ordinal(number: int, language: Language) -> str:
    if language == "fr":
        return "1er" if number == 1 else f"{number}e"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    return f"{number}{ending}"


def need_on_map(said: Mapping[str, Any], confirmed: int) -> NeedOnMap:
    """A need as its last publication has it."""
    need = said["need"]
    return NeedOnMap(need["coverage"], need["salience"], tuple(need["territories"]), int(need["capacity"]), confirmed)
