"""What events, states and kinds are called, in French and English, as `words.toml` has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from contracts.message import Language
from libraries.data_files import read_data_file

_FIELD: Final = re.compile(r"\{([a-z_.]+)\}")
_MOST_VALUE_CHARACTERS: Final = 200


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """The same in both languages."""

    fr: str
    en: str

    def in_(self, language: Language) -> str:
        """In one of them."""
        return self.fr if language == "fr" else self.en


class StateWords(Words):
    """What a state is called, what a thing in it waits for, which fact says until when, and what comes then."""

    waits: Words | None = None
    until: str | None = None
    next: Words | None = None


class Waiting(_Strict):
    """What something waits for, and what comes then."""

    waits: Words
    next: Words


class Vocabulary(_Strict):
    """All words of journeys and lists."""

    version: int
    kinds: Mapping[str, Words]
    events: Mapping[str, Words]
    gone: Mapping[str, Words]
    unplaced: Waiting
    states: Mapping[str, Mapping[str, StateWords]]

    def state(self, kind: str | None, state: str | None) -> StateWords:
        """What a state of a kind is called; its code, where nobody gave it words."""
        known = self.states.get(kind or "", {}).get(state or "")
        return known or StateWords(fr=state or "?", en=state or "?")

    def kind(self, kind: str | None) -> Words:
        """What a kind is called; its code, where nobody gave it words."""
        return self.kinds.get(kind or "") or Words(fr=kind or "?", en=kind or "?")

    def event(self, event_type: str, kind: str | None, data: Mapping[str, Any] | None) -> Words:
        """What an event says in one sentence, with the values of its data; its type, where nobody gave it words."""
        name = event_type.removeprefix("engage.").rpartition(".")[0]
        found = self.gone.get(kind or "") if data is None else self.events.get(name)
        if found is None:
            return Words(fr=name or event_type, en=name or event_type)
        return Words(fr=_filled(found.fr, data or {}), en=_filled(found.en, data or {}))


def _filled(sentence: str, data: Mapping[str, Any]) -> str:
    return _FIELD.sub(lambda found: _value(data, found.group(1)), sentence)


def _value(data: Mapping[str, Any], path: str) -> str:
    value: Any = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "—" if value is None else str(value)[:_MOST_VALUE_CHARACTERS]


WORDS: Final = read_data_file("services.journal.journeys", "words.toml", Vocabulary)
