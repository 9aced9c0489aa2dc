"""What a rule answers: pass, fail or unknown, what it saw, and what is wrong.

What is missing, or can't be right as it was typed, is unknown and never a fail: it is asked for, consent too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from pydantic import ConfigDict

Answer = Literal["pass", "fail", "unknown"]

CLOSED: Final = ConfigDict(extra="forbid")
"""Of every kind of rule: a misspelt parameter in an edition's file must not pass for one that was left out."""


class Problem(NamedTuple):
    """Why a rule does not pass: a reason's code, the form's field, and the values that its text names."""

    code: str
    field: str
    values: Mapping[str, object] = {}


class Finding(NamedTuple):
    """What a rule answers of one organisation, with the value that it saw."""

    answer: Answer
    observed: object
    problems: tuple[Problem, ...] = ()


def missing(code: str, field: str, observed: object = None, **values: object) -> Finding:
    """Unknown, since a field is empty or says too little: it is asked for."""
    return Finding("unknown", observed, (Problem(code, field, values),))


def failed(code: str, field: str, observed: object, **values: object) -> Finding:
    """A fail, for what a field says."""
    return Finding("fail", observed, (Problem(code, field, values),))
