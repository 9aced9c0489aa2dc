"""An edition's file, and the words for moments and speeds: what is taken, and what is said of what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.needs import NeedDeclared
from deploy.rehearsal.edition import read_edition
from deploy.rehearsal.words import beginning_of, moment_of, speed_of
from libraries.chassis.settings import SettingsError
from libraries.data_files import DataFileError


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
    assert "forms.1.event" in str(error.value)
    assert "no form sends need.wished" in str(error.value)
    assert "need.declared" in str(error.value), "what would be right"
    assert "forms.2.data.need_id" in str(error.value)


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
