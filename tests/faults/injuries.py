"""The faults of a campaign: their kinds, how often each is drawn, and what is drawn for a round."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.catalogue import SERVICES
from libraries.chassis.process.faults import POINTS

SESSION_TIMEOUT_MS: Final = 2_000
BROKERS: Final = 3
_FROZEN_SECONDS: Final = (SESSION_TIMEOUT_MS / 1000 + 1.0, SESSION_TIMEOUT_MS / 1000 + 2.0)
_BLACKOUT_SECONDS: Final = 60.0
_MOODS: Final = {"mail-hangs": "hangs", "mail-drops": "drops", "mail-defers": "defers", "mail-refuses": "refuses"}

_DRAWS: Final = 50

KINDS: Final = {
    "killed": 6,
    "killed-at-a-point": 6,
    "terminated": 3,
    "frozen": 5,
    "replica-killed": 3,
    "replica-terminated": 2,
    "two-replicas": 3,
    "rolling-restart": 1,
    "broker-killed": 3,
    "all-brokers-killed": 1,
    "database-killed": 4,
    "all-servers-killed": 1,
    "blackout": 0.2,
    "cut-off-and-killed": 2,
    "monday": 2,
    "replayed": 2,
    "rebuilt": 1,
    "mail-hangs": 1,
    "mail-drops": 2,
    "mail-defers": 1,
    "mail-refuses": 1,
}
"""Every kind of fault, with how often it is drawn beside the others."""


@dataclass(frozen=True, slots=True)
class Injury:
    """One fault: its kind, whom it strikes, when in the round, how long it lasts, and a word of its own.

    `detail` is a point of the loop with a count, or a mood of the mail server.
    """

    kind: str
    targets: tuple[str, ...]
    at: float
    lasting: float
    detail: str = ""

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.kind}: {'+'.join(self.targets)}{detail} at {self.at:.1f} s for {self.lasting:.1f} s"


def drawn(chance: random.Random, seconds: float, always: Sequence[str] = ()) -> list[Injury]:
    """Two to four faults, no two of which strike the same process; fewer where the first strike nearly all.

    One of each kind that is `always` there comes first.
    """
    injuries: list[Injury] = []
    struck: set[str] = set()
    wanted = chance.randint(2, 4)
    for kind in (*always, *("",) * _DRAWS):
        injury = _draw(chance, seconds, kind)
        # A service and its replicas share lanes and tables: what strikes the one strikes the others.
        victims = {target.partition("-replica")[0] for target in injury.targets}
        if not struck & victims:
            struck |= victims
            injuries.append(injury)
        if len(injuries) == wanted:
            break
    return sorted(injuries, key=lambda injury: injury.at)


def _draw(chance: random.Random, seconds: float, kind: str) -> Injury:
    kind = kind or chance.choices(list(KINDS), list(KINDS.values()))[0]
    at, lasting, detail = chance.uniform(0.3, seconds * 0.8), chance.uniform(0.0, 2.0), ""
    service = chance.choice(SERVICES)
    targets: tuple[str, ...] = (service,)
    brokers = tuple(f"broker-{number}" for number in range(1, BROKERS + 1))
    match kind:
        case "killed-at-a-point":
            detail = f"{chance.choice(POINTS)}:{chance.randint(1, 12)}"
            lasting = seconds
        case "frozen":
            lasting = chance.uniform(*_FROZEN_SECONDS)
        case "replica-killed" | "replica-terminated":
            targets, lasting = (f"{service}-replica",), chance.uniform(2.0, 5.0)
        case "two-replicas":
            targets, lasting = (f"{service}-replica-1", f"{service}-replica-2"), chance.uniform(2.0, 5.0)
        case "rolling-restart":
            targets, lasting = SERVICES, 0.0
        case "broker-killed":
            targets = (chance.choice(brokers),)
        case "all-brokers-killed":
            targets = brokers
        case "database-killed":
            targets = ("database",)
        case "all-servers-killed":
            targets = (*brokers, "database")
        case "blackout":
            targets, lasting = (*brokers, "database"), _BLACKOUT_SECONDS
        case "cut-off-and-killed":
            # What it commits while no broker is there goes out after its end, in the order of the commits.
            targets, lasting = (*brokers, service), chance.uniform(0.5, 2.0)
        case "monday":
            targets, lasting = ("calendar",), 0.0
        case "rebuilt":
            targets = ("intake",)
        case _ if kind in _MOODS:
            targets, lasting, detail = ("mail",), chance.uniform(1.0, 6.0), _MOODS[kind]
    return Injury(kind, targets, at, lasting, detail)
