"""The README's table of settings: every setting of the code with its default, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import services

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the table has as each setting's default: a value in backticks, or words."""
    text = README.read_text(encoding="utf-8").partition("\n## Settings\n")[2]
    rows = re.findall(r"^\| (`ENGAGE_[^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    return {name: default for names, defaults in rows for name, default in _paired(names, defaults)}


def _paired(names: str, defaults: str) -> Iterator[tuple[str, str]]:
    """The settings of a row, each with its own default, or all with the one word that holds for all."""
    found, parts = re.findall(r"`(\w+)`", names), defaults.split(", ")
    return zip(found, parts * len(found) if len(parts) == 1 else parts, strict=len(parts) > 1)


@pytest.fixture(scope="module")
def known() -> dict[str, FieldInfo]:
    """All that any service reads from the environment, by the variable's name."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        importlib.import_module(module.name)
    return {
        f"{kind.model_config['env_prefix']}{name}".upper(): field
        for kind in _below(BaseSettings)
        if kind.__module__.startswith(("libraries.", "services."))
        for name, field in kind.model_fields.items()
    }


def _below(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_the_table_has_every_setting_and_no_other(told: dict[str, str], known: dict[str, FieldInfo]) -> None:
    assert told.keys() == known.keys()


def test_the_table_has_the_defaults_of_the_code(told: dict[str, str], known: dict[str, FieldInfo]) -> None:
    wrong = {name: told[name] for name in told.keys() & known.keys() if not _is_default(told[name], known[name])}
    assert wrong == {}


def _is_default(words: str, field: FieldInfo) -> bool:
    if field.is_required():
        return words.startswith("required")
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default == {}:
        # What holds then is said in words: "none", or whose value is taken.
        return not words.startswith(("required", "`"))
    if isinstance(default, float):
        default = f"{default:g}"
    return words == f"`{str(default).lower() if isinstance(default, bool) else default}`"
