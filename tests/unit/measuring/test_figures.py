"""What a benchmark's figure is: a median beside what is wanted of it."""

from __future__ import annotations

import pytest

from tests.benchmarks.chain.figures import FIGURES, Figure, Result, results


def test_the_median_of_the_runs_counts() -> None:
    (found,) = results([{"chain.rate": 2_100.0}, {"chain.rate": 900.0}, {"chain.rate": 2_000.0}])
    assert found.value == 2_000
    assert found.reached is True
    assert found.runs == (2_100, 900, 2_000)


def test_what_one_run_left_out_is_taken_from_the_others() -> None:
    rest, load = results([{"memory.load.intake": 150.0}, {"memory.rest.intake": 101.0}])
    assert (rest.figure.key, rest.reached) == ("memory.rest.intake", False)
    assert (load.figure.key, load.reached) == ("memory.load.intake", True)


def test_what_no_figure_describes_is_told() -> None:
    with pytest.raises(KeyError, match=r"no figure describes chain\.speed"):
        results([{"chain.rate": 1.0, "chain.speed": 1.0}])


def test_bounds_are_part_of_what_is_wanted() -> None:
    least, most = Figure("a", "a", at_least=15), Figure("b", "b", digits=2, at_most=1.1)
    assert [least.is_reached(15), least.is_reached(14.9)] == [True, False]
    assert [most.is_reached(1.1), most.is_reached(1.11)] == [True, False]
    assert (least.wanted, most.wanted) == ("≥ 15", "≤ 1.10")


def test_a_figure_without_a_bound_is_neither_reached_nor_missed() -> None:
    figure = Figure("c", "c")
    assert figure.wanted == ""
    assert Result(figure, (1.0,)).reached is None


def test_no_two_figures_share_a_key() -> None:
    keys = [figure.key for figure in FIGURES]
    assert len(keys) == len(set(keys))
