"""Codes of the forms' vocabularies in words of both languages, from `words.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from contracts.message import Code, Language, Reason
from contracts.unpublished import UNPUBLISHED
from libraries.links.desk import DESK_PAGES, DeskPage
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import Words, spaced_out


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))

    version: str
    decline_reasons: Annotated[Mapping[Code, Words], Field(min_length=1)]
    end_reasons: Annotated[Mapping[Code, Words], Field(min_length=1)]
    criteria: Annotated[Mapping[Code, Words], Field(min_length=1)]
    desk: Mapping[DeskPage, Words]
    first_meeting: Words
    erased_name: Words
    erased_title: Words
    unpublished_name: Words
    unpublished_title: Words

    @field_validator("desk")
    @classmethod
    def _names_each_page(cls, value: Mapping[DeskPage, Words]) -> Mapping[DeskPage, Words]:
        if missing := [page for page in DESK_PAGES if page not in value]:
            raise ValueError(f"has no words for {', '.join(missing)}: a mail may lead to each page of the desk")
        return value


_WORDS: Final = programme().read("mails/words.toml", _File)


_COLON: Final[Mapping[Language, str]] = {"fr": "\u00a0: ", "en": ": "}

_ERASED: Final = {"organisation_name": _WORDS.erased_name, "project_title": _WORDS.erased_title}
_WITHHELD: Final = {"organisation_name": _WORDS.unpublished_name, "project_title": _WORDS.unpublished_title}

FIRST_MEETING: Final[Mapping[str, str]] = _WORDS.first_meeting.model_dump()
"""What the calendar entry of a pair's first meeting is called, by language."""


def said_of(parameters: Mapping[str, Any], language: Language) -> Mapping[str, Any]:
    """What a text may say; where a lead was forgotten, or wants nothing published, why there is no name or title."""
    if parameters.get("forgotten"):
        missing = _ERASED
    elif UNPUBLISHED in parameters.values():
        missing = {name: words for name, words in _WITHHELD.items() if parameters.get(name) == UNPUBLISHED}
    else:
        return parameters
    return {**parameters, **{name: words.in_language(language) for name, words in missing.items()}}


def reasons_of(reasons: Iterable[Reason]) -> list[dict[str, str | None]]:
    """Why something was decided, for a text: each reason in both languages, beside the form's field it is about."""
    return [{"field": reason.field, "fr": reason.fr, "en": reason.en} for reason in reasons]


def decline_reason(code: str | None) -> list[dict[str, str]]:
    """Why an officer declined, for a text; nothing where the code has no words, for it would tell a reader nothing."""
    words = _WORDS.decline_reasons.get(code or "")
    return [words.model_dump()] if words else []


def end_reason(code: str | None, language: Language) -> str:
    """Why something ended, to go on a sentence with: a colon and the words; empty where the code has none."""
    words = _WORDS.end_reasons.get(code or "") or _WORDS.decline_reasons.get(code or "")
    return "" if words is None else f"{_COLON[language]}{words.in_language(language)}"


def desk_words(page: DeskPage, language: Language) -> str:
    """What a mail calls its link to a page of the desk."""
    return _WORDS.desk[page].in_language(language)


def criterion(code: str) -> dict[str, str]:
    """What a criterion of the contest is called; the code itself, spaced out, where it has no words."""
    words = _WORDS.criteria.get(code)
    spaced = spaced_out(code)
    return words.model_dump() if words else {"fr": spaced, "en": spaced}
