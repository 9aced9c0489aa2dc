"""Times and days, as every message takes them: brought to UTC, and of years that every reader can count with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
"""Of what is said, in UTC: far from where Python (9999), PostgreSQL and an id's 48 bits of milliseconds end."""

LAST_DERIVED_YEAR: Final = 2199
"""Of what is counted on from there (an offer's end, a pair's, a report after three years): it has a century more, so
that no service fails at a time that it accepted."""

MOST_AHEAD: Final = timedelta(days=1)
"""How far the clock of a form may be ahead: a wrong time zone is told from a wrong year."""

FIRST_FOUNDING_YEAR: Final = 1800
"""Of an organisation's own past."""


def in_utc(time: datetime, last_year: int = LAST_YEAR) -> datetime:
    """The same moment in UTC.

    Raises ValueError, with what would be right, for a time without an offset or out of the years that are taken.
    """
    if time.tzinfo is not UTC:
        if time.tzinfo is None:
            raise PydanticCustomError("datetime_offset", "a time must name its offset from UTC, such as Z")
        try:
            time = time.astimezone(UTC)
        except OverflowError:  # on the first and the last day that Python knows
            raise _out_of_range(last_year) from None
    # After it was brought to UTC: the last hours of 2099 west of Greenwich are 2100 for every peer.
    if not FIRST_YEAR <= time.year <= last_year:
        raise _out_of_range(last_year)
    return time


def _out_of_range(last_year: int) -> PydanticCustomError:
    text = f"a time must lie between the years {FIRST_YEAR} and {last_year} in UTC"
    return PydanticCustomError("datetime_range", text)


def _derived_in_utc(time: datetime) -> datetime:
    return in_utc(time, LAST_DERIVED_YEAR)


class _Range:
    """Says the first and the last that is taken in the JSON Schema, which has no word of its own for times."""

    def __init__(self, first: str, last: str) -> None:
        self._bounds = {"formatMinimum": first, "formatMaximum": last}

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), **self._bounds}


def _times(last_year: int) -> _Range:
    return _Range(f"{FIRST_YEAR}-01-01T00:00:00Z", f"{last_year}-12-31T23:59:59.999999Z")


FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_LAST_DERIVED, FIRST_FOUNDING_DAY = date(LAST_DERIVED_YEAR, 12, 31), date(FIRST_FOUNDING_YEAR, 1, 1)

Moment = Annotated[datetime, AfterValidator(in_utc), _times(LAST_YEAR)]
"""When something happened or is to happen, as somebody said: in UTC, of the years 2000 to 2099."""

DerivedMoment = Annotated[datetime, AfterValidator(_derived_in_utc), _times(LAST_DERIVED_YEAR)]
"""A moment that a service counted from another: in UTC, of the years 2000 to 2199."""

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), _Range(str(FIRST_DAY), str(LAST_DAY))]
"""A day that somebody said, of the years 2000 to 2099."""

DerivedDay = Annotated[date, Field(ge=FIRST_DAY, le=_LAST_DERIVED), _Range(str(FIRST_DAY), str(_LAST_DERIVED))]
"""A day that a service counted from another day or from a moment, of the years 2000 to 2199."""

FoundingDay = Annotated[date, Field(ge=FIRST_FOUNDING_DAY, le=LAST_DAY), _Range(str(FIRST_FOUNDING_DAY), str(LAST_DAY))]
"""A day of an organisation's past, from 1800 on."""
