"""Bars beside the rows of a table: the numbers are in the table, the bars let them be compared at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

_WIDTH: Final = 160
_HEIGHT: Final = 7
_GAP: Final = 2


def plots(rows: Sequence[Sequence[Any]], drawn: Sequence[int]) -> list[Markup]:
    """The bars of each row of a table, of the columns that are drawn, all on one scale; none where none is drawn."""
    values = [[_number(row[place]) for place in drawn] for row in rows] if drawn else []
    most = max((value for each in values for value in each), default=0.0)
    return [bars(each, most) for each in values]


def bars(values: Sequence[float], most: float) -> Markup:
    """A bar for each value, on a scale that ends at `most`; each kind of bar has its own colour and filling."""
    height = len(values) * (_HEIGHT + _GAP) - _GAP
    drawn = Markup().join(
        Markup('<rect class="bar-{}" x="0" y="{}" width="{:.1f}" height="{}"/>').format(
            place, place * (_HEIGHT + _GAP), _WIDTH * value / most if most else 0, _HEIGHT
        )
        for place, value in enumerate(values)
    )
    return Markup('<svg class="bars" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>').format(
        _WIDTH, height, drawn
    )


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
