"""What a soak sends, and when it calls something flat."""

from __future__ import annotations

import pytest

from contracts.codec import peek_type
from tests.benchmarks.soak.__main__ import growth, is_flat
from tests.benchmarks.soak.traffic import CORRECTED_AFTER, WITHDRAWN_AFTER, step

SUBMITTED, WITHDRAWN = b"engage.application.submitted.v1", b"engage.application.withdrawal-requested.v1"


@pytest.mark.parametrize(
    ("number", "types"),
    [
        (100, [SUBMITTED]),
        (100 + CORRECTED_AFTER, [SUBMITTED, SUBMITTED]),
        (100 + WITHDRAWN_AFTER, [SUBMITTED, SUBMITTED, WITHDRAWN]),
    ],
)
def test_as_many_projects_go_as_come(number: int, types: list[bytes]) -> None:
    assert [peek_type(record.headers) for record in step(number, 100)] == types


def test_each_of_a_steps_records_has_an_id_and_a_project_of_its_own() -> None:
    records = step(1_000, 0)
    assert len({record.key for record in records}) == 3
    assert len({dict(record.headers)["ce_id"] for record in records}) == 3


def test_the_last_quarter_is_held_against_the_second() -> None:
    assert growth([200.0, 100.0, 100.0, 103.0]) == (100.0, 103.0)
    assert is_flat([200.0, 100.0, 100.0, 103.0], 4.0)
    assert not is_flat([100.0, 100.0, 120.0, 140.0], 4.0)


def test_a_course_that_oscillates_is_flat_and_one_that_climbs_is_not() -> None:
    assert is_flat([100.0, 110.0] * 40, 4.0)
    assert not is_flat([100.0 + minute for minute in range(80)], 4.0)
