"""What another programme would change, and for whom."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

_NAMES: Final = ("kind", "id", "code", "edition", "territory", "step", "name")
"""Fields by which the elements of a list are known, so that one put in between changes no other."""

_WHOM: Final[Mapping[str, str]] = {
    "programme.toml": "everybody who gets a mail",
    "calendar.toml": "everybody for whom something is due: its day",
    "territories.toml": "applicants, owners of needs and mentors: which territories meet",
    "vocabularies.toml": "applicants and owners of needs: which codes are known, and what they are called",
    "codes.toml": "whoever reads the published vocabularies",
    "city_services.toml": "the city's services that lift obstacles",
    "editions/*.toml": "applicants whose forms are judged from then on; what was judged stays",
    "lexicon.toml": "applicants whose forms name no theme or no public",
    "matching_rules.toml": "all applications and needs in the pool, which is weighed anew; what is confirmed stays",
    "stop_words.toml": "all applications and needs in the pool: the points for their texts",
    "pairing_rules.toml": "leads and mentors of the offers from then on",
    "rhythms.toml": "leads, mentors and services: what falls due from then on",
    "sentences/*.toml": "everybody who is told why",
    "desk.toml": "whoever follows the link of a mail: what they choose from",
    "mails/kinds.toml": "everybody who gets mail that is planned from then on; what is planned already stays due",
    "mails/*": "everybody who reads mail that leaves from then on",
}

_MANY: Final = 8
"""Of a list with more only the differences are shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the file, the place in it (empty: the file as a whole), both values in words, and for whom."""

    file: str
    field: str
    before: str
    after: str
    whom: str


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """All differences of the files of two programmes; comments and order count for nothing."""
    return [change for name in sorted(before.keys() | after.keys()) for change in _file(name, before, after)]


def _file(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    whom = next(words for pattern, words in _WHOM.items() if fnmatchcase(name, pattern))
    if name not in before or name not in after:
        there, gone = "there", "not there"
        yield Change(name, "", *((there, gone) if name in before else (gone, there)), whom)
        return
    if not name.endswith(".toml"):
        if before[name] != after[name]:
            yield Change(name, "", "as it was", "other words", whom)
        return
    old, new = (dict(_leaves(tomllib.loads(files[name]), ())) for files in (before, after))
    for place in dict.fromkeys((*old, *new)):
        if old.get(place) != new.get(place):
            was, is_now = old.get(place), new.get(place)
            yield Change(name, ".".join(place), _shown(was, is_now), _shown(is_now, was), whom)


def _leaves(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, (*place, str(key)))
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for position, each in enumerate(value):
            yield from _leaves(each, (*place, _name_of(each, position)))
    else:
        yield place, value


def _name_of(element: Any, position: int) -> str:
    known = (str(element[name]) for name in _NAMES if name in element) if isinstance(element, dict) else iter(())
    return next(known, str(position))


def _shown(value: Any, other: Any) -> str:
    """A value in words; of a long list only what the other one lacks."""
    if value is None:
        return "not there"
    if isinstance(value, list):
        is_long = isinstance(other, list) and len(value) > _MANY
        listed = [each for each in value if each not in other] if is_long else value
        return ("… " if is_long else "") + (", ".join(map(str, listed)) or ("as the other" if is_long else "empty"))
    return str(value).strip() or "empty"
