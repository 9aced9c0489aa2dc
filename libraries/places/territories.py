"""The City's territories: its arrondissements and zones, as data, and how people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from contracts.message import Language
from libraries.dated import Dated
from libraries.folding import fold, folded
from libraries.nearest import nearest
from libraries.places.communes import arrondissement_of
from libraries.programme.running import programme
from libraries.typed.slip import Slip, Typed, plain


class Place(Dated):
    """A territory that forms may name."""

    code: str
    label_fr: str
    label_en: str

    @property
    def names(self) -> tuple[str, ...]:
        """All by which it goes, folded, its code first."""
        return tuple(map(fold, (self.code, self.label_fr, self.label_en)))


class WholeCity(Place):
    """The commune, under the code that the forms use and under others."""

    also: tuple[str, ...]


class Arrondissement(Place):
    """A part of the commune, by its INSEE code; their order is that of their numbers."""


class Zone(Place):
    """A named part of the city; no arrondissements where it is not known which ones it covers."""

    arrondissements: tuple[str, ...]


class Territories(BaseModel):
    """One version of the City's territories."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    whole_city: WholeCity
    arrondissements: tuple[Arrondissement, ...]
    zones: tuple[Zone, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        known = {arrondissement.code for arrondissement in self.arrondissements}
        for zone in self.zones:
            if unknown := set(zone.arrondissements) - known:
                raise ValueError(f"{zone.code} covers {sorted(unknown)}, which are no arrondissements")
        return self

    def contents(self) -> Mapping[str, frozenset[str]]:
        """What lies inside each zone; a code that is not listed holds only itself."""
        return {zone.code: frozenset(zone.arrondissements) for zone in self.zones}

    @property
    def places(self) -> tuple[WholeCity | Arrondissement | Zone, ...]:
        """Every one that is listed: the whole city first, then its arrondissements, then zones."""
        return (self.whole_city, *self.arrondissements, *self.zones)

    @cached_property
    def by_code(self) -> Mapping[str, Place]:
        """Each that is listed, by its code."""
        return {place.code: place for place in self.places}

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """The codes of the city as a whole, which meets every territory."""
        return frozenset({self.whole_city.code, *self.whole_city.also})

    @cached_property
    def labels(self) -> Mapping[Language, Mapping[str, str]]:
        """What people call each, by language and code."""
        return {
            "fr": {each.code: each.label_fr for each in self.places},
            "en": {each.code: each.label_en for each in self.places},
        }


TERRITORIES: Final = programme().read("territories.toml", Territories)

# A priority neighbourhood by its code, of 2015 (QP) or of 2024 (QN): the list of them is not ours to know.
NEIGHBOURHOOD: Final = r"Q[PN][0-9A-Z]{5,8}"
_ORDINAL: Final = r"(\d{1,2})\s*(?:er|ere|e|eme|nd|nde)?"
_CITY: Final = re.escape(folded(TERRITORIES.whole_city.label_fr))
_CODES: Final = frozenset(each.code for each in TERRITORIES.arrondissements)
_ARRONDISSEMENT: Final = re.compile(
    rf"(?:{_CITY}\s)?(?:0?(?:arr(?:ondissement)?\.?\s)?{_ORDINAL})(?:\s(?:arr(?:ondissement)?\.?|ardt\.?))?"
    rf"(?:\s(?:de|a)?\s?{_CITY})?"
)
_POSTAL: Final = re.compile(rf"(\d{{5}})(?:\s{_CITY}(?:\scedex)?(?:\s\d+)?)?")
_BETWEEN: Final = re.compile(r"[\s,_/()-]+")


def territory(typed: Typed) -> str | None:
    """A territory of the City by its code, from how it is typed; None where nothing is.

    Takes INSEE codes, postal codes (`13003` is `13203`: a project is in the City, where no commune has that code),
    labels of arrondissements and zones, codes of priority neighbourhoods. Raises Slip for any other.
    """
    written = plain(typed)
    return _territory(written) if written else None


# A bound, for forms may name what they like; a real edition has some hundreds.
@lru_cache(maxsize=4_096)
def _territory(written: str) -> str:
    name = _BETWEEN.sub(" ", folded(written)).strip()
    if (known := _NAMES.get(name)) is not None:
        return known
    code = _BETWEEN.sub("", written).upper()
    if re.fullmatch(NEIGHBOURHOOD, code):
        return code
    if found := _POSTAL.fullmatch(name) or _POSTAL.fullmatch(code.lower()):
        written_code = arrondissement_of(found[1]) or found[1]
        if written_code in _CODES:
            return written_code
    elif found := _ARRONDISSEMENT.fullmatch(name):
        number = int(found[1])
        if 1 <= number <= len(TERRITORIES.arrondissements):
            return TERRITORIES.arrondissements[number - 1].code
    raise Slip("territory-unknown", nearest=nearest(written, _PLACES))


def _names() -> Mapping[str, str]:
    city = TERRITORIES.whole_city
    listed = TERRITORIES.places[1:]
    names = dict.fromkeys((city.code, city.label_fr, *city.also, "toute la ville", "whole city"), city.code)
    names |= {each: entry.code for entry in listed for each in (entry.code, entry.label_fr, entry.label_en)}
    return {_BETWEEN.sub(" ", folded(name)).strip(): code for name, code in names.items()}


_NAMES: Final = _names()
_PLACES: Final = {place.code: place.names for place in TERRITORIES.places}
