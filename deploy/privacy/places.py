"""Where something of people may be: each table's columns and each topic's fields, and why an id stays there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.catalogue import SERVICES
from libraries.data_files import read_data_file

_EACH_SERVICE: Final = "*"

Names = Annotated[tuple[str, ...], Field(max_length=100)]


class Entry(BaseModel):
    """A part of a data file of privacy: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sentence(Entry):
    """The same in both languages."""

    fr: str = Field(min_length=1, max_length=1_000)
    en: str = Field(min_length=1, max_length=1_000)


class TablePlaces(Entry):
    """The columns of a table: what an erasure empties, ids of people, and all others."""

    name: str
    kept: str
    personal: Names = ()
    people: Names = ()
    others: Names = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of texts, ids and bytes."""
        return (*self.personal, *self.people, *self.others)


class TopicPlaces(Entry):
    """The fields of a topic that the contracts mark as personal."""

    name: str
    kept: str
    personal: Names = ()


class Places(Entry):
    """All places, by table and by topic."""

    version: int
    reasons: Mapping[str, Sentence]
    tables: tuple[TablePlaces, ...]
    topics: tuple[TopicPlaces, ...]

    @model_validator(mode="after")
    def _knows_its_reasons(self) -> Places:
        used = {it.kept for it in self.tables} | {it.kept for it in self.topics}
        if unknown := sorted(used - self.reasons.keys()):
            raise ValueError(f"kept: no such reasons: {', '.join(unknown)}")
        return self

    def by_table(self) -> dict[str, TablePlaces]:
        """Each table by `<schema>.<table>`."""
        return {full: table for table in self.tables for full in full_names(table.name)}

    def by_topic(self) -> dict[str, TopicPlaces]:
        """Each topic by its name."""
        return {topic.name: topic for topic in self.topics}


def full_names(name: str) -> Iterator[str]:
    """The tables that a name stands for: `*.outbox` for the outbox of each service."""
    schema, _, table = name.partition(".")
    for service in SERVICES if schema == _EACH_SERVICE else (schema,):
        yield f"{service}.{table}"


@cache
def places() -> Places:
    """What deploy/privacy/places.toml says; raises DataFileError."""
    return read_data_file("deploy.privacy", "places.toml", Places)
