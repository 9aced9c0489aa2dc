"""What links are signed with, as a setting that those who sign and those who read share."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr, field_validator

from libraries.chassis.environment import EnvironmentSettings
from libraries.links.seal import Seal

# 128 bits, beyond guessing, where each byte of it is random.
_SHORTEST_KEY: Final = 16
_MOST_KEYS: Final = 2
_BETWEEN_KEYS: Final = ","


class LinkKeySettings(EnvironmentSettings):
    """The keys of links, under the prefix `ENGAGE_`."""

    link_key: SecretStr | None = Field(
        None,
        description="What links are signed with, 16 letters or more; whoever has it can answer for anybody. While it "
        "changes: the new key, a comma and the old one",
    )

    @field_validator("link_key")
    @classmethod
    def _check_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            keys = _keys(value)
            if len(keys) > _MOST_KEYS:
                raise ValueError("holds more than two keys: the new one, a comma, and the one before")
            if any(len(key) < _SHORTEST_KEY for key in keys):
                raise ValueError(f"a key in it has less than {_SHORTEST_KEY} letters")
        return value

    @property
    def seal(self) -> Seal | None:
        """What signs and reads links, where there is a key."""
        return None if self.link_key is None else Seal(_keys(self.link_key))


def _keys(secret: SecretStr) -> list[bytes]:
    return [key.strip().encode() for key in secret.get_secret_value().split(_BETWEEN_KEYS)]
