"""The result as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from tests.benchmarks.chain.figures import Result

_MARKS = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}
# Where the table goes to a file or a pipe, no terminal says how wide it may be.
_PIPE_WIDTH = 120


def print_table(console: Console, found: Sequence[Result]) -> None:
    """Prints each figure with its median, what it must reach, and every run."""
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    table = Table("", "median", "", "wanted", "", "runs", box=box.SIMPLE_HEAD, padding=(0, 1))
    for number, justify in enumerate(("left", "right", "left", "right", "left", "left")):
        table.columns[number].justify = justify  # type: ignore[assignment]
        table.columns[number].no_wrap = number < 5
    for result in found:
        figure = result.figure
        runs = "  ".join(figure.shown(value) for value in result.runs) if len(result.runs) > 1 else ""
        mark = _MARKS[result.reached]
        table.add_row(figure.words, figure.shown(result.value), figure.unit, figure.wanted, mark, runs)
    console.print(table)
    verdicts = [result.reached for result in found if result.reached is not None]
    console.print(f"{verdicts.count(True)} of {len(verdicts)} wanted figures are reached")


def as_json(found: Sequence[Result], options: dict[str, object]) -> str:
    """All of it, with the machine it was measured on."""
    document = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "options": options,
        "figures": {
            result.figure.key: {
                "words": result.figure.words,
                "unit": result.figure.unit,
                "median": result.value,
                "runs": list(result.runs),
                "wanted": result.figure.wanted or None,
                "reached": result.reached,
            }
            for result in found
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
