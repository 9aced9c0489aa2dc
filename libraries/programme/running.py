"""The programme of this process: the one that `ENGAGE_PROGRAMME` names, or the shipped one; opened once."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libraries.programme.programme import Programme

_opened: list[Programme] = []


class ProgrammeSettings(BaseSettings):
    """Which programme a process has; under the prefix `ENGAGE_`."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", env_ignore_empty=True, frozen=True)

    programme: Path | None = Field(
        default=None,
        description="The directory of the programme; without it the shipped one, which is Marseille's. "
        "See docs/programme.md",
    )


def programme() -> Programme:
    """The programme of this process; raises DataFileError where its directory can't be used."""
    if not _opened:
        _opened.append(Programme(ProgrammeSettings().programme))
    return _opened[0]


def begin_with(chosen: Programme) -> None:
    """Makes a programme this process's own, before anything was read of another."""
    if _opened:
        raise RuntimeError("this process has a programme already: what was read of it would stay")
    _opened.append(chosen)
