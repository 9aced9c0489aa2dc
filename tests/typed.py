"""What people type, for tests: as forms have it, and as services read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from contracts.typed import DeclaredPerson
from libraries.typed.people import ReadPerson, read_person
from libraries.typed.slip import Reading


def reached(declared: DeclaredPerson) -> ReadPerson:
    """A person as a service reads them, of whom everything can be read."""
    reading = Reading()
    read = read_person(declared, "person", reading)
    assert read is not None
    assert reading.asked == []
    return read


def typed_days(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form with days as a form has them: `2019-12-31`."""
    return {
        name: value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
        for name, value in fields.items()
    }
