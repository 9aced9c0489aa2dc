"""The map by boundaries: what a file must be, and what is drawn of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from libraries.chassis.settings import SettingsError
from libraries.pages.tiles import NeedOnMap, counted
from services.console.drawing.boundaries import boundary_map, read_boundaries


def square(code: str, west: float, south: float, *, side: float = 0.02) -> dict[str, Any]:
    corners = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": "de plus"},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def written(path: Path, *features: dict[str, Any], kind: str = "FeatureCollection") -> Path:
    file = path / "boundaries.json"
    file.write_text(json.dumps({"type": kind, "features": features, "crs": None}), encoding="utf-8")
    return file


def test_areas_lie_as_they_do_on_the_ground_with_their_needs(tmp_path: Path) -> None:
    boundaries = read_boundaries(written(tmp_path, square("13201", 5.36, 43.29), square("13202", 5.36, 43.31)))
    areas = counted([NeedOnMap("uncovered", "ordinary", ("13202",), 1, 0)] * 3, "fr")
    drawn = boundary_map(boundaries, areas, "fr")
    assert re.findall(r"<title>(.+?)</title>", drawn) == ["1er\u00a0: 0", "2e\u00a0: 3"]
    assert re.findall(r'class="area area-(\d)"', drawn) == ["0", "3"]
    ((count, y),) = [(each[1], float(each[0])) for each in re.findall(r'y="([\d.]+)">(\d+)<', drawn)]
    assert count == "3"
    assert y == pytest.approx(boundaries.height / 4, abs=0.2), "the north is above"


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude(tmp_path: Path) -> None:
    boundaries = read_boundaries(written(tmp_path, square("13201", 5.36, 43.29)))
    assert boundaries.height == pytest.approx(600 / 0.7277, rel=0.001)


def test_islands_and_holes_are_drawn(tmp_path: Path) -> None:
    feature = square("13207", 5.3, 43.2)
    rings = feature["geometry"]["coordinates"]
    feature["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [rings, square("x", 5.4, 43.2)["geometry"]["coordinates"]],
    }
    assert read_boundaries(written(tmp_path, feature)).outlines["13207"].path.count("Z") == 2


@pytest.mark.parametrize(
    ("features", "kind", "words"),
    [
        ([square("13201", 5.3, 43.2)] * 2, "FeatureCollection", "several of 13201"),
        ([], "FeatureCollection", "features"),
        ([square("13201", 5.3, 43.2)], "Feature", "type"),
        ([{**square("13201", 5.3, 43.2), "properties": {}}], "FeatureCollection", "code"),
        ([square("13201", 500.0, 43.2)], "FeatureCollection", "coordinates"),
        (
            [{**square("13201", 5.3, 43.2), "geometry": {"type": "Point", "coordinates": [5, 43]}}],
            "FeatureCollection",
            "geometry",
        ),
    ],
)
def test_what_can_not_be_drawn_is_refused_by_its_field(
    tmp_path: Path, features: list[dict[str, Any]], kind: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        read_boundaries(written(tmp_path, *features, kind=kind))
    assert "ENGAGE_CONSOLE_BOUNDARIES_FILE" in str(refused.value)


def test_what_is_not_there_or_too_detailed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        read_boundaries(tmp_path / "none.json")
    detailed = square("13201", 5.3, 43.2)
    detailed["geometry"]["coordinates"][0][1:1] = [[5.3 + step / 1e7, 43.2] for step in range(50_000)]
    with pytest.raises(SettingsError, match="50000"):
        read_boundaries(written(tmp_path, detailed))
