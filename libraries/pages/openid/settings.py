"""What a service of pages reads of the provider at which people sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from structlog.typing import FilteringBoundLogger

from libraries.chassis.environment import EnvironmentSettings
from libraries.pages.openid.people_file import PeopleFile
from libraries.pages.openid.provider import Client
from libraries.pages.openid.transport import is_safe

COMES_BACK: str = "/sign-in/back"
"""Where the provider sends people back to."""
ENDS: str = "/sign-in/ended"
"""Where the provider says that sessions have ended there."""
_TOGETHER = ("oidc_client_id", "oidc_client_secret", "oidc_roles_file")


class OpenIDSettings(EnvironmentSettings):
    """Where people sign in, and who they are; nothing of it is set where they sign in by one-time links alone."""

    oidc_issuer: str | None = Field(
        default=None,
        description="The provider at which people sign in by OpenID Connect, as it writes itself, such as "
        "https://sso.city.example; without it people sign in by one-time links",
    )
    oidc_client_id: str | None = Field(default=None, min_length=1, description="Our id at the provider")
    oidc_client_secret: SecretStr | None = Field(default=None, min_length=1, description="Our secret at the provider")
    oidc_roles_file: Path | None = Field(
        default=None, description="TOML: who is let in, and as what; see docs/operate.md, “Sign in”"
    )
    oidc_scopes: str = Field(
        "openid profile email",
        pattern=r"^openid( [!#-\[\]-~]+)*$",
        description="What the provider is asked to tell of people",
    )
    oidc_name: str = Field("", max_length=60, description="What people call the provider, such as ProConnect")
    oidc_links: bool = Field(False, description="Whether one-time links are good beside the provider")

    @field_validator("oidc_issuer")
    @classmethod
    def _check_issuer(cls, value: str | None) -> str | None:
        if value is not None and not is_safe(value):
            raise ValueError("has to begin with https://, or with http:// on this machine")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        missing = [name for name in _TOGETHER if getattr(self, name) is None]
        if self.oidc_issuer is not None and missing:
            named = ", ".join(f"ENGAGE_{name.upper()}" for name in missing)
            raise ValueError(f"{named}: is not set, and ENGAGE_OIDC_ISSUER is")
        if self.oidc_issuer is None and len(missing) < len(_TOGETHER):
            raise ValueError("ENGAGE_OIDC_ISSUER: is not set, and other settings of the provider are")
        return self

    @property
    def links(self) -> bool:
        """Whether a one-time link signs somebody in."""
        return self.oidc_issuer is None or self.oidc_links

    def client(self, address: str) -> Client | None:
        """Who we are to the provider, at the address of a service of pages; None where there is no provider."""
        if self.oidc_issuer is None:
            return None
        assert self.oidc_client_id is not None
        assert self.oidc_client_secret is not None
        secret = self.oidc_client_secret.get_secret_value()
        return Client(self.oidc_issuer, self.oidc_client_id, secret, self.oidc_scopes, address + COMES_BACK)

    def people_file(self, log: FilteringBoundLogger) -> PeopleFile | None:
        """Who is let in, None where there is no provider; raises SettingsError for a file that can't be used."""
        return None if self.oidc_roles_file is None else PeopleFile(self.oidc_roles_file, log)
