"""The code that was probably meant, where what was written is none that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

from libraries.folding import fold

_LONGEST: Final = 64
"""More of what was written is not compared: no name is longer, and comparing costs by the length."""

_LEAST: Final = 0.7
"""Below this likeness two words have little more in common than letters: then none is named."""


def nearest(written: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """The code of which one of its folded names is most like what was written; None where none is much like it.

    Of those that are as near the first. It is a suggestion, for a person to take or leave.
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(fold(written[:_LONGEST]))
    best, found = _LEAST, None
    for code, known in names.items():
        for name in known:
            matcher.set_seq1(name[:_LONGEST])
            if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
                continue
            likeness = matcher.ratio()
            if likeness > best or (found is None and likeness == best):
                best, found = likeness, code
    return found
