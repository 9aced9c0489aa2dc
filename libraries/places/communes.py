"""The communes of France: which codes there are, and which one is meant by what people type.

Source: the Code officiel géographique of Insee and the postal codes of La Poste, as `communes.txt` has them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from libraries.folding import folded
from libraries.typed.slip import Slip, Typed, plain

_CODE: Final = re.compile(r"(?:\d{5}|2[AB]\d{3})")
_NUMBER: Final = re.compile(r"\b(\d{5}|2[AB]\d{3}|\d{4})\b", re.IGNORECASE)
_ORDINAL: Final = re.compile(r"\b(\d{1,2})\s*(?:er|ere|e|eme|nd|nde)?\b")
_NOISE: Final = re.compile(r"\b(?:cedex(?: \d+)?|france|arr(?:ondissement)?s?|ardt|commune(?: de)?|ville de|de|a)\b")
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_SAINTS: Final = {"st": "saint", "ste": "sainte"}
# A country's code of the COG: Europe 1, Asia 2, Africa 3, the Americas 4, Oceania 5.
_ABROAD: Final = re.compile(r"99[1-5]\d\d")
# A department in brackets, as people add it to a city's name: no arrondissement.
_DEPARTMENT: Final = re.compile(r"\((?:\d{2,3}|2[ab])\)")
_LONGEST: Final = 200

_CODES: Final = 102_000
_IS_THERE: Final = 1

_CITIES: Final = {"paris": ("751", 20, "75056"), "lyon": ("6938", 9, "69123"), "marseille": ("132", 16, "13055")}
"""Where a commune has arrondissements with codes of their own: how these begin, how many there are, and its code."""


class _Entry(NamedTuple):
    code: str
    postal: Sequence[str]
    name: str
    is_gone: bool


def commune(typed: Typed) -> str | None:
    """The INSEE code of a commune, an arrondissement of Paris, Lyon or Marseille, or a foreign country (`99…`).

    Takes the code, also without its leading zero; a postal code of one commune alone; a name that one commune alone
    bears; both together, as on an envelope. None where nothing is typed; raises Slip where that is none, or several.
    """
    written = plain(typed)[:_LONGEST]
    if not written:
        return None
    code = re.sub(r"[\s.]", "", re.sub(r"[.,]0$", "", written)).upper()
    if code.isdigit() and len(code) == 4:  # a spreadsheet takes the zero of 01004 away
        code = code.zfill(5)
    if _CODE.fullmatch(code) and (exists(code) or _ABROAD.fullmatch(code)):
        return code
    return (arrondissement_of(code) if _CODE.fullmatch(code) else None) or _read(written)


def exists(code: str) -> bool:
    """Whether a commune, or a part of one that forms still name, has or had this INSEE code."""
    return code.isascii() and _CODE.fullmatch(code) is not None and _listed()[_number(code)] == _IS_THERE


def may_be_postal(code: str) -> bool:
    """Whether a commune's code is also the postal code of an arrondissement: `13003` is Alleins and Marseille's 3rd."""
    return arrondissement_of(code) not in (None, code)


def same_place(code: str | None) -> str | None:
    """The commune that a code is part of today, or the same code: what is one place is one where places are compared.

    An arrondissement is part of its city, and a commune that was joined to another of that one.
    """
    if code is None:
        return None
    for begins, _, whole in _CITIES.values():
        if code.startswith(begins) and len(code) == len(whole):
            return whole
    return _joined().get(code, code)


def _read(written: str) -> str:
    text = _DEPARTMENT.sub(" ", folded(written))
    number = _NUMBER.search(text)
    digits = number[1].upper().zfill(5) if number else None
    rest = _NOISE.sub(" ", _NUMBER.sub(" ", text))
    city, ordinal = _city(rest)
    if city is not None:
        begins, most, whole = _CITIES[city]
        if ordinal is None and digits is not None:
            return arrondissement_of(digits) or (digits if same_place(digits) == whole and exists(digits) else whole)
        if ordinal is None:
            return whole
        if 1 <= ordinal <= most:
            return f"{begins}{ordinal:0{5 - len(begins)}}"
        raise Slip("commune-unknown")
    name = _spoken(rest)
    if name in _wider_areas() and digits is None:
        raise Slip("commune-several")
    found = _by_name().get(name, []) if name else _by_postal().get(digits or "", [])
    if name and digits is not None:
        found = [entry for entry in found if digits == entry.code or digits in entry.postal] or [
            entry for entry in found if entry.code[:2] == digits[:2]
        ]
    elif not name and digits is not None and (there := arrondissement_of(digits)):
        return there
    # What is a commune of its own goes before parts of others that bear its name.
    found = [entry for entry in found if not entry.is_gone] or found
    if len(found) == 1:
        return found[0].code
    raise Slip("commune-several" if found else "commune-unknown")


def _city(rest: str) -> tuple[str | None, int | None]:
    words = _BETWEEN.sub(" ", rest).split()
    city = next((name for name in _CITIES if name in words), None)
    if city is None:
        return None, None
    others = " ".join(word for word in words if word != city)
    ordinal = _ORDINAL.fullmatch(others) if others else None
    if others and ordinal is None:
        return None, None  # another place that has the city's name in its own
    return city, int(ordinal[1]) if ordinal else None


def arrondissement_of(postal: str) -> str | None:
    """The arrondissement with this postal code, by the way they are made; None where it is none."""
    for prefix, begins, most in (("750", "751", 20), ("6900", "6938", 9), ("130", "132", 16)):
        tail = postal.removeprefix(prefix)
        if postal.startswith(prefix) and tail.isdigit() and 1 <= int(tail) <= most:
            return f"{begins}{int(tail):0{5 - len(begins)}}"
    return "75116" if postal == "75116" else None


def _lines(name: str) -> Iterator[str]:
    # One after the other: all at once take four times the room of what is kept of them.
    with (files("libraries.places") / name).open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n")


def _entries() -> Iterator[_Entry]:
    for line in _lines("communes.txt"):
        code, postal, name = line.split(" ", 2)
        yield _Entry(code, [] if postal == "-" else postal.split(","), name.removeprefix("~"), name[0] == "~")


# Asked of every form; the names, which take a hundred times the room, only of those who do not type a code.
@cache
def _listed() -> bytes:
    """For each number that a code has, whether it is one."""
    listed = bytearray(_CODES)
    for line in _lines("communes.txt"):
        # Old codes of what is an arrondissement's postal code today are more likely that: 75011 is no commune any more.
        if not (" ~" in line and arrondissement_of(line[:5])):
            listed[_number(line[:5])] = _IS_THERE
    return bytes(listed)


def _number(code: str) -> int:
    """An INSEE code as a number: those of Corsica, which have a letter, stand behind all others."""
    return int(code.replace("2A", "100", 1).replace("2B", "101", 1))


@cache
def _joined() -> Mapping[str, str]:
    """For the code of what is no commune of its own any more that of the commune which it is part of."""
    gone, there = [], dict[tuple[str, str], str]()
    for line in _lines("communes.txt"):
        code, _, name = line.split(" ", 2)
        if name.startswith("~"):
            gone.append((code, name[1:]))
        else:
            there[_department(code), name] = code
    return {code: whole for code, name in gone if (whole := there.get((_department(code), name))) is not None}


def _department(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]


@cache
def _wider_areas() -> frozenset[str]:
    return frozenset(map(_spoken, _lines("areas.txt")))


@cache
def _by_name() -> Mapping[str, list[_Entry]]:
    names: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in _entries():
        for name in {_BETWEEN.sub(" ", folded(entry.name)).strip(), _spoken(entry.name)}:
            names[name].append(entry)
    return dict(names)


@cache
def _by_postal() -> Mapping[str, list[_Entry]]:
    codes: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in _entries():
        for postal in entry.postal:
            codes[postal].append(entry)
    return dict(codes)


def _spoken(name: str) -> str:
    """A name as people say it: without the noise of an envelope, and `Saint` written out."""
    words = _BETWEEN.sub(" ", _NOISE.sub(" ", folded(name))).split()
    return " ".join(_SAINTS.get(word, word) for word in words)
