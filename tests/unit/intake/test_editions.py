"""Editions: the files hold what is known and nothing else, and each form finds its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libraries.data_files import DataFileError, parse_data_file
from services.intake.editions import EDITIONS, Edition, EditionFile, Editions, read_edition_files
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


DRAFTS = ("contest-2026", "contest-2027")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("edition", "opens", "last"),
    [
        ("contest-2022", at("2022-01-03"), at("2022-01-28") - MOMENT),
        ("contest-2024", at("2024-01-08"), at("2024-02-08T18:00")),
        ("contest-2025", at("2025-01-07"), at("2025-01-31") - MOMENT),
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


def read(text: str, name: str = "tried.toml") -> Edition:
    return parse_data_file(text, f"editions/{name}", EditionFile).as_edition()


def edition_with(rule: str, *, opens: str = "2025-01-07", closes: str = "2025-01-30", name: str = "tried") -> str:
    return f"""
edition = "{name}"
version = 7
track = "contest"
window = {{ opens = {opens}, closes = {closes} }}
[[rules]]
id = "consent"
kind = "consent"
[[rules]]
{rule}
"""


INCOME = 'id = "income"\nkind = "income"\nmembers = false\nminimum_eur = 1\ncomparison = ">"'


def test_the_rules_version_names_edition_and_version() -> None:
    assert read(edition_with(INCOME)).rules_version == "tried@7"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('id = "x"\nkind = "astrology"\nmembers = false', r"rules\.1: .*astrology"),
        ('id = "x"\nkind = "existence"\nmembers = false\nyears = 3', r"rules\.1\.existence\.as_of: Field required"),
        ('id = "x"\nkind = "consent"\nloudly = true', r"rules\.1\.consent\.loudly: Unexpected"),
        (INCOME.replace(">", "<"), r"rules\.1\.income\.comparison: .*'>' or '>='.*, and is '<'"),
        (INCOME.replace("= 1", "= '1'"), r"rules\.1\.income\.minimum_eur: .*valid integer, and is '1'"),
        (INCOME.replace('"income"\nk', '"consent"\nk'), "two of its rules have the same id"),
    ],
)
def test_a_rule_that_is_none_is_refused_by_file_and_field(rule: str, said: str) -> None:
    with pytest.raises(DataFileError, match=r"editions/tried\.toml: .*" + said):
        read(edition_with(rule))


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("2025-01-30", "2025-01-07", r"window: .*closes before it opens"),
        ("2025-01-07", "2025-01-07T09:00:00+01:00", r"window\.closes: "),
        ("'7 January'", "2025-01-30", r"window\.opens: .*, and is '7 January'"),
        ("'2025-02-30'", "2025-03-30", r"window\.opens: "),
    ],
)
def test_a_window_that_is_none_is_refused_by_file_and_field(opens: str, closes: str, said: str) -> None:
    with pytest.raises(DataFileError, match=r"editions/tried\.toml: " + said):
        read(edition_with(INCOME, opens=opens, closes=closes))


def test_a_last_day_on_which_the_clocks_change_is_whole() -> None:
    edition = read(edition_with(INCOME, opens="2025-10-26", closes="2025-10-26"))
    assert edition.window is not None
    # It has 25 hours: from midnight at +02:00 to midnight at +01:00.
    assert edition.window.holds(datetime(2025, 10, 26, 22, 59, 59, tzinfo=UTC))
    assert not edition.window.holds(datetime(2025, 10, 26, 23, 0, tzinfo=UTC))


def test_windows_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="the windows of another and tried overlap"):
        Editions([read(edition_with(INCOME)), read(edition_with(INCOME, name="another"))])


def test_two_files_of_one_edition_are_refused() -> None:
    with pytest.raises(ValueError, match="two files describe the edition tried"):
        Editions([read(edition_with(INCOME)), read(edition_with(INCOME))])


def test_every_file_is_named_as_its_edition() -> None:
    named = {name: file.edition for name, file in read_edition_files().items()}
    assert named == {f"editions/{identifier}.toml": identifier for identifier in (*KNOWN, *DRAFTS)}


def test_a_draft_says_what_is_unknown_and_decides_nothing() -> None:
    drafts = {file.edition: file for file in read_edition_files().values() if file.draft}
    assert drafts.keys() == set(DRAFTS)
    assert all(draft.unknown for draft in drafts.values())
    assert EDITIONS.open_at("contest", at("2026-01-10")) is None
    assert EDITIONS.named("contest-2026") is None


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"{edition_with(INCOME)}".replace("version = 7", "version = 7\ndraft = true"), "a draft says in `unknown`"),
        ("edition = 'e'\nversion = 1\ntrack = 'contest'", "it has no rules"),
        (f"unknown = ['its rules']\n{edition_with(INCOME)}", "and no other edition does"),
    ],
)
def test_a_draft_without_what_is_unknown_and_an_edition_without_rules_are_refused(file: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said):
        read(file)
