"""Descriptions of projects, as associations write them, with their themes and publics: what the lexicon is held to."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from libraries.data_files import read_data_file

_EVERY: Final = 3


class Described(BaseModel):
    """A project as it is described, and the themes and publics that a reader of it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str
    themes: tuple[str, ...]
    publics: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that is said of it."""
        return f"{self.title} {self.summary}"


class _Corpus(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    project: tuple[Described, ...]


_ALL: Final = read_data_file("tests.corpus", "projects.toml", _Corpus).project
HELD_OUT: Final = _ALL[_EVERY - 1 :: _EVERY]
"""Every third one: from these no point is counted; they say how good the lexicon is."""
LEARNED: Final = tuple(it for number, it in enumerate(_ALL, 1) if number % _EVERY)
"""The others, by which words are chosen and weighed."""
