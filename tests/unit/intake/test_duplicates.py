"""Flags: what is raised, and when it is new."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.intake.duplicates import Flag, find_flags, holds_new, related_applications, standing_flags
from tests.unit.intake.forms import entry

FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_nothing_to_see_raises_no_flag() -> None:
    assert find_flags(entry().form, same_organisation=(), same_project=()) == ()


def test_the_same_organisation_and_the_same_project_are_flagged_with_the_others() -> None:
    flags = find_flags(entry().form, same_organisation=[SECOND, FIRST], same_project=[FIRST])
    assert flags == (
        Flag("same-organisation", "organisation", (FIRST, SECOND)),
        Flag("same-project", "project.title", (FIRST,)),
    )
    assert related_applications(flags) == (FIRST, SECOND)


@pytest.mark.parametrize("declared", [{"laureate": True}, {"laureate": None, "laureate_year": 2013}])
def test_an_earlier_laureate_is_flagged_in_the_contest(declared: dict[str, object]) -> None:
    flags = find_flags(entry(organisation_changes=declared).form, same_organisation=(), same_project=())
    assert [flag.code for flag in flags] == ["earlier-laureate"]


def test_a_laureate_is_not_flagged_where_only_laureates_apply() -> None:
    read = entry(
        track="implantation",
        submitted_at=datetime(2024, 10, 1, tzinfo=UTC),
        organisation_changes={"laureate": True},
    )
    assert find_flags(read.form, same_organisation=(), same_project=()) == ()


def test_an_organisation_without_siren_and_rna_is_flagged() -> None:
    flags = find_flags(entry(organisation_changes={"siret": None}).form, same_organisation=(), same_project=())
    assert [flag.code for flag in flags] == ["organisation-unidentified"]


def test_a_theme_and_a_public_that_no_need_can_name_are_flagged() -> None:
    changes = {"themes": ("Éducation", "no-such-theme", "ecologic transition"), "publics": ("Jeunesse", "martians")}
    flags = find_flags(entry(project=changes).form, same_organisation=(), same_project=())
    assert [(flag.code, flag.field, flag.values["nearest"]) for flag in flags] == [
        ("theme-unknown", "project.themes.1", None),
        ("theme-unknown", "project.themes.2", "ecological-transition"),
        ("public-unknown", "project.publics.1", None),
    ]
    assert standing_flags(flags) == "theme-unknown public-unknown"


def test_a_flag_is_new_by_its_code_and_by_each_application_it_names() -> None:
    one = standing_flags([Flag("same-project", "project.title", (FIRST,)), Flag("earlier-laureate", "x")])
    two = standing_flags([Flag("same-project", "project.title", (FIRST, SECOND))])
    assert one == f"same-project:{FIRST} earlier-laureate"
    assert holds_new(two, known=one)
    assert not holds_new(one, known=one)
    assert not holds_new("", known=one)
    assert holds_new(one, known="")
