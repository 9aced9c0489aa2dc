"""The files that texts are written in, beside what they are tried with and what they call a form's fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from contracts.contacts import Work
from contracts.message import Language
from libraries.data_files import DataFileError
from libraries.programme.running import programme
from services.notifications.people import Correspondent
from services.notifications.roles import Role


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


class Samples(_Strict):
    """Made-up people, and the parameters that every text may name, from `mails/samples.toml`."""

    reference: str
    people: Mapping[Role, Correspondent]
    work: Work
    common: Mapping[str, Any]


SAMPLES: Final = programme().read("mails/samples.toml", Samples)


@cache  # by every kind that shares it, in every language
def text_file(text: str) -> TextFile:
    """The file of a text; raises TextsError where it is missing, or lacks something."""
    try:
        return programme().read(f"mails/texts/{text}.toml", TextFile)
    except DataFileError as error:
        raise TextsError(str(error)) from None
