"""An edition to be rehearsed, as a file: forms with their times, and whether people answer what they are asked."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from contracts.catalogue import TOPICS
from contracts.message import EventData
from deploy.rehearsal.playing import Planned
from libraries.data_files import DataFileError, Mistake, parse_data_file

_MOST_FORMS: Final = 100_000
_MOST_BYTES: Final = 100_000_000
_BY_NAME: Final = {
    event.event_type.removeprefix("engage.").rpartition(".")[0]: event
    for topic in TOPICS
    if topic.is_form
    for event in topic.events
}
"""What forms send, by names such as `application.submitted`."""


class Form(BaseModel):
    """A form: when it is sent, which event it is, and what it says; a time that it lacks is that of its sending."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    event: str
    data: dict[str, Any]


class Edition(BaseModel):
    """The forms of an edition, and until when it is played.

    Where `people_answer`, owners confirm what is proposed to them, mentors and leads accept, line managers authorise,
    and pairs go on: as each would by a form, when the mail that asks them has left.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    until: AwareDatetime
    people_answer: bool = True
    forms: tuple[Form, ...] = Field(min_length=1, max_length=_MOST_FORMS)


def read_edition(name: str) -> tuple[Edition, list[Planned]]:
    """The edition in a TOML or JSON file, or a shipped one by its name; raises DataFileError, which says what is wrong.

    Its forms are in the order of their times.
    """
    path, text = _text(name)
    edition = parse_data_file(text, path, Edition)
    mistakes: list[Mistake] = []
    planned = [_planned(form, number, path, mistakes) for number, form in enumerate(edition.forms, start=1)]
    if mistakes:
        raise DataFileError(mistakes)
    return edition, sorted((each for each in planned if each is not None), key=lambda each: each.at)


def _text(name: str) -> tuple[str, str]:
    shipped = files("deploy.rehearsal").joinpath("editions", f"{name}.toml")
    if shipped.is_file():
        return f"{name}.toml", shipped.read_text(encoding="utf-8")
    path = Path(name)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DataFileError([Mistake(name, None, "", f"it has more than {_MOST_BYTES:,} bytes")])
        return name, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataFileError(
            [Mistake(name, None, "", "there is no such file, nor a shipped edition of that name")]
        ) from None


def _planned(form: Form, number: int, path: str, mistakes: list[Mistake]) -> Planned | None:
    where = f"forms.{number}"
    if (model := _BY_NAME.get(form.event)) is None:
        known = ", ".join(sorted(_BY_NAME))
        mistakes.append(Mistake(path, None, f"{where}.event", f"no form sends {form.event}", f"one of {known}"))
        return None
    try:
        return Planned(form.at, model.model_validate({**_missing_times(model, form.at, form.data), **form.data}))
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            field = ".".join(map(str, (where, "data", *problem["loc"])))
            mistakes.append(Mistake(path, None, field, problem["msg"]))
        return None


def _missing_times(model: type[EventData], at: datetime, given: dict[str, Any]) -> dict[str, datetime]:
    fields = model.model_fields.items()
    return {name: at for name, field in fields if name.endswith("_at") and field.is_required() and name not in given}
