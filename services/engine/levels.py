"""What is compared level by level: one exact integer a value, a field a level, none of which reaches the next."""

from __future__ import annotations

from typing import Final, NamedTuple

_MOST_NEEDS: Final = 1 << 20
# A path visits each need once and counts two edges there, and every price is the length of a path.
_SUM_BITS: Final = (2 * _MOST_NEEDS).bit_length() + 1
_FIT_BITS: Final = 16
LOTTERY_BITS: Final = 40


class Levels(NamedTuple):
    """A value, or a difference of values, level by level: the first that differs decides.

    `coverage` in points of urgency, `kept` in published assignments, `fit` in points, `lottery` in tickets.
    """

    coverage: int = 0
    kept: int = 0
    fit: int = 0
    lottery: int = 0

    def plus(self, other: Levels, times: int = 1) -> Levels:
        """The sum of both, the other one counted so many times."""
        return Levels(*[mine + times * its for mine, its in zip(self, other, strict=True)])


_WIDTHS: Final = (_FIT_BITS + _SUM_BITS, 1 + _SUM_BITS, _FIT_BITS + _SUM_BITS, LOTTERY_BITS + _SUM_BITS)
_FIT_AT: Final = _WIDTHS[3]
_KEPT_AT: Final = _FIT_AT + _WIDTHS[2]
_COVERAGE_AT: Final = _KEPT_AT + _WIDTHS[1]


def pack(levels: Levels) -> int:
    """Levels as one integer, which compares and adds as they do.

    Each field is wide enough for the sum of a longest path among a million needs, so that no field can reach
    the next: this is the lexicographic order itself, not a weighting that stands in for it. Raises ValueError
    where a single value does not fit its field.
    """
    coverage, kept, fit, lottery = levels
    if not (abs(coverage) >> _FIT_BITS == abs(kept) >> 1 == abs(fit) >> _FIT_BITS == abs(lottery) >> LOTTERY_BITS == 0):
        raise ValueError(f"{levels} is out of range: points go to {(1 << _FIT_BITS) - 1}, kept is 0 or 1")
    return (coverage << _COVERAGE_AT) + (kept << _KEPT_AT) + (fit << _FIT_AT) + lottery


def unpack(value: int) -> Levels:
    """The levels of a packed value, of a price or of the length of a path."""
    lottery, value = _lowest(value, _WIDTHS[3])
    fit, value = _lowest(value, _WIDTHS[2])
    kept, coverage = _lowest(value, _WIDTHS[1])
    return Levels(coverage, kept, fit, lottery)


def _lowest(value: int, width: int) -> tuple[int, int]:
    """The lowest field, which may be negative, and what stands above it."""
    field = value & ((1 << width) - 1)
    if field >> (width - 1):
        field -= 1 << width
    return field, (value - field) >> width
