"""A line of a minute of rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from services.console.watching.samples import SECONDS_SHOWN

_WIDTH: Final = 120
_HEIGHT: Final = 28


def spark(rates: Sequence[float]) -> Markup:
    """An area under rates, the last at the right; its scale is its own, so it says when, and the number how much."""
    shown = rates[-SECONDS_SHOWN:]
    top = max((*shown, 1.0))
    step = _WIDTH / (SECONDS_SHOWN - 1)
    left = _WIDTH - step * (len(shown) - 1)
    points = [(left + step * place, _HEIGHT - 2 - (_HEIGHT - 4) * rate / top) for place, rate in enumerate(shown)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{left:.1f},{_HEIGHT} {line} {_WIDTH},{_HEIGHT}" if points else ""
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<polygon points="{}"/><polyline points="{}"/></svg>'
    ).format(_WIDTH, _HEIGHT, area, line)
