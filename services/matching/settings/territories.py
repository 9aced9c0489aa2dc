"""Where projects and needs are: codes of Marseille's territories and which of them meet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from libraries.data_files import read_data_file


class Reach(NamedTuple):
    """The territories that a project or a need names, with those inside them; `whole_city` meets all."""

    codes: frozenset[str]
    whole_city: bool


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    label_fr: str


class WholeCity(_Listed):
    """The commune, under the code that the forms use and under others."""

    also: tuple[str, ...]


class Arrondissement(_Listed):
    """One of the 16, by its INSEE code."""


class Zone(_Listed):
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


TERRITORIES: Final = read_data_file("services.matching.settings", "territories.toml", Territories)
_WHOLE_CITY: Final = frozenset({TERRITORIES.whole_city.code, *TERRITORIES.whole_city.also})
_CONTENTS: Final = TERRITORIES.contents()


# A bound, for forms may name what they like; a real edition has some hundreds of combinations.
@lru_cache(maxsize=16_384)
def reach_of(named: tuple[str, ...]) -> Reach:
    """The reach of the codes that a form names; naming none is the whole city without any code of its own.

    A code that no file knows (a priority neighbourhood's, say) holds itself. Neither case counts nor
    whether words are joined by a space or a hyphen.
    """
    codes: set[str] = set()
    for name in named:
        code = name.lower().replace(" ", "-")
        codes.add(TERRITORIES.whole_city.code if code in _WHOLE_CITY else code)
        codes |= _CONTENTS.get(code, frozenset())
    return Reach(frozenset(codes), not codes or TERRITORIES.whole_city.code in codes)
