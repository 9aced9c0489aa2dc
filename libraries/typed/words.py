"""What is asked back, in words that a person understands, in French and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code, Reason
from libraries.data_files import read_data_file
from libraries.typed.slip import Asked


class Sentence(BaseModel):
    """What is said of a slip, with the names of its values in braces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)


class SlipsFile(BaseModel):
    """All sentences, by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    slips: Mapping[Code, Sentence]


SLIPS: Final = read_data_file("libraries.typed", "slips.toml", SlipsFile)


def reasons_of(asked: Iterable[Asked]) -> tuple[Reason, ...]:
    """Slips as reasons, in their order, each with its field; none quotes what was typed."""
    return tuple(
        Reason(
            code=code,
            field=field,
            fr=SLIPS.slips[code].fr.format_map(values),
            en=SLIPS.slips[code].en.format_map(values),
        )
        for code, field, values in asked
    )
