"""Moments and speeds as people type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from deploy.local.rehearsing import Beginning
from libraries.chassis.settings import SettingsError
from libraries.clocks.course import FASTEST
from libraries.work_days.city import CITY

_MORNING: Final = time(9)
"""When a day begins of which nobody said the hour: people are at work, and write."""
_SECONDS: Final = {"s": 1, "min": 60, "h": 3_600, "hour": 3_600, "day": 86_400}
_SPEED: Final = re.compile(r"(?P<count>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>s|min|h|hour|day)s?/s")


def moment_of(text: str, option: str) -> datetime:
    """A day, which begins at nine on the wall of the city, or a moment; raises SettingsError."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.combine(date.fromisoformat(text), _MORNING, CITY.zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{option}: {text} is no date; write 2026-01-06 or 2026-01-06T14:30") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=CITY.zone)).astimezone(UTC)


def beginning_of(clock: str | None, speed: str | None) -> Beginning | None:
    """The rehearsal that `--clock` and `--speed` ask for, if any; raises SettingsError."""
    if clock is None:
        if speed is not None:
            raise SettingsError("--speed: only a rehearsal's time goes faster: add --clock 2026-01-06")
        return None
    at = moment_of(clock, "--clock")
    if speed == "0":
        return Beginning(at, is_paused=True)
    return Beginning(at, 1.0 if speed is None else speed_of(speed, "--speed"))


def speed_of(text: str, option: str) -> float:
    """How many seconds go by in one of the machine's, from words such as `1day/s`; raises SettingsError."""
    found = _SPEED.fullmatch(text.strip())
    speed = float(found["count"]) * _SECONDS[found["unit"]] if found else 0.0
    if not 0 < speed <= FASTEST:
        most = FASTEST // _SECONDS["day"]
        raise SettingsError(f"{option}: {text} is no speed; write 1day/s, 6h/s, 30min/s or 1s/s, at most {most}days/s")
    return speed
