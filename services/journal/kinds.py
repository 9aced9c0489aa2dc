"""Kinds of things that events are about, as `kinds.toml` has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from libraries.data_files import read_data_file

MATTER: Final = "matter"
"""What follow-ups are planned about: whatever it is, others say so."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entity(_Strict):
    """What events are about whose type names this entity."""

    about: tuple[str, ...]
    states: bool = True


class Kind(_Strict):
    """A kind of things: which fields name one, what it hangs on and refers to, and what is kept of it for lists."""

    ids: tuple[str, ...]
    parents: tuple[str, ...] = ()
    refers: tuple[Literal["need_id", "mentor_id"], ...] = ()
    facts: Mapping[str, str] = {}
    gone: str = "gone"

    @property
    def paths(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each fact with the path of its field, taken apart."""
        return tuple((name, tuple(path.split("."))) for name, path in self.facts.items())


class Kinds(_Strict):
    """All kinds, and which of them events are about."""

    version: int
    entities: Mapping[str, Entity]
    kinds: Mapping[str, Kind]
    given_states: Mapping[str, str]

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        named = {kind for entity in self.entities.values() for kind in entity.about}
        if unknown := sorted(named - self.kinds.keys()):
            raise ValueError(f"entities name kinds that are not there: {', '.join(unknown)}")
        return self


KINDS: Final = read_data_file("services.journal", "kinds.toml", Kinds)
