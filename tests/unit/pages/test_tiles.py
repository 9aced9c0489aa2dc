"""The map of tiles and what it counts."""

from __future__ import annotations

import re

from libraries.pages.tiles import NeedOnMap, counted, tile_map
from libraries.places.territories import TERRITORIES


def need(*territories: str, coverage: str = "uncovered", salience: str = "ordinary") -> NeedOnMap:
    return NeedOnMap(coverage, salience, territories, 2, 1)


def test_a_need_counts_once_in_each_of_its_areas() -> None:
    areas = {
        area.code: area
        for area in counted(
            [need("13213", "13213", "13214"), need("13213", coverage="poorly-covered", salience="pressing")], "fr"
        )
    }
    assert (areas["13213"].needs, areas["13213"].pressing, areas["13213"].places) == (2, 1, 4)
    assert areas["13214"].needs == 1
    assert areas["13201"].needs == 0


def test_what_lies_nowhere_in_particular_is_counted_apart() -> None:
    zone = next(zone for zone in TERRITORIES.zones if not zone.arrondissements)
    areas = {area.code: area.needs for area in counted([need("13055"), need(zone.code), need("QN01301M")], "en")}
    assert (areas["marseille"], areas[zone.code], areas["elsewhere"]) == (1, 1, 1)


def test_every_arrondissement_has_a_tile_of_its_own() -> None:
    drawn = tile_map(counted([need("13201")], "en"), "en")
    corners = re.findall(r'class="tile-ground" x="(\d+)" y="(\d+)"', drawn)
    assert len(corners) == len(set(corners)) == 16
    assert ">1st<" in drawn
    assert ">16th<" in drawn


def test_a_label_is_text_and_no_picture() -> None:
    areas = counted([need("13201")], "en")
    areas[0].label = "<script>"
    assert "<script>" not in tile_map(areas, "en")
