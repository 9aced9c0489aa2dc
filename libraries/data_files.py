"""Data files of a package: read in one way, strictly, with the file and the field in what is said of a mistake."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, Final, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema

from libraries.toml_lines import line_of

Model = TypeVar("Model", bound=BaseModel)

_AT_LINE: Final = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a file: its line from 1 and its field where these are known, and what would be right."""

    file: str
    line: int | None
    field: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.field}" if self.field else self.file
        return f"{place}: {self.wrong}" + (f"; {self.right}" if self.right else "") + self._at

    @property
    def _at(self) -> str:
        return "" if self.line is None else f" (line {self.line})"


class DataFileError(ValueError):
    """A data file that can't be used; the text names the file, each field, what is wrong and what would be right."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def read_data_file(package: str, name: str, model: type[Model]) -> Model:
    """A file of a package as a model; `name` may lead into a folder, and ends in `.toml` or `.json`.

    Raises DataFileError.
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return parse_data_file(text, f"{package.replace('.', '/')}/{name}", model)


def parse_data_file(text: str, name: str, model: type[Model]) -> Model:
    """The text of a file as a model, which is TOML or JSON by the end of its name; raises DataFileError."""
    data = text
    if name.endswith(".toml"):
        try:
            # TOML's own dates and times are written as JSON has them, so that one kind of strictness holds for both.
            data = orjson.dumps(tomllib.loads(text)).decode()
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            wrong = f"this is no TOML: {error}"
            raise DataFileError([Mistake(name, int(at[1]) if at else None, "", wrong)]) from None
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise DataFileError(_mistakes(text, name, model, error)) from None


def _mistakes(text: str, name: str, model: type[BaseModel], error: ValidationError) -> list[Mistake]:
    # Our own files, with nothing personal in them unless their model says so: the value may be shown.
    found = []
    for each in error.errors(include_url=False):
        line = line_of(text, each["loc"]) if name.endswith(".toml") else None
        seen = "" if each["type"] in ("missing", "json_invalid") else f", and is {each['input']!r:.80}"
        if model.model_config.get("hide_input_in_errors"):
            seen = ""  # it may be somebody's
        if each["type"] == "value_error" and isinstance(each["input"], dict):
            seen = ""  # a whole table, of which the words say what is wrong
        right = _nearest(model, each["loc"]) if each["type"] == "extra_forbidden" else ""
        found.append(Mistake(name, line, ".".join(map(str, each["loc"])), f"{each['msg']}{seen}", right))
    return found


def _nearest(model: type[BaseModel], place: tuple[str | int, ...]) -> str:
    """What may stand in the place of a field that nobody knows."""
    try:
        schema: Any = model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return ""
    known = _fields(schema, schema.get("$defs", {}), place[:-1])
    if near := get_close_matches(str(place[-1]), known, n=1):
        return f"did you mean {near[0]}?"
    return f"known here: {', '.join(known)}" if known else ""


def _fields(schema: Any, definitions: Any, place: tuple[str | int, ...]) -> list[str]:
    """The names of the fields that a JSON Schema has at a place."""
    for step in (*place, None):
        while "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
        if step is None:
            break
        options = schema.get("discriminator", {}).get("mapping", {})
        if step in options:
            schema = {"$ref": options[step]}
        elif isinstance(step, int):
            schema = schema.get("items", {})
        else:
            schema = schema.get("properties", {}).get(step) or schema.get("additionalProperties") or {}
        if not isinstance(schema, dict):
            return []
    return list(schema.get("properties", {}))
