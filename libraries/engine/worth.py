"""What is compared level by level: one exact integer a value, a field a level, none of which reaches the next."""

from __future__ import annotations

from typing import Final, NamedTuple

_MOST_HOSTS: Final = 1 << 20
# A path visits each host once and counts two edges there, and every price is the length of a path.
_SUM_BITS: Final = (2 * _MOST_HOSTS).bit_length() + 1
# Points of fit go to 1,000 and of urgency to some dozens; 16 bits leave room for other rules.
_FIT_BITS: Final = 16
# Wide, for two that are equal in all else and draw alike leave the optimum to the order of arrival.
LOTTERY_BITS: Final = 40


class Worth(NamedTuple):
    """A value, or a difference of values, level by level: the first that differs decides.

    `equity` in places that a group of hosts is to fill at least, `coverage` in points of urgency, `kept` in
    published assignments, `fit` in points, `lottery` in tickets.
    """

    equity: int = 0
    coverage: int = 0
    kept: int = 0
    fit: int = 0
    lottery: int = 0

    def plus(self, other: Worth, times: int = 1) -> Worth:
        """The sum of both, the other one counted so many times."""
        return Worth(*[mine + times * its for mine, its in zip(self, other, strict=True)])


_WIDTHS: Final = Worth(*[bits + _SUM_BITS for bits in (1, _FIT_BITS, 1, _FIT_BITS, LOTTERY_BITS)])
_FIT_AT: Final = _WIDTHS.lottery
_KEPT_AT: Final = _FIT_AT + _WIDTHS.fit
_COVERAGE_AT: Final = _KEPT_AT + _WIDTHS.kept
_EQUITY_AT: Final = _COVERAGE_AT + _WIDTHS.coverage


def pack(levels: Worth) -> int:
    """Worth as one integer, which compares and adds as they do.

    Each field is wide enough for the sum of a longest path among a million hosts, so that no field can reach
    the next: this is the lexicographic order itself, not a weighting that stands in for it. Raises ValueError
    where a single value does not fit its field.
    """
    equity, coverage, kept, fit, lottery = levels
    if (abs(equity) | abs(kept)) >> 1 or (abs(coverage) | abs(fit)) >> _FIT_BITS or abs(lottery) >> LOTTERY_BITS:
        raise ValueError(f"{levels} is out of range: points go to {(1 << _FIT_BITS) - 1}, equity and kept are 0 or 1")
    return (equity << _EQUITY_AT) + (coverage << _COVERAGE_AT) + (kept << _KEPT_AT) + (fit << _FIT_AT) + lottery


def unpack(value: int) -> Worth:
    """The levels of a packed value, of a price or of the length of a path."""
    lottery, value = _lowest(value, _WIDTHS.lottery)
    fit, value = _lowest(value, _WIDTHS.fit)
    kept, value = _lowest(value, _WIDTHS.kept)
    coverage, equity = _lowest(value, _WIDTHS.coverage)
    return Worth(equity, coverage, kept, fit, lottery)


def _lowest(value: int, width: int) -> tuple[int, int]:
    """The lowest field, which may be negative, and what stands above it."""
    field = value & ((1 << width) - 1)
    if field >> (width - 1):
        field -= 1 << width
    return field, (value - field) >> width
