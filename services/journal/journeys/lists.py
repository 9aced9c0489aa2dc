"""What lists show of each kind, and under which headings, as `lists.toml` has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from libraries.data_files import read_data_file
from services.journal.journeys.words import Words


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListOf(_Strict):
    """What a list shows: beside name, id and state in its table, and as all of its facts, in their order."""

    columns: tuple[str, ...]
    facts: tuple[str, ...]


class Lists(_Strict):
    """All lists, and what stands before each fact."""

    version: int
    headings: Mapping[str, Words]
    lists: Mapping[str, ListOf]

    @model_validator(mode="after")
    def _has_headings(self) -> Self:
        shown = {name for each in self.lists.values() for name in each.columns}
        if missing := sorted(shown - self.headings.keys()):
            raise ValueError(f"there are no headings for {', '.join(missing)}")
        return self


LISTS: Final = read_data_file("services.journal.journeys", "lists.toml", Lists)
