"""An edition to be rehearsed, as a file: forms with their times, and whether people answer what they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from contracts.catalogue import TOPICS
from contracts.message import EventData
from deploy.rehearsal.playing import Planned
from libraries.data_files import DataFileError, Mistake, parse_data_file
from libraries.toml_lines import Path as Place
from libraries.toml_lines import line_of

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
    planned, wrong = [], []
    for number, form in enumerate(edition.forms):
        problems = list(_problems(form, edition))
        wrong += [(("forms", number, *place), said, right) for place, said, right in problems]
        if not problems:
            planned.append(Planned(form.at, _BY_NAME[form.event].model_validate(_told(form))))
    if wrong:
        # Where a line is known, it tells best which of a thousand forms is meant.
        raise DataFileError(
            Mistake(path, line_of(text, place) if path.endswith(".toml") else None, _named(place), said, right)
            for place, said, right in wrong
        )
    return edition, sorted(planned, key=lambda each: each.at)


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


def _problems(form: Form, edition: Edition) -> Iterator[tuple[Place, str, str]]:
    """What is wrong with a form, each by its place in it, with what would be right."""
    if form.at > edition.until:
        yield ("at",), "the edition ends before this form is sent", "see `until`"
    if (model := _BY_NAME.get(form.event)) is None:
        yield ("event",), f"no form sends {form.event}", f"one of {', '.join(sorted(_BY_NAME))}"
        return
    try:
        known = model.model_validate(_told(form))
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            yield ("data", *problem["loc"]), problem["msg"], ""
        known = None
    written = dict.fromkeys(model.model_fields) if known is None else known.model_dump(mode="json")
    for place, names in _unknown(form.data, written):
        yield ("data", *place), "the form has no such field", _nearest(str(place[-1]), names)


def _unknown(given: object, known: object) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The fields that an event does not have: a service would pass them over, and whoever misspelt one is not told."""
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        for name, value in given.items():
            if name not in known:
                yield (name,), known
            else:
                yield from (((name, *place), names) for place, names in _unknown(value, known[name]))
    elif isinstance(given, list) and isinstance(known, list):
        for number, (one, other) in enumerate(zip(given, known, strict=False)):
            yield from (((number, *place), names) for place, names in _unknown(one, other))


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _named(place: Place) -> str:
    return ".".join(map(str, place))


def _told(form: Form) -> dict[str, Any]:
    return {**_missing_times(_BY_NAME[form.event], form.at, form.data), **form.data}


def _missing_times(model: type[EventData], at: datetime, given: dict[str, Any]) -> dict[str, datetime]:
    fields = model.model_fields.items()
    return {name: at for name, field in fields if name.endswith("_at") and field.is_required() and name not in given}
