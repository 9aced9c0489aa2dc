"""What proposed before the lexicon had stems and points: beginnings of words, each counting alike. Kept to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from libraries.data_files import read_data_file
from libraries.folding import fold_words


class _Beginnings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    most: int
    themes: Mapping[str, tuple[str, ...]]
    publics: Mapping[str, tuple[str, ...]]


_BEGINNINGS: Final = read_data_file("tests.corpus", "beginnings.toml", _Beginnings)


def themes_and_publics(text: str) -> tuple[list[str], list[str]]:
    """The codes of both kinds that were proposed for a text, the likeliest first."""
    folded = f" {' '.join(fold_words(text))}"
    return _ranked(folded, _BEGINNINGS.themes), _ranked(folded, _BEGINNINGS.publics)


def _ranked(text: str, codes: Mapping[str, tuple[str, ...]]) -> list[str]:
    found = {code: sum(f" {beginning}" in text for beginning in beginnings) for code, beginnings in codes.items()}
    return sorted((code for code in found if found[code]), key=lambda code: (-found[code], code))[: _BEGINNINGS.most]
