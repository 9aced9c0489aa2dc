"""Which vocabularies matching has published, and which it would publish now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from contracts.vocabularies import Vocabulary


class SaidVocabulary(NamedTuple):
    """What was said last of a name: a digest of the vocabulary, None where it was taken back, and how often so far."""

    name: str
    digest: str | None
    times: int


def digest_of(vocabulary: Vocabulary) -> str:
    """SHA-256 of all that a vocabulary says, in hexadecimal: also of what changed under the same version."""
    return hashlib.sha256(vocabulary.model_dump_json().encode()).hexdigest()


def unsaid(said: Mapping[str, SaidVocabulary], wanted: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The names whose digest differs from what was said last, with it; None for those that are to be taken back."""
    found: list[tuple[str, str | None]] = [
        (name, digest) for name, digest in wanted.items() if name not in said or said[name].digest != digest
    ]
    gone = [last.name for last in said.values() if last.name not in wanted and last.digest is not None]
    return [*found, *((name, None) for name in sorted(gone))]


def next_saying(said: Mapping[str, SaidVocabulary], name: str, digest: str | None) -> SaidVocabulary:
    """What is said of a name now."""
    last = said.get(name)
    return SaidVocabulary(name, digest, 1 if last is None else last.times + 1)


def digests(vocabularies: Iterable[Vocabulary]) -> Mapping[str, str]:
    """The digest of each by its name."""
    return {vocabulary.name: digest_of(vocabulary) for vocabulary in vocabularies}
