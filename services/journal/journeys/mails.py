"""What kinds of mail are called, as the programme names them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict

from libraries.programme.running import programme
from services.journal.journeys.words import Words


class _Named(BaseModel):
    # What else there is of a kind is notifications' business, which reads the same file strictly.
    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    fr: str
    en: str


class _Kinds(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    kinds: tuple[_Named, ...]


def mail_words(kind: object) -> Words:
    """What a kind of mail is called; its code, where the programme has no such kind any more."""
    code = str(kind or "?")
    return _names().get(code) or Words(fr=code, en=code)


@cache
def _names() -> Mapping[str, Words]:
    # Read when the first is asked for: a command that shows none needs no programme.
    kinds = programme().read("mails/kinds.toml", _Kinds).kinds
    return {each.kind: Words(fr=each.fr, en=each.en) for each in kinds}
