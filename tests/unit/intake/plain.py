"""Folding and the lexicon said plainly, a character and a row of words at a time: what the fast ones must give."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from services.intake.lexicon import Entries, Lexicon


def plain_words(text: str) -> list[str]:
    """Words in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return re.findall(r"[^\W_]+", "".join(letter for letter in folded if not unicodedata.combining(letter)).casefold())


def plain_rows(lexicon: Lexicon, entries: Entries, text: str) -> dict[str, int]:
    """The words and rows of words of one code that a text has, each with the place where it begins first."""
    words = lexicon.read(text)
    rows = {lexicon.read(row): row for group in entries.values() for row in group}
    misled = {place for row in lexicon.misleading for place in _places(lexicon.read(row), words)}
    longest = max(map(len, rows), default=0)
    found: dict[str, int] = {}
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            row = rows.get(words[place : place + length])
            if row is not None and (length > 1 or place not in misled):
                found.setdefault(row, place)
                place += length
                break
        else:
            place += 1
    return found


def plain_points(lexicon: Lexicon, codes: Mapping[str, Entries], text: str) -> dict[str, int]:
    """The points of each code that has any."""
    points = {}
    for code, entries in codes.items():
        found = plain_rows(lexicon, entries, text)
        points[code] = sum(each for each, group in entries.items() for row in group if row in found)
    return {code: each for code, each in points.items() if each}


def plain_proposal(lexicon: Lexicon, codes: Mapping[str, Entries], text: str) -> list[tuple[str, int]]:
    """The codes with the most points that have enough, each with how many of its rows the text has."""
    points = plain_points(lexicon, codes, text)
    ranked = sorted(points, key=lambda code: (-points[code], code))[: lexicon.most]
    return [
        (code, len(plain_rows(lexicon, codes[code], text)))
        for code in ranked
        if points[code] >= lexicon.least and 100 * points[code] >= lexicon.least_percent * points[ranked[0]]
    ]


def _places(row: tuple[str, ...], words: tuple[str, ...]) -> Iterator[int]:
    """The places of all words that stand in such a row."""
    for start in range(len(words) - len(row) + 1):
        if words[start : start + len(row)] == row:
            yield from range(start, start + len(row))
