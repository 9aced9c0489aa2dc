"""What people paste in: ids, traces, numbers of organisations, lines of logs."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.journeys.asked import MOST_CHARACTERS, asked_in

APPLICATION = UUID("019ab0f0-5c00-7d2e-8f11-3a5b7c9d0e1f")
EVENT = UUID("01a227e4-474e-8ff6-88a9-225505da1f78")


@given(st.uuids(), st.sampled_from(["{}", " {} ", "id={}", '"{}"', "<{}>", "{},", "application {}."]))
def test_an_id_is_found_in_whatever_stands_around_it(identifier: UUID, around: str) -> None:
    assert asked_in(around.format(identifier)).ids == (identifier,)
    assert asked_in(around.format(str(identifier).upper())).ids == (identifier,)


def test_a_line_of_a_log_means_its_subject_first() -> None:
    line = f'{{"action":"consume","event_id":"{EVENT}","correlation_id":"{EVENT}","subject":"{APPLICATION}"}}'
    assert asked_in(line).ids == (APPLICATION, EVENT)


def test_a_trace_is_found_with_its_context() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    assert asked_in(trace).ids == (UUID(trace),)
    assert asked_in(f"00-{trace}-00f067aa0ba902b7-01").ids == (UUID(trace),)
    assert asked_in(f"7f-{trace}").ids == (), "the end of something else"
    assert asked_in(f"trace_id={trace}").ids == (UUID(trace),)


@pytest.mark.parametrize(
    ("text", "sirens", "rnas"),
    [
        ("732829320", ("732829320",), ()),
        ("732 829 320", ("732829320",), ()),
        ("73282932000074", ("732829320",), ()),
        ("732\u00a0829\u202f320", ("732829320",), ()),
        ("７３２８２９３２０", ("732829320",), ()),
        ("client 192.168.100.200", (), ()),
        ("w 131 234 567", (), ("W131234567",)),
        ("W133001234", (), ("W133001234",)),
        ("w9r4001234", (), ("W9R4001234",)),
        (str(APPLICATION), (), ()),
        ("12345", (), ()),
    ],
)
def test_numbers_of_organisations(text: str, sirens: tuple[str, ...], rnas: tuple[str, ...]) -> None:
    asked = asked_in(text)
    assert (asked.sirens, asked.rnas) == (sirens, rnas)


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    asked_in(text)


def test_of_a_long_text_the_beginning_counts() -> None:
    assert not asked_in("x" * MOST_CHARACTERS + str(APPLICATION))
