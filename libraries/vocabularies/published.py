"""Every vocabulary as it is published: those of the programme, and the codes that Engage itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code
from contracts.vocabularies import CodeMatch, KnownCode, MatchKind, Vocabulary
from libraries.places.territories import NEIGHBOURHOOD, TERRITORIES, Territories, WholeCity, Zone
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import VOCABULARIES, Crossing, Vocabularies, VocabularyName, Words


class CodesInWords(Words):
    """A vocabulary of Engage's own: what its codes are, and each in words."""

    codes: Annotated[Mapping[Code, Words], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, CodesInWords]

    version: str


_CODES: Final = programme().read("codes.toml", _File)

OWN_CODES: Final[Mapping[str, CodesInWords]] = _CODES.__pydantic_extra__
"""The vocabularies of what Engage itself says, by name."""

_Listed: TypeAlias = VocabularyName | Literal["territories", "priority-neighbourhoods"]
_TITLES: Final[Mapping[_Listed, Words]] = {
    "themes": Words(fr="Thèmes des projets et des besoins, compétences des mentors", en="Themes and skills"),
    "publics": Words(fr="Publics des projets et des besoins", en="Whom projects serve and needs concern"),
    "directorates": Words(fr="Directions de la Ville", en="Directorates of the City"),
    "strategic-axes": Words(fr="Axes stratégiques de la Ville", en="Strategic axes of the City"),
    "foundation-fields": Words(fr="Champs d’action de La France s’engage", en="Fields of La France s’engage"),
    "territories": Words(
        fr="Territoires\u00a0: la ville, ses arrondissements, ses zones", en="Territories of the City"
    ),
    "priority-neighbourhoods": Words(fr="Quartiers prioritaires, par leur code", en="Priority neighbourhoods"),
}
_TURNED: Final[Mapping[MatchKind, MatchKind]] = {
    "exact": "exact",
    "close": "close",
    "broad": "narrow",
    "narrow": "broad",
}


def vocabularies(listed: Vocabularies = VOCABULARIES, territories: Territories = TERRITORIES) -> list[Vocabulary]:
    """All of them, in a fixed order: the programme's first."""
    names: tuple[VocabularyName, ...] = ("themes", "publics", "directorates", "strategic-axes", "foundation-fields")
    return [
        *(_of_programme(name, listed) for name in names),
        _titled("territories", territories.version, tuple(_places(territories))),
        _titled("priority-neighbourhoods", territories.version, (), pattern=NEIGHBOURHOOD),
        *(_own(name, codes) for name, codes in OWN_CODES.items()),
    ]


def _of_programme(name: VocabularyName, listed: Vocabularies) -> Vocabulary:
    codes = tuple(
        KnownCode(
            code=code,
            fr=term.fr,
            en=term.en,
            valid_from=term.valid_from,
            valid_until=term.valid_until,
            matches=tuple(_matches(name, code, listed.crosswalk)),
        )
        for code, term in listed.terms(name).items()
    )
    return _titled(name, listed.version, codes)


def _matches(name: VocabularyName, code: str, crosswalk: tuple[Crossing, ...]) -> Iterator[CodeMatch]:
    """What a code is in other vocabularies: each crossing leads there and back."""
    for crossing in crosswalk:
        if (name, code) == ("themes", crossing.theme):
            vocabulary, other = crossing.other
            yield CodeMatch(vocabulary=vocabulary, code=other, match=crossing.match)
        elif (name, code) == crossing.other:
            yield CodeMatch(vocabulary="themes", code=crossing.theme, match=_TURNED[crossing.match])


def _places(territories: Territories) -> Iterator[KnownCode]:
    for place in territories.places:
        held: tuple[str, ...] | None = None
        if isinstance(place, WholeCity):
            held = tuple(each.code for each in territories.places[1:])
        elif isinstance(place, Zone):
            held = place.arrondissements or None  # not known is not the same as nothing
        yield KnownCode(
            code=place.code,
            fr=place.label_fr,
            en=place.label_en,
            valid_from=place.valid_from,
            valid_until=place.valid_until,
            holds=held,
        )


def _titled(name: _Listed, version: str, codes: tuple[KnownCode, ...], pattern: str | None = None) -> Vocabulary:
    title = _TITLES[name]
    return Vocabulary(name=name, fr=title.fr, en=title.en, version=version, pattern=pattern, codes=codes)


def _own(name: str, listed: CodesInWords) -> Vocabulary:
    codes = tuple(KnownCode(code=code, fr=words.fr, en=words.en) for code, words in listed.codes.items())
    return Vocabulary(name=name, fr=listed.fr, en=listed.en, version=_CODES.version, codes=codes)
