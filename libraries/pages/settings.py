"""What settings of services with pages have in common."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, SecretStr, StringConstraints

_SHORTEST_KEY: Final = 16


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < _SHORTEST_KEY:
        raise ValueError(f"has less than {_SHORTEST_KEY} letters")
    return key


SigningKey: TypeAlias = Annotated[SecretStr, AfterValidator(_long_enough)]
"""What links and sessions are signed with."""

PublicAddress: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$")]
"""Where people reach a service, without a path."""
