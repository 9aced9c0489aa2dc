"""Plays of a very small edition that are kept: one in a browser, as the script has it, and one through events.

In the second somebody confirms another proposal than the script says. What compares plays has to see that, and a test
has it look at both. `python -m tests.proof.keeping` plays them anew.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from contracts.message import EventData
from contracts.sources import DESK
from tests.ids import identifier
from tests.proof import acts
from tests.proof.acts import Act
from tests.proof.edition import Size
from tests.proof.filling import Filling
from tests.proof.proof import COMPARED, Played, in_a_browser, through_events
from tests.proof.raw import Ids, RawPlayer
from tests.proof.steps import Step

_SIZE: Final = Size(applications=4, needs=2, mentors=4, years=0)
"""Two months: a round, and what officers decide on it."""
_MEANT, _TAKEN_FOR_IT = "Le Jardin 003", "Le Fil 000"
_KEPT: Final = Path(__file__).with_name("kept")

Lines: TypeAlias = Mapping[str, list[str]]


def kept(name: str) -> Lines:
    """The lines of a play that was kept, by what they are lines of."""
    lines: Lines = json.loads(gzip.decompress((_KEPT / f"{name}.json.gz").read_bytes()))
    return lines


class Mistaken(RawPlayer):
    """Plays as the script has it, but confirms one project for another, where both wait."""

    def _ids_for(self, step: Step) -> Ids:
        # A mistake leads to steps that nobody has taken in a browser.
        return super()._ids_for(step) or Ids(str(identifier(step.name)), DESK, identifier(f"new by {step.name}"))

    def _said(self, act: Act, filling: Filling) -> EventData:
        if isinstance(act, acts.Decide) and act.project == _MEANT:
            other = self._known.assignment(_TAKEN_FOR_IT)
            act = replace(act, project=other.project_title, need=other.need_title)
        return super()._said(act, filling)


def _keep(name: str, played: Played) -> None:
    lines = {what: getattr(played, what) for what in COMPARED}
    # What the journal has of events stands on the topics too.
    lines["state"] = [line for line in lines["state"] if not line.startswith("journal.")]
    text = json.dumps(lines, ensure_ascii=False)
    (_KEPT / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


async def _play(directory: Path) -> None:
    browser = await in_a_browser(_SIZE, directory / "browser")
    _keep("as-written", browser)
    _keep("mistaken", await through_events(_SIZE, directory / "mistaken", browser.said, Mistaken))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(_play(Path(scratch)))
