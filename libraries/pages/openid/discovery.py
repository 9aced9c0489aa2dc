"""What a provider says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Described(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it is asked, and where browsers are sent."""
        ours = self.authorization_endpoint, self.token_endpoint, self.jwks_uri
        return (*ours, *(each for each in (self.userinfo_endpoint, self.end_session_endpoint) if each))
