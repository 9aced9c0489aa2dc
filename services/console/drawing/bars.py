"""Bars beside the rows of a table: the numbers are in the table, the bars let them be compared at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

_WIDTH: Final = 160
_HEIGHT: Final = 7
_GAP: Final = 2


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
