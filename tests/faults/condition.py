"""How the machine and its servers fare when a campaign can't go on: whoever reads only what it printed must see why."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Final

from tests.faults.injuries import BROKERS
from tests.faults.ward import Ward

_LINES: Final = 15


def told(ward: Ward) -> str:
    """Room on the disk and in memory, what has fallen, who ended how, and the ends of the servers' logs."""
    stack = ward.stack
    lines = [
        f"free: {shutil.disk_usage(stack.logs).free >> 20} MB on the disk, {_available_megabytes()} MB of memory",
        f"fallen: {', '.join(stack.fallen()) or 'none of the servers'}",
        *(f"{name} {_ending(service.returncode)}" for name, service in stack.services.items() if service.returncode),
        "PostgreSQL said at last:",
        *stack.postgresql.log_path.read_text(errors="replace").splitlines()[-_LINES:],
    ]
    for number in range(1, BROKERS + 1):
        lines += [f"broker {number} said at last:", ward.kafka.log_tail(number, lines=_LINES)]
    return "\n".join(lines)


def _ending(returncode: int | None) -> str:
    return f"was ended by {signal.Signals(-returncode).name}" if returncode and returncode < 0 else f"gave {returncode}"


def _available_megabytes() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) >> 10
    return 0
