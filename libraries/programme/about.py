"""What a programme says of itself, in `programme.toml`."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from libraries.programme.programme import Identity, Sealed
from libraries.programme.running import programme


class InBoth(BaseModel):
    """Something in French and in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)

    def in_language(self, language: Literal["fr", "en"]) -> str:
        """The same in one language."""
        return self.fr if language == "fr" else self.en


class About(BaseModel):
    """The version of the whole, what it is called, and how texts name the city and say where something is done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    name: InBoth
    city: InBoth
    here: InBoth


ABOUT: Final = programme().read("programme.toml", About)
IDENTITY: Final = Identity(ABOUT.version, programme().digest)
"""By what this process's programme is known."""

SEALED: Final = Sealed(IDENTITY, programme().files)
"""This process's programme as it is put into force."""
