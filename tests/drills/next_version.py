"""A version after the present one, in a copy: a column, an index, and an event that says more, by the gate."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.drills.versions import ROOT, DrillError, Version

_PARTS: Final = ("contracts", "libraries", "services", "publication", "deploy")
_MIGRATIONS: Final = "services/intake/migrations"
_COLUMN: Final = """-- Which version took a form in, for who looks for what an upgrade changed.
ALTER TABLE door_message ADD COLUMN taken_by text;
"""
_INDEX: Final = """-- squawk-disable-assume-in-transaction
-- For who looks for what a version took in.
CREATE INDEX CONCURRENTLY IF NOT EXISTS door_message_by_version ON door_message (taken_by);
"""
TAKEN_BY: Final = "the next version"
"""What the next version writes into the column and says in the event."""

_FIELD: Final = """
    taken_by: Name | None = Field(default=None, description="Which version took it in")
"""


def next_version(directory: Path) -> Version:
    """Makes it in a new directory; raises DrillError where the gate refuses its contracts."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, directory / part, ignore=shutil.ignore_patterns("__pycache__"))
    (directory / _MIGRATIONS / "9998_taken_by.sql").write_text(_COLUMN, encoding="utf-8")
    (directory / _MIGRATIONS / "9999_taken_by.sql").write_text(_INDEX, encoding="utf-8")
    _change(
        directory / "services/intake/queries.sql",
        r"(INSERT INTO door_message \(form, message_id, digest, application_id, received_at)\)\n(VALUES .*)\)\n",
        lambda found: f"{found[1]}, taken_by)\n{found[2]}, '{TAKEN_BY}')\n",
    )
    _change(
        directory / "contracts/applications.py",
        r'(    event_type: .* = "engage\.application\.registered\.v1"\n)(?:    minor: .* = (\d+)\n)?',
        lambda found: f"{found[1]}    minor: ClassVar[int] = {int(found[2] or 0) + 1}\n{_FIELD}",
    )
    _change(
        directory / "services/intake/announcements.py",
        r'"lexicon_version": version\}',
        lambda found: f'{found[0][:-1]}, "taken_by": "{TAKEN_BY}"}}',
    )
    made = Version("the next one", directory)
    made.run("contracts", "export", "--directory", str(directory / "contracts/published"))
    return made


def _change(path: Path, pattern: str, changed: Callable[[re.Match[str]], str]) -> None:
    """Changes what is there exactly once; raises DrillError where it is not."""
    text, times = re.subn(pattern, changed, path.read_text(encoding="utf-8"))
    if times != 1:
        raise DrillError(f"{path.name} has {times} places for the next version to change: see what it looks for")
    path.write_text(text, encoding="utf-8")
