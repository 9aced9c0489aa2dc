"""Editions: the files hold what is known and nothing else, and each form finds its own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.intake.editions import EDITIONS, Editions, parse_edition
from tests.unit.intake.forms import submitted

PARIS = ZoneInfo("Europe/Paris")
MOMENT = timedelta(microseconds=1)

# What is publicly known, as the project's facts state it: edition → kind of rule → parameters.
KNOWN: dict[str, dict[str, dict[str, Any]]] = {
    "contest-2018": {"income": {"minimum_eur": 100_000, "comparison": ">", "overseas_minimum_eur": None, "year": None}},
    "contest-2022": {
        "income": {"minimum_eur": 80_000, "comparison": ">", "overseas_minimum_eur": 50_000, "year": None}
    },
    "contest-2024": {
        "headquarters-in-france": {},
        "legal-form": {"allowed": ("association", "foundation", "endowment-fund", "esus-company"), "excluded": ()},
        "esus-approved-before": {"before": date(2024, 6, 27), "legal_forms": ("esus-company",)},
        "existence": {"years": 3, "as_of": date(2024, 6, 27)},
        "income": {"minimum_eur": 80_000, "comparison": ">=", "overseas_minimum_eur": None, "year": 2022},
    },
    "contest-2025": {
        "headquarters-in-france": {},
        "legal-form": {"allowed": None, "excluded": ("corporate-foundation",)},
        "esus-approved-before": {"before": date(2025, 6, 1), "legal_forms": ("esus-company",)},
        "existence": {"years": 3, "as_of": date(2025, 6, 1)},
        "income": {"minimum_eur": 80_000, "comparison": ">", "overseas_minimum_eur": None, "year": 2023},
        "never-laureate-since": {"year": 2014},
        "spread-within-years": {"years": 3, "overseas_exempt": True},
    },
    "contest-2026": {},
    "implantation-2024": {"laureate-required": {}},
}


@pytest.mark.parametrize("identifier", KNOWN)
def test_an_edition_holds_what_is_known_and_nothing_else(identifier: str) -> None:
    edition = EDITIONS.named(identifier)
    assert edition is not None
    rules = {
        rule.kind: {
            name: getattr(rule, name) for name in rule.__dataclass_fields__ if name not in {"id", "kind", "members"}
        }
        for rule in edition.rules
    }
    # Intake's own conditions, for every edition.
    assert rules.pop("consent") == {}
    assert rules.pop("identifiers-valid") == {}
    assert rules == KNOWN[identifier]


def test_there_are_no_other_editions() -> None:
    assert {edition.id for edition in EDITIONS} == set(KNOWN)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("edition", "opens", "last"),
    [
        ("contest-2022", at("2022-01-03"), at("2022-01-28") - MOMENT),
        ("contest-2024", at("2024-01-08"), at("2024-02-08T18:00")),
        ("contest-2025", at("2025-01-07"), at("2025-01-31") - MOMENT),
        ("contest-2026", at("2026-01-06"), at("2026-01-30") - MOMENT),
    ],
)
def test_a_window_holds_its_first_and_last_moment_and_not_those_beside(
    edition: str, opens: datetime, last: datetime
) -> None:
    inside = [EDITIONS.open_at("contest", moment.astimezone(UTC)) for moment in (opens, last)]
    assert [found.id if found else None for found in inside] == [edition, edition]
    for outside in (opens.astimezone(UTC) - MOMENT, last.astimezone(UTC) + MOMENT):
        assert EDITIONS.open_at("contest", outside) is None


def test_the_closing_hour_is_that_of_paris() -> None:
    # 17:30 UTC is 18:30 in Paris, half an hour too late.
    assert EDITIONS.open_at("contest", datetime(2024, 2, 8, 16, 30, tzinfo=UTC)) is not None
    assert EDITIONS.open_at("contest", datetime(2024, 2, 8, 17, 30, tzinfo=UTC)) is None


@pytest.mark.parametrize("year", [2024, 2025, 2040])
def test_implantation_stays_open_from_the_day_of_the_agreement(year: int) -> None:
    edition = EDITIONS.open_at("implantation", datetime(year, 12, 1, tzinfo=UTC))
    assert edition is not None
    assert edition.id == "implantation-2024"


def test_implantation_was_not_open_the_day_before() -> None:
    assert EDITIONS.open_at("implantation", at("2024-09-18T23:59")) is None
    assert EDITIONS.open_at("implantation", at("2024-09-19")) is not None


def test_an_edition_without_a_window_is_never_open() -> None:
    assert EDITIONS.named("contest-2018") is not None
    assert EDITIONS.open_at("contest", datetime(2018, 1, 15, tzinfo=UTC)) is None


def test_the_track_decides_too() -> None:
    assert EDITIONS.open_at("implantation", datetime(2024, 1, 20, tzinfo=UTC)) is None


def test_what_was_taken_can_be_sent_again_after_the_closing_date() -> None:
    late = submitted(submitted_at=datetime(2024, 6, 1, tzinfo=UTC))
    assert EDITIONS.of_form(late, known=None) is None
    assert EDITIONS.of_form(late, known=("contest", "none")) is None
    assert EDITIONS.of_form(late, known=("implantation", "implantation-2024")) is None
    found = EDITIONS.of_form(late, known=("contest", "contest-2024"))
    assert found is not None
    assert found.id == "contest-2024"


def content(identifier: str = "contest-2025") -> dict[str, Any]:
    text = (files("services.intake") / "editions" / f"{identifier}.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_the_rules_version_names_edition_and_version() -> None:
    assert parse_edition(content() | {"version": 7}).rules_version == "contest-2025@7"


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "x", "kind": "astrology", "members": False},
        {"id": "x", "kind": "existence", "members": False, "parameters": {"years": 3}},
        {"id": "x", "kind": "consent", "parameters": {"loudly": True}},
        {"id": "x", "kind": "income", "members": False, "parameters": {"minimum_eur": 1, "comparison": "<"}},
    ],
)
def test_a_rule_that_is_none_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse_edition(content() | {"rules": [rule]})


def test_a_window_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="closes before it opens"):
        parse_edition(content() | {"window": {"opens": "2025-01-30", "closes": "2025-01-07"}})


def test_windows_that_overlap_are_refused() -> None:
    other = parse_edition(content() | {"edition": "contest-2025-bis"})
    with pytest.raises(ValueError, match="overlap"):
        Editions([parse_edition(content()), other])


def test_two_rules_of_the_same_id_are_refused() -> None:
    rules = content()["rules"]
    with pytest.raises(ValueError, match="same id"):
        Editions([parse_edition(content() | {"rules": [*rules, rules[0]]})])
