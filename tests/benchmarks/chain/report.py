"""The result as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.benchmarks.chain.figures import Result

_MARKS = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}


def print_table(console: Console, found: Sequence[Result]) -> None:
    """Prints each figure with its median, what it must reach, and every run."""
    table = Table("", "median", "", "wanted", "", "runs", title="The whole chain", title_justify="left")
    for column in (1, 3, 5):
        table.columns[column].justify = "right"
    for result in found:
        figure = result.figure
        runs = "  ".join(f"{value:,.{figure.digits}f}" for value in result.runs) if len(result.runs) > 1 else ""
        value = f"{result.value:,.{figure.digits}f}"
        table.add_row(figure.words, value, figure.unit, figure.wanted, _MARKS[result.reached], runs)
    console.print(table)
    missed = sum(result.reached is False for result in found)
    console.print(f"{missed} missed of {sum(result.reached is not None for result in found)} that must be reached")


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
