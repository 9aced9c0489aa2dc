"""Vocabularies: the codes that events name, what people call them, and which lie within which."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

from contracts.message import (
    MOST_TERRITORIES,
    Actor,
    Code,
    EventData,
    Message,
    Name,
    Sentence,
    ShortText,
    Territory,
    Version,
)
from contracts.moments import Day, Moment

MOST_CODES = 250
"""Codes of one vocabulary, which is one record: with labels of the usual length a twentieth of what Kafka takes."""

MatchKind = Literal["exact", "close", "broad", "narrow"]


class CodeMatch(Message):
    """A code of another vocabulary for the same thing, in the words of SKOS."""

    vocabulary: Code = Field(description="The other vocabulary", examples=["strategic-axes"])
    code: Code = Field(description="Its code", examples=["inclusive"])
    match: MatchKind = Field(
        description="exact: the same; close: nearly; broad: it has this code within it; narrow: it lies within this one"
    )


class KnownCode(Message):
    """A code, in words."""

    code: Territory = Field(description="The code, as events have it", examples=["youth-employment"])
    fr: Sentence = Field(
        description="What it is called in French; of a reason, what it says", examples=["Emploi des jeunes"]
    )
    en: Sentence = Field(description="The same in English", examples=["Youth employment"])
    valid_from: Day | None = Field(
        default=None, description="The first day on which forms may name it; null: from ever"
    )
    valid_until: Day | None = Field(default=None, description="The last such day; null: without end")
    holds: Annotated[tuple[Territory, ...], Field(max_length=MOST_TERRITORIES)] | None = Field(
        default=None, description="The codes that lie within it; null where that is not known, or nothing can"
    )
    matches: tuple[CodeMatch, ...] = Field(
        default=(), max_length=20, description="Codes of other vocabularies for the same thing, as far as that is known"
    )


class Vocabulary(Message):
    """One list of codes, whole."""

    name: Code = Field(description="themes, publics, territories, assignment-states …", examples=["themes"])
    fr: ShortText = Field(description="What its codes are, in French", examples=["Thèmes des projets et des besoins"])
    en: ShortText = Field(description="What its codes are, in English", examples=["Themes of projects and needs"])
    version: Name = Field(description="Which version of the list this is", examples=["2026.1"])
    pattern: Name | None = Field(
        default=None,
        description="What codes look like that are valid though they are not listed; null where there are none",
    )
    codes: tuple[KnownCode, ...] = Field(max_length=MOST_CODES, description="The codes that are known")


class VocabularyPublished(EventData):
    """A vocabulary as it stands; a tombstone with the same key says that there is none of that name any more."""

    event_type: ClassVar[str] = "engage.vocabulary.published.v1"
    topic_name: ClassVar[str] = "vocabularies.v1"
    key_field: ClassVar[str] = "vocabulary_id"

    vocabulary_id: UUID = Field(description="The vocabulary, by an id that derives from its name")
    vocabulary: Vocabulary = Field(description="The vocabulary")
    actor: Actor = Field(description="The engine that publishes it, with its rules' version")
    occurred_at: Moment = Field(description="When it came to hold")
    version: Version = Field(description="How often a vocabulary of this name was published, this time included")


def vocabulary_id_of(name: str) -> UUID:
    """The id of the vocabulary of a name: the same wherever it is asked for."""
    return uuid5(NAMESPACE_URL, f"urn:engage:vocabulary:{name}")
