"""What `--json` and `--csv` print: UTF-8 whatever the terminal or the pipe is taken for."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from libraries.spreadsheets import harmless


def print_json(document: object, *, indent: int | None = None) -> None:
    """Prints a document as JSON, on one line where `indent` is None; ids and times as text, models by their fields."""
    _write(json.dumps(document, default=_plain, ensure_ascii=False, indent=indent) + "\n")


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Prints each row as one line of JSON."""
    for row in rows:
        print_json(dict(row))


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Prints rows as CSV, under a line with the columns' names; what a row does not have is empty.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    _write(written.getvalue())


def _write(text: str) -> None:
    # Past the encoding of the stream, which a locale may have made ASCII: JSON that stops half-way is none.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if _is_number(text) else harmless(text)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()
