"""What was probably meant by a code or a place that nobody knows, and how that is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.nearest import nearest
from libraries.places.territories import TERRITORIES, Territories, territory
from libraries.typed.slip import Asked, Slip
from libraries.typed.words import SLIPS, reasons_of
from libraries.vocabularies import remarks
from libraries.vocabularies.remarks import nearest_code, unknown, unknown_among
from libraries.vocabularies.vocabularies import VOCABULARIES

DAY = date(2025, 1, 10)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("youth-employement", "youth-employment"),
        ("Educaton", "education"),
        ("ecologic transition", "ecological-transition"),
        ("acces au logment", "housing"),
        ("Permaculture", None),
        ("x" * 100_000, None),
    ],
)
def test_the_nearest_theme(typed: str, found: str | None) -> None:
    assert nearest_code(typed, "themes", on=DAY) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [("13299", "13209"), ("quartier nord", "quartiers-nord"), ("centre vile", "centre-ville"), ("La Ciotat", None)],
)
def test_a_place_that_nobody_knows_is_asked_back_with_the_nearest(typed: str, found: str | None) -> None:
    with pytest.raises(Slip) as raised:
        territory(typed)
    assert (raised.value.code, raised.value.values) == ("territory-unknown", {"nearest": found})


def test_each_unknown_code_is_named_by_its_place_in_the_form() -> None:
    typed = ["Éducation", "", None, "educaton", "!?", "Permaculture"]
    assert unknown_among(typed, "project.themes", "theme-unknown", on=DAY, most=20) == [
        Asked("theme-unknown", "project.themes.3", {"nearest": "education"}),
        Asked("theme-unknown", "project.themes.5", {"nearest": None}),
    ]
    assert unknown("inclusive city", "strategic_axis", "strategic-axis-unknown", on=DAY) == [
        Asked("strategic-axis-unknown", "strategic_axis", {"nearest": "inclusive"})
    ]
    assert unknown("Direction de la santé", "directorate", "directorate-unknown", on=DAY) == []


def test_a_place_outside_of_its_days_is_said_with_the_nearest_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    places = TERRITORIES.model_dump()
    places["zones"][0]["valid_until"] = date(2024, 12, 31)
    monkeypatch.setattr(remarks, "TERRITORIES", Territories.model_validate(places))
    typed = ["quartiers Nord", "centre-ville", "QN01304M", "Atlantis"]
    assert unknown_among(typed, "territories", "territory-out-of-date", on=date(2024, 12, 31), most=50) == []
    nearest_code.cache_clear()
    try:
        (said,) = unknown_among(typed, "territories", "territory-out-of-date", on=DAY, most=50)
    finally:
        nearest_code.cache_clear()
    assert said == Asked("territory-out-of-date", "territories.0", {"nearest": None})


def test_the_nearest_is_said_with_its_name_and_nothing_of_what_was_typed() -> None:
    typed = "educaton de Camille Canari"
    (near,) = reasons_of(unknown("educaton", "themes.0", "theme-unknown", on=DAY))
    assert near.nearest == "education"
    assert near.fr == f"{SLIPS.slips['theme-unknown'].fr} Le plus proche qui existe : Éducation pour tous (education)."
    assert near.en == f"{SLIPS.slips['theme-unknown'].en} The nearest that there is: Education for all (education)."
    (far,) = reasons_of(unknown(typed, "themes.0", "theme-unknown", on=DAY))
    assert far.nearest is None
    assert "anari" not in far.fr + far.en


@given(st.sampled_from([(code, name) for code, term in VOCABULARIES.themes.items() for name in term.names(code)]))
def test_a_name_is_nearest_to_itself(known: tuple[str, str]) -> None:
    code, name = known
    assert nearest_code(name, "themes", on=DAY) == code


@given(st.text(max_size=200), st.dictionaries(st.text(min_size=1), st.lists(st.text(), max_size=3), max_size=5))
def test_whatever_is_written_one_of_the_known_is_named_or_none(written: str, names: dict[str, list[str]]) -> None:
    assert nearest(written, names) in {None, *names}
