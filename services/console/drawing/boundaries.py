"""A map of areas by their own boundaries, where an operator has a file of these (GeoJSON, RFC 7946)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.message import Language
from libraries.chassis.settings import SettingsError, read_settings_file
from libraries.pages.tiles import AreaCounts

VARIABLE: Final = "ENGAGE_CONSOLE_BOUNDARIES_FILE"
_WIDTH: Final = 600
_MOST_BYTES: Final = 10_000_000
_MOST_POINTS: Final = 50_000
_SHADES: Final = (0, 1, 2, 4)
"""Up to how many needs an area has each shade; the number stands in it, so that no shade has to be read."""

Degrees: TypeAlias = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
# A third number would be a height.
Position: TypeAlias = Annotated[tuple[Degrees, ...], Field(min_length=2, max_length=3)]
Ring: TypeAlias = Annotated[tuple[Position, ...], Field(min_length=4, max_length=_MOST_POINTS)]


class _Given(BaseModel):
    """Others' files have more than is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Polygon(_Given):
    """One outline, with its holes after it."""

    type: Literal["Polygon"]
    coordinates: tuple[Ring, ...]

    @property
    def rings(self) -> tuple[Ring, ...]:
        """All its outlines."""
        return self.coordinates


class MultiPolygon(_Given):
    """Several outlines, each with its holes."""

    type: Literal["MultiPolygon"]
    coordinates: tuple[tuple[Ring, ...], ...]

    @property
    def rings(self) -> tuple[Ring, ...]:
        """All their outlines."""
        return tuple(ring for polygon in self.coordinates for ring in polygon)


class Properties(_Given):
    """Which area it is."""

    code: str = Field(max_length=100, description="The territory's code, as forms name it")


class Feature(_Given):
    """An area."""

    type: Literal["Feature"]
    properties: Properties
    geometry: Annotated[Polygon | MultiPolygon, Field(discriminator="type")]


class Collection(_Given):
    """All areas of a map, each once."""

    type: Literal["FeatureCollection"]
    features: tuple[Feature, ...] = Field(min_length=1, max_length=2_000)

    @model_validator(mode="after")
    def _check(self) -> Self:
        codes = [feature.properties.code for feature in self.features]
        if doubled := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"each area stands once; there are several of {', '.join(doubled)}")
        points = sum(len(ring) for feature in self.features for ring in feature.geometry.rings)
        if points > _MOST_POINTS:
            raise ValueError(f"has {points} points: simplify it to {_MOST_POINTS} or less")
        return self


@dataclass(frozen=True, slots=True)
class Outline:
    """An area as it is drawn: its path, and where its number stands."""

    path: str
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """All outlines by their codes, on a drawing of a width of 600 and this height."""

    outlines: Mapping[str, Outline]
    height: float


def read_boundaries(path: Path) -> Boundaries:
    """The boundaries of a file; raises SettingsError, which names the field and what would be right."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SettingsError(f"{VARIABLE}: {path} can't be read ({error.strerror})") from None
    if size > _MOST_BYTES:
        raise SettingsError(f"{VARIABLE}: {path} has {size} bytes: simplify it to {_MOST_BYTES} or less")
    return boundaries_of(read_settings_file(VARIABLE, path, Collection))


def boundaries_of(collection: Collection) -> Boundaries:
    """Boundaries on a plane: a city is small enough for degrees that are shortened by its latitude."""
    points = [position for feature in collection.features for ring in feature.geometry.rings for position in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    shortened = cos(radians((south + north) / 2))
    scale = _WIDTH / max((east - west) * shortened, 1e-9)

    def placed(position: Position) -> tuple[float, float]:
        return round((position[0] - west) * shortened * scale, 1), round((north - position[1]) * scale, 1)

    outlines = {}
    for feature in collection.features:
        rings = [_without_repeats([placed(position) for position in ring]) for ring in feature.geometry.rings]
        path = " ".join("M" + " L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
        outlines[feature.properties.code] = Outline(path, _middle(max(rings, key=lambda ring: abs(_area(ring)))))
    return Boundaries(outlines, round((north - south) * scale, 1))


def boundary_map(boundaries: Boundaries, areas: Sequence[AreaCounts], language: Language) -> Markup:
    """The map as SVG: each area shaded by its open needs, with their number; what has no boundary is in the table."""
    known = {area.code: area for area in areas}
    drawn, numbers = [], []
    for code, outline in boundaries.outlines.items():
        area = known.get(code)
        count = area.needs if area else 0
        shade = sum(count > step for step in _SHADES)
        title = (
            f"{area.label if area else code}\u00a0: {count}"
            if language == "fr"
            else f"{area.label if area else code}: {count}"
        )
        drawn.append(
            Markup('<path class="area area-{}" d="{}"><title>{}</title></path>').format(shade, outline.path, title)
        )
        if count:
            text = Markup('<text class="area-count area-count-{}" x="{:.1f}" y="{:.1f}">{}</text>')
            numbers.append(text.format(shade, *outline.at, count))
    return Markup(
        '<svg class="tiles" viewBox="-2 -2 {} {:.1f}" aria-hidden="true" focusable="false">{}{}</svg>'
    ).format(_WIDTH + 4, boundaries.height + 4, Markup().join(drawn), Markup().join(numbers))


def _without_repeats(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What falls onto the same tenth of a dot is one point: detailed files become small drawings."""
    return [point for place, point in enumerate(ring) if place == 0 or point != ring[place - 1]]


def _area(ring: Sequence[tuple[float, float]]) -> float:
    """Twice the area inside, with a sign (the shoelace formula)."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of an outline's area; of one without any, its first point."""
    area = _area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        part = ax * by - bx * ay
        x, y = x + (ax + bx) * part, y + (ay + by) * part
    return x / (3 * area), y / (3 * area)
