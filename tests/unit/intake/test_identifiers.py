"""Identifiers: cleaned, checked, and held against each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from contracts.declared import DeclaredOrganisation
from services.intake.identifiers import (
    Defect,
    Identifiers,
    clean,
    clean_number,
    identify,
    is_overseas,
    is_siren,
    is_siret,
)

SOILS = st.sampled_from(["{}", " {} ", "\u00a0{}\u202f", "{}.0", "{}.0 ", "\ufeff{}", "\u200b{}"])


def declared(**identifiers: Any) -> DeclaredOrganisation:
    return DeclaredOrganisation(name="Les Jardins", **identifiers)


@given(st.text("0123456789", min_size=9, max_size=14))
def test_luhn_s_check_is_that_of_the_library(number: str) -> None:
    siren, siret = number[:9], number.rjust(14, "1")
    assert is_siren(siren) is (luhn.is_valid(siren) and siren != "000000000")
    assert is_siret(siret) is (luhn.is_valid(siret) and is_siren(siret[:9]))
    right = number[:8] + luhn.calc_check_digit(number[:8])
    assert is_siren(right) is (right != "000000000")


@pytest.mark.parametrize("number", ["73282932000074", "82904011200031", "35600000000048", "35600000049837"])
def test_these_sirets_are_valid(number: str) -> None:
    assert is_siret(number)


@pytest.mark.parametrize(
    "number",
    [
        "73282932000079",  # Luhn fails
        "35600000049838",  # La Poste: the sum is no multiple of five
        "7328293200007",
        "732829320000740",
        "7328293200007A",
        "٧٣٢٨٢٩٣٢٠٠٠٠٧٤",  # digits, but not ours
        "00000000000000",
    ],
)
def test_these_sirets_are_not(number: str) -> None:
    assert not is_siret(number)


def test_la_poste_is_excused_from_luhn_and_nobody_else() -> None:
    # Its digits sum to 55, a multiple of five, and fail Luhn's check.
    assert sum(map(int, "35600000049837")) % 5 == 0
    assert identify(declared(siret="356 000 000 49837")).siret == "35600000049837"


@pytest.mark.parametrize(("number", "valid"), [("732829320", True), ("732829321", False), ("000000000", False)])
def test_a_siren_passes_luhn(number: str, valid: bool) -> None:
    assert is_siren(number) is valid


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("732 829 320", "732829320"),
        ("732.829.320", "732829320"),
        ("732\u00a0829\u202f320", "732829320"),
        ("732829320.0", "732829320"),
        (" 732829320.0\n", "732829320"),
        ("123.456.000", "123456000"),  # the last group is no decimal
        ("5580501", "005580501"),  # two zeros lost
        ("12", "12"),  # too short to be a mangled number
    ],
)
def test_a_number_is_cleaned(typed: str, cleaned: str) -> None:
    assert clean_number(typed, length=9) == cleaned


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) in (once, ""), "without its points N.A is nothing"
    number = clean_number(text, length=14)
    assert clean_number(number, length=14) in (number, "")


@given(st.integers(1, 10**9 - 1), SOILS)
def test_no_soil_and_no_lost_zero_changes_a_number(value: int, soil: str) -> None:
    number = f"{value:09}"
    without_zeros = str(value) if value >= 10**5 else number
    assert clean_number(soil.format(number), length=9) == number
    assert clean_number(soil.format(without_zeros), length=9) == number


def test_the_siren_is_inferred_from_the_siret() -> None:
    assert identify(declared(siret="732 829 320 00074")) == Identifiers(
        siren="732829320", siret="73282932000074", siren_inferred=True
    )


def test_a_declared_siren_is_not_inferred() -> None:
    assert not identify(declared(siren="732829320", siret="73282932000074")).siren_inferred


def test_a_siren_that_only_begins_like_the_siret_is_not_taken_for_it() -> None:
    assert identify(declared(siren="7328293", siret="73282932000074")).defects == (Defect("siren-invalid", "siren"),)


def test_siren_and_siret_must_agree() -> None:
    identifiers = identify(declared(siren="829040112", siret="73282932000074"))
    assert identifiers.defects == (Defect("siren-siret-disagree", "siret"),)
    assert identifiers.siren == "829040112"


def test_each_wrong_identifier_is_named_and_none_of_them_kept() -> None:
    identifiers = identify(declared(siren="732829321", siret="73282932000079", rna="X123", commune="Nulle-Part"))
    assert {defect.code for defect in identifiers.defects} == {
        "siren-invalid",
        "siret-invalid",
        "rna-invalid",
        "commune-unknown",
    }
    assert identifiers[:4] == (None, None, None, None)


def test_what_is_blank_is_absent() -> None:
    assert identify(declared(siren=" ", siret="\u00a0", rna=".", commune="")) == Identifiers()


@pytest.mark.parametrize("rna", ["W9P1002760", "w9p1002760", "W9P 1002 760", "W751212517"])
def test_an_rna_may_hold_letters(rna: str) -> None:
    assert identify(declared(rna=rna)).rna == rna.replace(" ", "").upper()


@pytest.mark.parametrize(("commune", "code"), [("1053", "01053"), ("2a004", "2A004"), ("13055.0", "13055")])
def test_a_commune_is_cleaned(commune: str, code: str) -> None:
    assert identify(declared(commune=commune)).commune == code


@pytest.mark.parametrize(("commune", "overseas"), [("97411", True), ("98818", True), ("13055", False)])
def test_overseas_communes_begin_with_97_or_98(commune: str, overseas: bool) -> None:
    assert is_overseas(commune) is overseas


@pytest.mark.parametrize(
    ("identifiers", "keys", "by"),
    [
        (Identifiers(siren="732829320", rna="W9P1002760"), ("siren:732829320", "rna:W9P1002760"), "siren"),
        (Identifiers(rna="W9P1002760"), ("rna:W9P1002760",), "rna"),
        (
            Identifiers(siren="732829320", commune="13203"),
            ("siren:732829320", "name:l ecole d apres@13055"),
            "siren",
        ),
        (Identifiers(commune="13055"), ("name:l ecole d apres@13055",), "name-and-commune"),
        (Identifiers(), ("name:l ecole d apres@",), "name-and-commune"),
    ],
)
def test_an_organisation_is_known_by_all_that_it_ever_gave(
    identifiers: Identifiers, keys: tuple[str, ...], by: str
) -> None:
    assert identifiers.keys("L'École d’après !") == keys
    assert identifiers.identified_by == by
