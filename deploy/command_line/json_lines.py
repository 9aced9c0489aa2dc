"""What `--json` prints where there may be many: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Prints each row as one line of JSON; ids and times as text."""
    for row in rows:
        print(json.dumps(dict(row), default=str, ensure_ascii=False))
