"""The City's services that lift obstacles: what they are called, and where mail reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator

from contracts.message import Code, Language
from libraries.programme.running import programme
from libraries.typed.addresses import AddressError, destination_of
from services.notifications.people import Correspondent


class CityService(BaseModel):
    """A service as `city_services.toml` lists it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="How mail addresses it")
    email: str = Field(description="Where mail about obstacles reaches it")
    language: Language = Field(default="fr", description="The language of mail to it")

    @field_validator("email")
    @classmethod
    def _check_email(cls, value: str) -> str:
        try:
            destination_of(value)
        except AddressError:
            raise ValueError("is no e-mail address") from None
        return value

    @property
    def correspondent(self) -> Correspondent:
        """The service as a mail names it."""
        return Correspondent(self.name, self.email)


class CityServicesFile(RootModel[dict[Code, CityService]]):
    """What the file holds: each service by its code, as obstacles name it."""


CITY_SERVICES: Final[Mapping[str, CityService]] = programme().read("city_services.toml", CityServicesFile).root
