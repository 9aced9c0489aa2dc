"""What `--json` prints: JSON is UTF-8 whatever the terminal or the pipe is taken for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def print_json(document: object, *, indent: int | None = None) -> None:
    """Prints a document as JSON, on one line where `indent` is None; ids and times as text."""
    text = json.dumps(document, default=str, ensure_ascii=False, indent=indent)
    # Past the encoding of the stream, which a locale may have made ASCII: JSON that stops half-way is none.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Prints each row as one line of JSON."""
    for row in rows:
        print_json(dict(row))
