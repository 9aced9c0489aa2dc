"""Settings from the environment or from files: `ENGAGE_X`, or the content of the file that `ENGAGE_X_FILE` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict


class FileError(Exception):
    """A file that should hold a setting's value can't be used; the text names the setting, and no content."""


class EnvironmentSettings(BaseSettings):
    """Settings under the prefix `ENGAGE_`, each from the environment or from a file, so that secrets can be mounted."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", hide_input_in_errors=True, frozen=True)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The values given in a program, then the environment with its files."""
        return init_settings, _Environment(settings_cls)


class _Environment(EnvSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.env_vars = {**self.env_vars, **dict(_from_files(settings_cls.model_fields))}


def _from_files(names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in names:
        if f"{name}_file" in names:
            continue  # a setting of its own, which is a path
        variable = f"ENGAGE_{name.upper()}"
        if (path := os.environ.get(f"{variable}_FILE")) is not None:
            if variable in os.environ:
                raise FileError(f"{variable}, {variable}_FILE: give one of them")
            yield variable.lower(), read_secret(f"{variable}_FILE", path)


def read_secret(variable: str, path: str) -> str:
    """The content of a file that a variable names, without the end of its last line; raises FileError."""
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{variable}: {path} can't be read ({type(error).__name__})") from None
