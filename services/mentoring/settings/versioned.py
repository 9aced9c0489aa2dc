"""What every data file of the service has."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a data file: it has no field that we do not know, which would be a misspelt one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Versioned(Part):
    """A data file, whose version changes with its content: events name it where it decided something."""

    version: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
