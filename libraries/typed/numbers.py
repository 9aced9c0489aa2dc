"""Numbers and days, as people and spreadsheets write them in French."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from libraries.folding import folded
from libraries.typed.slip import Slip, Typed, plain
from libraries.work_days.city import CITY

# Thousands by spaces, apostrophes, points or commas, each the same way; then a decimal comma or point.
_GROUPED: Final = re.compile(r"(-?\d{1,3}(?:([ '’.,])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,2}))?")
_PLAIN: Final = re.compile(r"(-?\d+)(?:[.,](\d+))?")
_UNIT: Final = re.compile(r"(?:(?:(k|m)\s?)?(?:€|eur|euros?)|ans?|annees?|years?|places?|projets?)\.?$")
_AMOUNTS: Final = {None: 1, "k": 1_000, "m": 1_000_000}

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:.*)?")
_NUMERIC: Final = re.compile(r"(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4})(?: \d{1,2}:.*)?")
_WORDS: Final = re.compile(
    r"(?:(?:le|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s)*"
    r"(\d{1,2})(?:er|st|nd|rd|th)?\s([a-z]+)\.?\s(\d{4})"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "aout aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}


def whole_number(typed: Typed, *, least: int, most: int) -> int | None:
    """A whole number within bounds: `85000`, `85000.00`, `85 000 €`, `85.000,00`, `85 k€`; None where nothing is typed.

    Raises Slip where it is none, has a part behind the comma, can be read in two ways (`85.000`), or lies outside.
    """
    if typed is None:
        return None
    if isinstance(typed, int):
        number = Decimal(typed)
    elif isinstance(typed, float):
        number = Decimal(repr(typed))
    else:
        written = folded(plain(typed)).replace("\u202f", " ").replace("\u00a0", " ")
        if not written:
            return None
        number = _number(written)
    if number != number.to_integral_value():
        raise Slip("number-not-whole")
    if not least <= number <= most:
        raise Slip("number-out-of-range", least=least, most=most)
    return int(number)


def required_number(typed: Typed, *, least: int, most: int) -> int:
    """Such a number where one has to be; raises Slip where none is, too."""
    number = whole_number(typed, least=least, most=most)
    if number is None:
        raise Slip("number-missing")
    return number


def _number(written: str) -> Decimal:
    # Before and behind an amount alike: `€ 85 000`, `85 000 EUR`.
    written = re.sub(r"^(?:€|eur(?:os?)?)\s?", "", written)
    unit = _UNIT.search(written)
    amount = _AMOUNTS[unit[1]] if unit else 1
    digits = re.sub(r"\s+", " ", written[: unit.start()] if unit else written).strip()
    if (found := _GROUPED.fullmatch(digits)) is not None:
        groups, separator, decimals = found.groups()
        # One point or comma before three digits parts thousands for some and decimals for others.
        if separator in ".," and decimals is None and groups.count(separator) == 1:
            raise Slip("number-unclear")
        return Decimal(f"{groups.replace(separator, '')}.{decimals or 0}") * amount
    if (found := _PLAIN.fullmatch(digits)) is not None:
        return Decimal(f"{found[1]}.{found[2] or 0}") * amount
    raise Slip("number-unclear")


def day(typed: Typed, *, first: date, last: date) -> date | None:
    """A day within bounds: `2019-12-31`, `31/12/2019`, `31 décembre 2019`, `1er mars 2015`; None where there is none.

    The day comes before the month, as it does in French, unless only the other order is a day at all. What a page made
    a moment of (`2019-12-30T23:00:00Z`) is the city's day that begins then. Raises Slip where it is none, lacks the
    century, or lies outside.
    """
    if typed is None or not (written := re.sub(r"\s+", " ", folded(plain(typed)))):
        return None
    found = _day_begun(written) or _day(written)
    if not first <= found <= last:
        raise Slip("day-out-of-range", first=first, last=last)
    return found


def _day_begun(written: str) -> date | None:
    """The day of the city whose first moment is written; None for any other moment, and for what is none."""
    try:
        moment = datetime.fromisoformat(written.upper())
        local = moment.astimezone(CITY.zone) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return local.date() if local is not None and local.time() == time() else None


def _day(written: str) -> date:
    orders: list[tuple[str | int, ...]] = []
    if found := _ISO.fullmatch(written):
        orders = [found.groups()]
    elif found := _NUMERIC.fullmatch(written):
        day_first, month, year = found.groups()
        orders = [(year, month, day_first), (year, day_first, month)]
    elif (found := _WORDS.fullmatch(written)) and found[2] in _MONTHS:
        orders = [(found[3], _MONTHS[found[2]], found[1])]
    for year, month, of_month in orders:
        try:
            return date(int(year), int(month), int(of_month))
        except ValueError:
            continue
    raise Slip("day-unclear")
