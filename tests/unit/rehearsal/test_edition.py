"""An edition's file, and the words for moments and speeds: what is taken, and what is said of what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.applications import ApplicationSubmitted
from contracts.needs import NeedDeclared
from deploy.rehearsal.edition import read_edition
from deploy.rehearsal.words import beginning_of, moment_of, speed_of
from libraries.chassis.settings import SettingsError
from libraries.data_files import DataFileError
from services.intake.cleaned_forms import clean_form


def test_the_shipped_edition_is_in_the_order_of_its_times() -> None:
    edition, planned = read_edition("small")
    assert [each.at for each in planned] == sorted(each.at for each in planned)
    first = planned[0].data
    assert isinstance(first, NeedDeclared)
    assert first.declared_at == planned[0].at, "a time that a form lacks is that of its sending"
    assert edition.until > planned[-1].at


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    form = '[[forms]]\nat = 2026-01-06T09:00:00Z\nevent = "{}"\ndata = {{}}\n'
    path.write_text("until = 2026-02-01T09:00:00Z\n" + form.format("need.wished") + form.format("need.closed"))
    with pytest.raises(DataFileError) as error:
        read_edition(str(path))
    assert "forms.0.event" in str(error.value)
    assert "no form sends need.wished" in str(error.value)
    assert "need.declared" in str(error.value), "what would be right"
    assert "forms.1.data.need_id: Field required (line 9)" in str(error.value)


def test_a_field_that_no_form_has_and_a_form_after_the_end_are_told_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "misspelt.toml"
    path.write_text(
        """until = 2026-02-01T09:00:00Z
[[forms]]
at = 2026-03-01T09:00:00Z
event = "application.submitted"
[forms.data]
application_id = "1f0a6c1e-0000-4000-8000-000000000021"
track = "implantation"
text_public = true
organisation = {nam = "Tremplin"}
project = {title = "Tremplin"}
lead = {person_id = "1f0a6c1e-0000-4000-8000-0000000000c1"}
"""
    )
    with pytest.raises(DataFileError) as error:
        read_edition(str(path))
    assert str(error.value).replace(f"{path}: ", "").splitlines() == [
        "forms.0.at: the edition ends before this form is sent; see `until` (line 3)",
        "forms.0.data.text_public: the form has no such field; did you mean texts_public? (line 8)",
        "forms.0.data.organisation.nam: the form has no such field; did you mean name? (line 9)",
    ]


def test_the_shipped_edition_lacks_nothing_but_the_consent_that_it_is_to_lack() -> None:
    _, planned = read_edition("small")
    asked = [
        [each.code for each in clean_form(form.data, form.at).asked]
        for form in planned
        if isinstance(form.data, ApplicationSubmitted)
    ]
    assert asked == [[], [], []]


def test_an_edition_that_is_not_there_is_told() -> None:
    with pytest.raises(DataFileError, match="no such file, nor a shipped edition"):
        read_edition("nothing")


def test_a_day_begins_at_nine_on_the_wall() -> None:
    assert moment_of("2026-01-06", "--clock") == datetime(2026, 1, 6, 8, tzinfo=UTC)
    assert moment_of("2026-07-01", "--clock") == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert moment_of("2026-01-06T14:30", "--clock") == datetime(2026, 1, 6, 13, 30, tzinfo=UTC)
    with pytest.raises(SettingsError, match="--clock: tomorrow is no date"):
        moment_of("tomorrow", "--clock")


@pytest.mark.parametrize(
    ("text", "seconds"), [("1day/s", 86_400), ("2 days/s", 172_800), ("6h/s", 21_600), ("1.5min/s", 90)]
)
def test_speeds(text: str, seconds: float) -> None:
    assert speed_of(text, "--speed") == seconds


@pytest.mark.parametrize("text", ["fast", "0h/s", "-1day/s", "11days/s", "1year/s", ""])
def test_what_is_no_speed_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match=r"--speed: .* is no speed; write 1day/s"):
        speed_of(text, "--speed")


def test_a_speed_without_a_clock_is_none_of_a_rehearsal() -> None:
    assert beginning_of(None, None) is None
    with pytest.raises(SettingsError, match="add --clock"):
        beginning_of(None, "1day/s")
    begins = beginning_of("2026-01-06", "0")
    assert begins is not None
    assert begins.is_paused
