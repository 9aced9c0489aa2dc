"""What came of a campaign: told round by round, and at the end as a table and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import get_args

from rich.console import Console
from rich.table import Table

from tests.faults.injuries import KINDS, Injury
from tests.faults.verdict import Sort, Verdict, Violation

_SHOWN = 20
_SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True)
class Round:
    """A round with its faults and what the checker found after it."""

    number: int
    injuries: list[Injury]
    seconds: float
    verdict: Verdict
    new: list[Violation]
    ended: dict[str, int]

    def count(self, sort: Sort) -> int:
        """How many violations of a sort came with the round."""
        return sum(violation.sort == sort for violation in self.new)


def tell(held: Round, console: Console) -> None:
    """Writes a round's faults and counts, and whatever was wrong."""
    counted = ", ".join(f"{count} {what}" for what, count in held.verdict.counted.items())
    style = "red" if held.new else "green"
    console.print(f"round {held.number}: {held.seconds:.1f} s; {counted}", style=style, highlight=False, soft_wrap=True)
    for line in [
        *map(str, held.injuries),
        *(f"ended by itself: {name} {times} times" for name, times in held.ended.items()),
    ]:
        console.print(f"  {line}", highlight=False)
    for it in held.new[:_SHOWN]:
        console.print(f"  {it.sort}: {it.text}", style="red", markup=False, highlight=False, soft_wrap=True)
    if len(held.new) > _SHOWN:
        console.print(f"  and {len(held.new) - _SHOWN} more")


def table(seed: str, rounds: list[Round]) -> Table:
    """Each kind of fault against what came of the rounds that it was part of."""
    shown = Table(title=f"Faults injected, and what came of their rounds (seed {seed})", show_footer=True)
    injected = Counter(injury.kind for it in rounds for injury in it.injuries)
    shown.add_column("fault", footer=f"all {len(rounds)} rounds", no_wrap=True)
    shown.add_column("injected", justify="right", footer=str(injected.total()))
    named: dict[Sort, str] = {"loss": "losses", "double": "doubles", "trace": "traces of the forgotten"}
    for sort in _SORTS:
        total = sum(violation.sort == sort for it in rounds for violation in it.new)
        shown.add_column(named.get(sort, sort), justify="right", footer=str(total))
    in_doubt = _newly_in_doubt(rounds)
    doubt = sum(map(len, in_doubt))
    shown.add_column("mails twice, in doubt", justify="right", footer=str(doubt))
    for kind in ["none", *KINDS]:
        numbers = [index for index, it in enumerate(rounds) if kind in ({i.kind for i in it.injuries} or {"none"})]
        if numbers:
            counts = [str(sum(rounds[index].count(sort) for index in numbers)) for sort in _SORTS]
            twice = str(sum(len(in_doubt[index]) for index in numbers))
            shown.add_row(kind, str(injected[kind] or len(numbers)), *counts, twice)
    return shown


def _newly_in_doubt(rounds: list[Round]) -> list[set[str]]:
    """What each round added: the checker reads from zero every time."""
    seen: set[str] = set()
    added = []
    for it in rounds:
        added.append(set(it.verdict.in_doubt) - seen)
        seen |= added[-1]
    return added


def as_json(seed: str, rounds: list[Round]) -> str:
    """The same for machines, round by round."""
    return json.dumps(
        {
            "seed": seed,
            "rounds": [
                {
                    "round": it.number,
                    "faults": [str(injury) for injury in it.injuries],
                    **{sort: it.count(sort) for sort in _SORTS},
                    "violations": [f"{violation.sort}: {violation.text}" for violation in it.new],
                    "in_doubt": it.verdict.in_doubt,
                    "ended_by_themselves": it.ended,
                    "counted": dict(it.verdict.counted),
                    "seconds": round(it.seconds, 1),
                }
                for it in rounds
            ],
        },
        indent=2,
    )
