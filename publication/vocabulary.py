"""The vocabularies as one document: what the topic says of them, and what is only said with a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from contracts.vocabularies import KnownCode, Vocabulary
from libraries.typed.words import SLIPS
from libraries.vocabularies.published import vocabularies
from libraries.vocabularies.vocabularies import Words
from services.intake.reasons import REASONS
from services.matching.settings.texts import TEXTS
from services.mentoring.settings.sentences import SENTENCES
from services.notifications.kinds import KINDS

VOCABULARIES: Final = "vocabularies.json"


class _InBoth(Protocol):
    @property
    def fr(self) -> str: ...

    @property
    def en(self) -> str: ...


def vocabulary_document() -> list[dict[str, Any]]:
    """Every vocabulary, each in the shape that `engage.vocabulary.published.v1` has it.

    Those of reasons and of kinds of mail stand here alone: a reason comes with its sentence wherever it is said. Names
    in braces are values that a sentence names.
    """
    return [listed.model_dump(mode="json") for listed in (*vocabularies(), *_of_services())]


def _of_services() -> Iterator[Vocabulary]:
    kinds = {kind.kind: kind for kind in KINDS.all}
    yield _listed("follow-up-kinds", Words(fr="Types de message", en="Kinds of mail"), KINDS.version, kinds)
    title = Words(fr="Ce qui est dit d’un champ de formulaire", en="What is said of a field of a form")
    yield _listed("field-reasons", title, SLIPS.version, SLIPS.slips)
    title = Words(fr="Ce qui est dit d’une candidature", en="What is said of an application")
    yield _listed("application-reasons", title, REASONS.version, REASONS.reasons)
    title = Words(fr="Ce qui est dit d’un besoin ou d’une décision", en="What is said of a need or a decision")
    said: dict[str, _InBoth] = {}
    for texts in (TEXTS.refusals, TEXTS.unmet, TEXTS.unplaced, TEXTS.remedies):
        said.update(texts.items())
    yield _listed("matching-reasons", title, TEXTS.version, said)
    title = Words(fr="Ce qui est dit d’un mentor ou d’un binôme", en="What is said of a mentor or a pair")
    singular = {code: Words(fr=each.fr[0], en=each.en[0]) for code, each in SENTENCES.sentences.items()}
    yield _listed("mentoring-reasons", title, SENTENCES.version, singular)


def _listed(name: str, title: Words, version: object, codes: Mapping[Any, _InBoth]) -> Vocabulary:
    known = tuple(KnownCode(code=code, fr=words.fr, en=words.en) for code, words in codes.items())
    return Vocabulary(name=name, fr=title.fr, en=title.en, version=str(version), codes=known)
