"""Data files of a package: read in one way, strictly, with the file and the field in what is said of a mistake."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class DataFileError(ValueError):
    """A data file that can't be used; the text names the file, each field, what is wrong and what would be right."""


def read_data_file(package: str, name: str, model: type[Model]) -> Model:
    """A file of a package as a model; `name` may lead into a folder, and ends in `.toml` or `.json`.

    Raises DataFileError.
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return parse_data_file(text, f"{package.replace('.', '/')}/{name}", model)


def parse_data_file(text: str, name: str, model: type[Model]) -> Model:
    """The text of a file as a model, which is TOML or JSON by the end of its name; raises DataFileError."""
    if name.endswith(".toml"):
        try:
            # TOML's own dates and times are written as JSON has them, so that one kind of strictness holds for both.
            text = orjson.dumps(tomllib.loads(text)).decode()
        except tomllib.TOMLDecodeError as error:
            raise DataFileError(f"{name}: this is no TOML: {error}") from None
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise DataFileError("\n".join(_said(name, error))) from None


def _said(name: str, error: ValidationError) -> list[str]:
    # Our own files, with nothing personal in them: the value may be shown.
    lines = []
    for each in error.errors(include_url=False):
        place = ".".join(map(str, each["loc"]))
        found = "" if each["type"] in ("missing", "json_invalid") else f", and is {each['input']!r:.80}"
        lines.append(f"{name}: {place}: {each['msg']}{found}" if place else f"{name}: {each['msg']}")
    return lines
