"""What is said of a programme: where, how grave, what is wrong and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from libraries.data_files import Mistake

Gravity: TypeAlias = Literal["error", "warning", "note"]
"""With an error no service starts; a warning is what works, and what a city should know all the same."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is said of a file of a programme; `line` and `field` where these are known."""

    gravity: Gravity
    file: str
    line: int | None
    field: str
    wrong: str
    right: str = ""


def error_of(mistake: Mistake) -> Remark:
    """A mistake as a remark."""
    return Remark("error", mistake.file, mistake.line, mistake.field, mistake.wrong, mistake.right)
