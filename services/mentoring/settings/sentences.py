"""Every sentence that the service says to people, as `sentences/mentoring.toml` has them: codes put into words."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field

from contracts.message import Code, Reason
from libraries.programme.running import programme
from services.mentoring.settings.versioned import Part, Versioned


class Sentence(Part):
    """A sentence in both languages: for one, and where it differs for several (`{count}`)."""

    fr: tuple[str, ...] = Field(min_length=1, max_length=2)
    en: tuple[str, ...] = Field(min_length=1, max_length=2)


class Sentences(Versioned):
    """Every sentence that the service says to people, by its code."""

    sentences: Annotated[dict[Code, Sentence], Field(min_length=1)]


SENTENCES: Final = programme().read("sentences/mentoring.toml", Sentences)


# There are some thirty codes, said of up to so many mentors: what is left out is put into words again.
@lru_cache(maxsize=4096)
def reason_of(code: str, count: int = 1) -> Reason:
    """The reason of that code, said of `count` mentors where the sentence counts them.

    Raises KeyError for a code that has no sentence.
    """
    sentence = SENTENCES.sentences[code]
    return Reason(code=code, fr=_say(sentence.fr, count), en=_say(sentence.en, count))


def _say(forms: tuple[str, ...], count: int) -> str:
    return (forms[0] if count == 1 else forms[-1]).format(count=count)
