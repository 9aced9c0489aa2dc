"""A system whose data are kept: it goes on by the clock that it has lived by, and its pages open for who sits there."""

from __future__ import annotations

import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.rehearsing import Beginning, Rehearsal, going_on
from deploy.local.stack import Stack
from deploy.local.windows import open_pages
from deploy.roles import WITH_SCHEMA
from libraries.chassis.settings import SettingsError
from libraries.clocks.course import CourseFile

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
BEGINNING = Beginning(datetime(2026, 1, 6, 8, tzinfo=UTC), speed=86_400)


def test_what_is_kept_nowhere_or_not_yet_begins_as_it_is_asked_to(tmp_path: Path) -> None:
    for kept in (None, tmp_path / "not yet", tmp_path):
        assert going_on(BEGINNING, kept, NOW) == BEGINNING
        assert going_on(None, kept, NOW) is None


def test_a_rehearsal_that_is_stopped_goes_on_where_it_stood_with_the_same_words_or_with_none(tmp_path: Path) -> None:
    first = Rehearsal(BEGINNING, tmp_path)
    first.begin()
    stood = BEGINNING.at + timedelta(days=400)
    first.course.jump(stood)
    first.end()
    for asked in (BEGINNING, None):
        again = going_on(asked, tmp_path, NOW)
        assert again is not None
        assert again.speed == BEGINNING.speed
        rehearsal = Rehearsal(again, tmp_path)
        rehearsal.begin()
        assert rehearsal.course.course().is_paused, "nothing goes by while the services start"
        rehearsal.go_on()
        assert not rehearsal.course.course().is_paused
        assert rehearsal.course.now() - stood < timedelta(days=30), "a day a second, and this took no half a minute"
        assert CourseFile(rehearsal.clock).now() >= stood
        rehearsal.end()
        stood = rehearsal.course.now()


def test_a_later_beginning_is_a_jump(tmp_path: Path) -> None:
    Rehearsal(BEGINNING, tmp_path).begin()
    later = Beginning(BEGINNING.at + timedelta(days=900), is_paused=True)
    rehearsal = Rehearsal(later, tmp_path)
    rehearsal.begin()
    rehearsal.go_on()
    assert rehearsal.course.course().is_paused, "as it was asked to"
    assert rehearsal.course.now() == later.at


def test_what_has_lived_by_the_machines_time_goes_back_before_no_moment(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    with pytest.raises(SettingsError, match="begin no earlier than 2026-11-30"):
        going_on(BEGINNING, tmp_path, NOW)
    later = Beginning(NOW + timedelta(days=1))
    assert going_on(later, tmp_path, NOW) == later
    assert going_on(None, tmp_path, NOW) is None


def test_the_desk_opens_on_top_of_the_operators_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    stack = Stack(services=WITH_SCHEMA, directory=tmp_path)
    open_pages(stack)
    pages = [link.partition("/enter/")[0] for link in (stack.console_link(), stack.desk_link())]
    assert [address.partition("/enter/")[0] for address in opened] == pages
    assert len(set(pages)) == 2
