"""Where projects and needs are: codes of Marseille's territories and which of them meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import ConfigDict, TypeAdapter


class Reach(NamedTuple):
    """The territories that a project or a need names, with those inside them; `whole_city` meets all."""

    codes: frozenset[str]
    whole_city: bool


@dataclass(frozen=True, slots=True)
class WholeCity:
    """The commune, under the code that the forms use and under others."""

    code: str
    also: tuple[str, ...]
    label_fr: str


@dataclass(frozen=True, slots=True)
class Arrondissement:
    """One of the 16, by its INSEE code."""

    code: str
    label_fr: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A named part of the city; no arrondissements where it is not known which ones it covers."""

    code: str
    label_fr: str
    arrondissements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Territories:
    """One version of the City's territories."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: str
    note: str
    whole_city: WholeCity
    arrondissements: tuple[Arrondissement, ...]
    zones: tuple[Zone, ...]

    def __post_init__(self) -> None:
        known = {arrondissement.code for arrondissement in self.arrondissements}
        for zone in self.zones:
            if unknown := set(zone.arrondissements) - known:
                raise ValueError(f"{zone.code} covers {sorted(unknown)}, which are no arrondissements")

    def contents(self) -> Mapping[str, frozenset[str]]:
        """What lies inside each zone; a code that is not listed holds only itself."""
        return {zone.code: frozenset(zone.arrondissements) for zone in self.zones}


TERRITORIES = TypeAdapter(Territories).validate_json(
    files("services.matching").joinpath("territories.json").read_text(encoding="utf-8")
)
_WHOLE_CITY = frozenset({TERRITORIES.whole_city.code, *TERRITORIES.whole_city.also})
_CONTENTS = TERRITORIES.contents()


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
