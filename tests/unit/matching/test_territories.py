"""Territories: whose reach is what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libraries.data_files import DataFileError, parse_data_file
from libraries.places.territories import TERRITORIES, Territories
from services.matching.settings.territories import reach_of


def test_naming_nothing_is_the_whole_city_without_a_code() -> None:
    assert reach_of(()) == (frozenset(), True)


@pytest.mark.parametrize("code", ["marseille", "13055", "Marseille"])
def test_the_commune_is_the_whole_city_under_each_of_its_codes(code: str) -> None:
    assert reach_of((code,)) == (frozenset({"marseille"}), True)


def test_an_arrondissement_is_itself() -> None:
    assert reach_of(("13201", "13202")) == (frozenset({"13201", "13202"}), False)


def test_an_unknown_code_is_itself() -> None:
    assert reach_of(("QN01301M",)) == (frozenset({"qn01301m"}), False)


def test_a_zone_is_written_with_space_or_hyphen() -> None:
    assert reach_of(("Quartiers Nord",)) == reach_of(("quartiers-nord",)) == (frozenset({"quartiers-nord"}), False)


def test_what_a_zone_covers_is_not_invented() -> None:
    assert {zone.code: zone.arrondissements for zone in TERRITORIES.zones} == {
        "quartiers-nord": (),
        "centre-ville": (),
        "noyaux-villageois": (),
    }


def test_the_sixteen_arrondissements_are_known() -> None:
    assert [arrondissement.code for arrondissement in TERRITORIES.arrondissements] == [
        str(code) for code in range(13201, 13217)
    ]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        (
            {"zones": [{"code": "centre", "label_fr": "centre", "label_en": "centre", "arrondissements": ["75101"]}]},
            "territories.json: .*centre covers .*75101.*, which are no arrondissements",
        ),
        (
            {"zones": [{"code": "centre", "label_fr": "centre", "label_en": "centre"}]},
            "territories.json: zones.0.arrondissements: Field req",
        ),
        ({"quartiers": []}, "territories.json: quartiers: Extra"),
    ],
)
def test_a_wrong_file_and_its_field_are_named(changes: dict[str, Any], wrong: str) -> None:
    text = json.dumps({**TERRITORIES.model_dump(), **changes})
    with pytest.raises(DataFileError, match=wrong):
        parse_data_file(text, "territories.json", Territories)
