"""The files that texts are written in, beside what they are tried with and what they call a form's fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, RootModel

from contracts.contacts import Work
from contracts.message import Language
from libraries.data_files import DataFileError
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import Words
from services.notifications.kinds import Role
from services.notifications.people import Correspondent

_POSITION: Final = re.compile(r"\.\d+(?=\.|$)")


class TextsError(Exception):
    """A text is missing or does not render; says which one, and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Strict):
    """A text in one language."""

    subject: str
    message: str
    html: str | None = Field(
        default=None, description="The message where it has links or holds other texts; else it is made of `message`"
    )


class TextFile(_Strict):
    """What `mails/texts/<text>.toml` holds: a text in every language, and the sample that it is tried with."""

    sample: Mapping[str, Any] = Field(default={}, description="Made-up parameters, beside those of every text")
    fr: Wording
    en: Wording

    def wording(self, language: Language) -> Wording:
        """The text in one language."""
        return self.fr if language == "fr" else self.en


class FieldNames(RootModel[Mapping[str, Words]]):
    """What people call a form's fields, from `mails/fields.toml`."""

    def name(self, path: str, language: Language) -> str:
        """The name of the field at a dotted path; the path itself where none is known.

        Positions in lists do not count: `members.0.siren` is found as `members.siren`. The place in a field's own list
        is named, as people count: `project.themes.1` is the second of them.
        """
        known = self.root.get(_POSITION.sub("", path))
        if known is None:
            return path
        last = path.rpartition(".")[2]
        number = {"fr": "n°\u00a0", "en": "no. "}[language]
        return known.in_language(language) + (f" ({number}{int(last) + 1})" if last.isdecimal() else "")


class Samples(_Strict):
    """Made-up people, and the parameters that every text may name, from `mails/samples.toml`."""

    reference: str
    people: Mapping[Role, Correspondent]
    work: Work
    common: Mapping[str, Any]


FIELD_NAMES: Final = programme().read("mails/fields.toml", FieldNames)
SAMPLES: Final = programme().read("mails/samples.toml", Samples)


@cache  # by every kind that shares it, in every language
def text_file(text: str) -> TextFile:
    """The file of a text; raises TextsError where it is missing, or lacks something."""
    try:
        return programme().read(f"mails/texts/{text}.toml", TextFile)
    except DataFileError as error:
        raise TextsError(str(error)) from None
