"""Settings of the HTTP door, from the environment."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, SecretStr, field_validator

from contracts.message import Code
from libraries.chassis.environment import EnvironmentSettings
from services.intake.door.signature import secret_bytes


class DoorSettings(EnvironmentSettings):
    """Which forms may come in over HTTP, and how; each under the prefix `ENGAGE_`."""

    door_secrets: dict[Code, tuple[SecretStr, ...]] = Field(
        default_factory=dict,
        description='JSON: the secrets of each form, such as {"city-form": ["whsec_…"]}; two while they change',
    )
    door_tolerance_seconds: int = Field(
        300, ge=10, le=3_600, description="How far a message's timestamp may lie from the clock"
    )
    door_body_bytes: int = Field(1_000_000, ge=10_000, le=10_000_000, description="The largest body that is read")
    door_memory_days: int = Field(
        90, ge=1, le=3_650, description="For how long a message that is sent again has no second effect"
    )

    @field_validator("door_secrets")
    @classmethod
    def _check_secrets(cls, value: dict[str, tuple[SecretStr, ...]]) -> dict[str, tuple[SecretStr, ...]]:
        for secrets in value.values():
            for secret in secrets:
                secret_bytes(secret.get_secret_value())
        return value

    @cached_property
    def keys(self) -> dict[str, tuple[bytes, ...]]:
        """The keys of each form."""
        return {
            form: tuple(secret_bytes(secret.get_secret_value()) for secret in secrets)
            for form, secrets in self.door_secrets.items()
        }
