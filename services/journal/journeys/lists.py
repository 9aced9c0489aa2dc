"""What lists show of each kind, and under which headings, as `lists.toml` has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from libraries.data_files import read_data_file
from services.journal.journeys.words import Words


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListOf(_Strict):
    """What a list shows: the columns of its table beside name and id, and all of its facts, in their order."""

    columns: tuple[str, ...]
    facts: tuple[str, ...]


class Lists(_Strict):
    """All lists, and the headings of their columns."""

    version: int
    headings: Mapping[str, Words]
    lists: Mapping[str, ListOf]


LISTS: Final = read_data_file("services.journal.journeys", "lists.toml", Lists)
