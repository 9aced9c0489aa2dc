"""How well things suit each other: the parts of a fit, and the levels by which whole results are compared."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.message import MOST_COUNTED, Code, Fit, Message, Sentence

Total = Annotated[int, Field(ge=-MOST_COUNTED, le=MOST_COUNTED)]
"""A sum over a whole pool, or the difference of two."""


class FitPart(Message):
    """One part of the fit of a project to a need, in points out of `maximum`."""

    name: Code = Field(description="theme, public, territory, readiness, text …", examples=["theme"])
    points: Fit = Field(description="What the project reaches, in points")
    maximum: int = Field(ge=1, le=1000, description="What it could reach, in points")
    fr: Sentence = Field(description="What the points are for, in French")
    en: Sentence = Field(description="What the points are for, in English")


class Levels(Message):
    """What is compared level by level: the first that differs decides."""

    equity: Total = Field(default=0, description="Places of territories that are to be filled at least, and are")
    coverage: Total = Field(description="Points of urgency of the needs that are answered")
    kept: Total = Field(description="Published assignments that stay")
    fit: Total = Field(description="Points of fit")
