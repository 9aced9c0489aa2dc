"""What is asked back, in words that a person understands, in French and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code, Reason
from libraries.programme.running import programme
from libraries.typed.slip import Asked
from libraries.vocabularies.vocabularies import called


class Sentence(BaseModel):
    """What is said of a slip, with the names of its values in braces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)


class SlipsFile(BaseModel):
    """All sentences, by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    nearest: Sentence
    slips: Mapping[Code, Sentence]


SLIPS: Final = programme().read("sentences/slips.toml", SlipsFile)


def reasons_of(asked: Iterable[Asked]) -> tuple[Reason, ...]:
    """Slips as reasons, in their order, each with its field; none quotes what was typed."""
    return tuple(
        with_nearest(
            Reason(
                code=code,
                field=field,
                fr=SLIPS.slips[code].fr.format_map(values),
                en=SLIPS.slips[code].en.format_map(values),
            ),
            values,
        )
        for code, field, values in asked
    )


def with_nearest(reason: Reason, values: Mapping[str, object]) -> Reason:
    """A reason that names the known code which its values hold as the `nearest`, if they do, with what it is called."""
    nearest = values.get("nearest")
    if not isinstance(nearest, str):
        return reason
    fr = SLIPS.nearest.fr.format(name=called(nearest, "fr"), code=nearest)
    en = SLIPS.nearest.en.format(name=called(nearest, "en"), code=nearest)
    return reason.model_copy(update={"fr": f"{reason.fr} {fr}", "en": f"{reason.en} {en}", "nearest": nearest})
