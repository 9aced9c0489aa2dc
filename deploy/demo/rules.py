"""The demonstration's own rules: as shipped, but that proposals wait for the round."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from libraries.programme.files import shipped_files

_FILE: Final = "matching_rules.toml"
_CHANGES: Final = (
    ('publication = "rolling"', 'publication = "in-rounds"'),
    ('lottery_seed = "marseille-implantation-rolling-1"', 'lottery_seed = "demonstration-1"'),
    ('version = "', 'version = "demonstration-'),
)


def in_rounds(directory: Path) -> Path:
    """Writes the directory of a programme that differs from the shipped one by these; returns it."""
    text = shipped_files()[_FILE]
    for shipped, ours in _CHANGES:
        if text.count(shipped) != 1:
            raise ValueError(f"the shipped {_FILE} has {shipped!r} {text.count(shipped)} times")
        text = text.replace(shipped, ours)
    directory.mkdir(parents=True)
    (directory / _FILE).write_text(text, encoding="utf-8")
    return directory.resolve()
